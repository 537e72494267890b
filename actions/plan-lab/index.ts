import { runAction } from '../shared/run.ts';
import { type Inputs, parse } from './inputs.ts';

void runAction({ name: 'plan-lab', parse: () => parse(process.env), main: chooseNames });

/** The inputs are valid by now; the names are the same in every lab except the one that must be unique in Azure. */
async function chooseNames({ name }: Inputs): Promise<Record<string, string>> {
  return { name, cluster: 'wilab', identity: 'wi-demo-identity' };
}
