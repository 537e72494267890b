import { runAction } from '../shared/run.ts';
import { diagnoseWorkloads } from './diagnose-workload.ts';
import { parse } from './inputs.ts';

void runAction({ name: 'diagnose-workload', parse: () => parse(process.env), main: diagnoseWorkloads });
