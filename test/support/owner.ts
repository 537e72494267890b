import { join } from 'node:path';
import { logInAsUser } from '../../lab/commands/shell.ts';
import { createAzConfig } from '../../lab/emulator-variables.ts';
import type { Chain } from './chain.ts';

/** az is logged in as the owner of the subscription. */
export async function ownerEnvironment(chain: Chain): Promise<Record<string, string>> {
  const env = { ...chain.env, AZURE_CONFIG_DIR: await createAzConfig(join(chain.directory, 'azure-owner')) };
  await logInAsUser(chain.emulator.facts, env);
  return env;
}

const owners = new WeakMap<Chain, Promise<Record<string, string>>>();

/** For a role that a lab is not allowed to assign. */
export async function grantAsOwner(
  chain: Chain,
  { role, principalId, scope }: { role: string; principalId: string; scope: string },
): Promise<void> {
  const owner = owners.get(chain) ?? ownerEnvironment(chain);
  owners.set(chain, owner);
  const grant = [
    ...['role', 'assignment', 'create', '--role', role, '--scope', scope],
    ...['--assignee-object-id', principalId, '--assignee-principal-type', 'ServicePrincipal'],
  ];
  const { exitCode, output } = await chain.start('az', grant, '', await owner);
  if (exitCode !== 0) throw new Error(`az ${grant.join(' ')}: ${exitCode}\n${output}`);
}
