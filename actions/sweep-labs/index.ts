import { runAction } from '../shared/run.ts';
import { parse } from './inputs.ts';
import { sweepLabs } from './sweep-labs.ts';

void runAction({ name: 'sweep-labs', parse: () => parse(process.env), main: sweepLabs });
