import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import type { Vault } from './vault.ts';

const NETWORK = 'https://learn.microsoft.com/azure/key-vault/general/network-security';

/** A refusal of the vault's network rules, with what to do about it; any other error as it is. */
export function namedRefusal(error: unknown, { id, name }: Vault): unknown {
  if (!(error instanceof CommandFailed)) return error;
  if (error.is('vault-firewall')) {
    const { address } = error.details('client-address');
    const group = /\/resourceGroups\/([^/]+)/i.exec(id)?.[1];
    return new ActionFailed(
      `The firewall of key vault ${name} does not let this runner in${address ? ` (its address is ${address})` : ''}.`,
      `Let it in for as long as it is needed (az keyvault network-rule add --name ${name} --resource-group ${group} --ip-address ${address ?? 'ADDRESS'}), or run the job on a runner inside the vault's network. Addresses of GitHub's hosted runners change with every job.`,
      NETWORK,
    );
  }
  if (error.is('vault-not-public'))
    return new ActionFailed(
      `Key vault ${name} has no public access: it answers on its private endpoint only.`,
      "Run the job on a runner inside the vault's network, or allow public access (az keyvault update --public-network-access Enabled), with network rules.",
      NETWORK,
    );
  return error;
}
