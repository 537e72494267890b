import { lookUp } from '../shared/az.ts';
import { alreadyThere, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, tagArguments } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import { allowReading, allowWriting, modelOf } from './access.ts';
import { whoAmI } from './caller.ts';
import type { Inputs } from './inputs.ts';
import { ensureSecret } from './secret.ts';

/** The vault as `az keyvault` prints it; what is used of it. */
export interface Vault {
  id: string;
  name: string;
  properties: {
    vaultUri: string;
    enableRbacAuthorization: boolean | null;
    accessPolicies: { objectId: string; permissions: { secrets: string[] | null } }[] | null;
  };
}

/** The walkthrough's "Create the Key Vault and Secret". */
export async function setupVault(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { vaultName, secretName, principalId } = inputs;
  const { az, report, log } = tools;

  const [{ vault, isNew }, caller] = await Promise.all([
    report.step('Key vault', vaultName, () => ensureVault(inputs, tools)),
    whoAmI(az),
  ]);
  const model = modelOf(vault);
  if (model !== inputs.accessModel) {
    log.warning(
      `Key vault ${vaultName} was there and decides by ${model}, not by ${inputs.accessModel}: that is kept.`,
    );
  }

  // Under RBAC whoever makes a vault has no right to its secrets.
  await report.step('Right to write', caller.objectId, () => allowWriting(tools, vault, caller));
  const secret = await report.step('Secret', secretName, () => ensureSecret(inputs, isNew, tools));
  await report.step('Right to read', principalId, () => allowReading(tools, vault, secretName, principalId));

  return {
    'vault-name': vaultName,
    'vault-uri': vault.properties.vaultUri,
    'secret-name': secretName,
    'secret-version': secret.version,
    'secret-sha256': secret.sha256,
  };
}

async function ensureVault(
  { vaultName, group, accessModel }: Inputs,
  { az, report }: Tools,
): Promise<Done<{ vault: Vault; isNew: boolean }>> {
  const vault = ['--name', vaultName, '--resource-group', group.name];
  const found = await lookUp<Vault>(az, ['keyvault', 'show', ...vault]);
  if (found) return alreadyThere({ vault: found, isNew: false });
  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  const made = await az<Vault>([
    ...['keyvault', 'create', ...vault, '--location', group.location, ...tagArguments(group.tags)],
    ...['--enable-rbac-authorization', String(accessModel === 'rbac')],
    // Nobody gets everything: the policies that are needed are set one by one.
    ...(accessModel === 'access-policy' ? ['--no-self-perms', 'true'] : []),
    // The shortest retention there is, and no purge protection: what cannot be purged keeps its name.
    ...['--retention-days', '7'],
  ]);
  return created({ vault: made, isNew: true });
}
