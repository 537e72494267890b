import { runAction } from '../shared/run.ts';
import { deleteLab } from './delete-lab.ts';
import { parse } from './inputs.ts';

void runAction({ name: 'delete-lab', parse: () => parse(process.env), main: deleteLab });
