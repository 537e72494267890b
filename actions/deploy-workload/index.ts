import { runAction } from '../shared/run.ts';
import { deployWorkload } from './deploy-workload.ts';
import { parse } from './inputs.ts';

void runAction({ name: 'deploy-workload', parse: () => parse(process.env), main: deployWorkload });
