import { runAction } from '../shared/run.ts';
import { parse } from './inputs.ts';
import { setupVault } from './setup-vault.ts';

void runAction({ name: 'setup-vault', parse: () => parse(process.env), main: setupVault });
