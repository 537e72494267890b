import { runAction } from '../shared/run.ts';
import { type Inputs, parse } from './inputs.ts';

void runAction({ name: 'plan-lab', parse: () => parse(process.env), main: chooseNames });

/** Only one name must be unique in Azure. The other names are the same in every lab. */
async function chooseNames({ name }: Inputs): Promise<Record<string, string>> {
  return { name, cluster: 'wilab', identity: 'wi-demo-identity' };
}
