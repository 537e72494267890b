import { runAction } from '../shared/run.ts';
import { parse } from './inputs.ts';
import { summarizeLab } from './summarize-lab.ts';

void runAction({ name: 'summarize-lab', parse: () => parse(process.env), main: summarizeLab });
