import { runAction } from '../shared/run.ts';
import { federateIdentity } from './federate-identity.ts';
import { parse } from './inputs.ts';

void runAction({ name: 'federate-identity', parse: () => parse(process.env), main: federateIdentity });
