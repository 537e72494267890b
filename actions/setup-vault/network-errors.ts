import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { quote } from '../shared/quote.ts';
import type { Vault } from './vault.ts';

const NETWORK_LINK = 'https://learn.microsoft.com/azure/key-vault/general/network-security';

/** Explains a failure that the vault's network rules cause. Returns any other error unchanged. */
export function explainNetworkError(error: unknown, { id, name }: Vault): unknown {
  if (!(error instanceof CommandFailed)) return error;
  if (error.is('vault-firewall')) {
    const { address } = error.details('client-address');
    const group = /\/resourceGroups\/([^/]+)/i.exec(id)?.[1];
    return new ActionFailed(
      `The firewall of key vault ${quote(name)} blocks this runner.${address ? ` The address of the runner is ${quote(address)}.` : ''}`,
      `Run the job on a runner inside the vault's network, or allow the address while the job runs: az keyvault network-rule add --name ${name} --resource-group ${group} --ip-address ${address ?? 'ADDRESS'}\nGitHub's hosted runners have a different address in each job.`,
      NETWORK_LINK,
    );
  }
  if (error.is('vault-not-public'))
    return new ActionFailed(
      `Key vault ${quote(name)} has no public network access. It is reachable only through its private endpoint.`,
      `Run the job on a runner inside the vault's network, or enable public access with network rules: az keyvault update --name ${name} --public-network-access Enabled`,
      NETWORK_LINK,
    );
  return error;
}
