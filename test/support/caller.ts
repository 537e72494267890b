import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { longestDuration } from '../../emulator/latency.ts';
import { control } from '../../lab/emulator-process.ts';
import { createAzConfig } from '../../lab/emulator-variables.ts';
import type { Chain } from './chain.ts';
import { grantAsOwner } from './owner.ts';

/** Not the deployer. An action logs in as this identity through its inputs. */
export interface Caller {
  readonly principalId: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** For a job with `id-token: write`, and a new configuration directory for az. */
  readonly environment: Readonly<Record<string, string>>;
}

/** @param roles names of roles by scope */
export async function makeCaller(
  chain: Chain,
  { name, resourceGroup, roles }: { name: string; resourceGroup: string; roles: Record<string, string> },
): Promise<Caller> {
  const { facts } = chain.emulator;
  const place = ['--resource-group', resourceGroup];
  const { clientId, principalId } = await chain.az('identity', 'create', '--name', name, ...place);
  const sub = `repo:local/${name}:environment:test`;
  await chain.az(
    ...['identity', 'federated-credential', 'create', '--name', 'github', '--identity-name', name, ...place],
    ...['--issuer', 'https://token.actions.githubusercontent.com', '--subject', sub],
    ...['--audiences', 'api://AzureADTokenExchange'],
  );
  for (const [scope, role] of Object.entries(roles)) await grantAsOwner(chain, { role, principalId, scope });
  // A role that the emulator does not apply yet would look like a missing one.
  await sleep(longestDuration('role assignment propagation', 'fast'));
  const request = await control(facts, 'POST /control/github/id-token-requests', { claims: { sub } });
  const { url, token } = request as { url: string; token: string };
  return {
    principalId,
    inputs: {
      'client-id': clientId,
      'tenant-id': facts.tenantId,
      'subscription-id': facts.subscriptionId,
    },
    environment: {
      ACTIONS_ID_TOKEN_REQUEST_URL: url,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
      AZURE_CONFIG_DIR: await createAzConfig(join(chain.directory, `azure-of-${name}`)),
    },
  };
}
