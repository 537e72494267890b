import { describeFailure } from '../shared/failures.ts';
import { isLabOwned } from '../shared/ownership.ts';
import { preflight } from '../shared/preflight.ts';
import { quote } from '../shared/quote.ts';
import type { Tools } from '../shared/tools.ts';
import { addPolicy } from './access-policies.ts';
import type { Inputs } from './inputs.ts';
import { explainNetworkError } from './network-errors.ts';
import { assignReaderRole } from './role-assignments.ts';
import { ensureSecret, type SecretVersion } from './secret.ts';
import { readPermission, type VaultState, writePermission } from './secret-permissions.ts';
import { checkState, readState, type State } from './state.ts';
import { StoredSecret } from './stored-secret.ts';
import { accessModelOf, ensureVault } from './vault.ts';
import { WriteAccess } from './write-access.ts';

export async function setupVault(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { account, vaultName, secretName, principalId, accessModel } = inputs;
  const { az, report, log } = tools;

  const { subscriptionId, state } = await preflight(
    account,
    {
      readState: () => readState(inputs, az),
      requirementsOf: found => checkState(inputs, found, az),
      tokens: ['vault'],
    },
    tools,
  );

  const { vault, isNew } = await report.step('Key vault', vaultName, () =>
    ensureVault(inputs, state, subscriptionId, tools),
  );
  const model = accessModelOf(vault);
  if (model !== accessModel)
    log.warning(
      `Key vault ${quote(vaultName)} exists and uses the access model ${quote(model)}, not ${quote(accessModel)}. The action does not change it.`,
    );

  const vaultState = { vault, isNew, isOwn: isNew || isLabOwned(vault.tags, inputs.repository) };
  const secret = await writeSecret(inputs, state, vaultState, tools);
  const reader = readPermission(vault.id, inputs);
  await report.step('Permission to read', principalId, () =>
    model === 'rbac' ? assignReaderRole(reader, vaultState, tools) : addPolicy(reader, vault, tools),
  );

  report.facts.vault = { id: vault.id, uri: vault.properties.vaultUri, model };
  report.facts.secret = { name: secretName, version: secret.version };
  report.facts.reader =
    model === 'rbac'
      ? { principalId, role: reader.role, scope: reader.scope }
      : { principalId, permissions: reader.permissions };

  return {
    'vault-name': vaultName,
    'vault-uri': vault.properties.vaultUri,
    'access-model': model,
    'secret-name': secretName,
    'secret-version': secret.version,
    'secret-sha256': secret.sha256,
  };
}

async function writeSecret(
  inputs: Inputs,
  { caller }: State,
  { vault, isNew, isOwn }: VaultState,
  tools: Tools,
): Promise<SecretVersion> {
  const { report, log } = tools;
  const { vaultName, secretName, secretValue, softDeleted, overwriteSecret, repository } = inputs;
  const { run } = inputs.group.tags;
  const permission = writePermission(vault.id, caller, inputs);
  const access = new WriteAccess(permission, { vault, isNew, isOwn }, inputs, tools);
  const stored = new StoredSecret(vault, secretName, access, inputs.temporaryFolder, tools);
  let secret: SecretVersion;
  try {
    // With RBAC, not even the creator of a vault has permissions on its secrets.
    await report.step('Permission to write', caller.objectId, () => access.ensure());
    secret = await report.step('Secret', secretName, () =>
      ensureSecret(
        { vaultName, secretName, softDeleted, overwriteSecret, repository, run },
        secretValue,
        stored,
        isNew,
      ),
    );
  } catch (error) {
    // The step reports this error. A second one is only logged.
    await access.removeTemporary().catch(failure => log.warning(describeFailure(failure)));
    throw explainNetworkError(error, vault);
  }
  await access.removeTemporary();
  return secret;
}
