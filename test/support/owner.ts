import { join } from 'node:path';
import { logIn } from '../../lab/commands/shell.ts';
import { makeAzConfig } from '../../lab/tools/seed.ts';
import type { Chain } from './chain.ts';

/** The environment of a person whose az is logged in as the owner of the subscription. */
export async function ownerEnvironment(chain: Chain): Promise<Record<string, string>> {
  const env = { ...chain.env, AZURE_CONFIG_DIR: await makeAzConfig(join(chain.directory, 'azure-owner')) };
  await logIn(chain.emulator.facts, env);
  return env;
}
