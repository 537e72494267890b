import { preflight } from '../shared/preflight.ts';
import type { Tools } from '../shared/tools.ts';
import { allow, modelOf, reading, writing } from './access.ts';
import type { Inputs } from './inputs.ts';
import { judge, look, type Standing } from './look.ts';
import { ensureSecret } from './secret.ts';
import { ensureVault } from './vault.ts';

/** The walkthrough's "Create the Key Vault and Secret". */
export async function setupVault(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { account, vaultName, secretName, principalId, accessModel } = inputs;
  const { az, report, log } = tools;

  let standing!: Standing;
  const lookFirst = async () => {
    standing = await look(inputs, az);
    return judge(inputs, standing, az);
  };
  await preflight(account, { look: lookFirst, tokens: ['vault'] }, tools);

  const { caller } = standing;
  const { vault, isNew } = await report.step('Key vault', vaultName, () =>
    ensureVault(inputs, standing, tools),
  );
  const model = modelOf(vault);
  if (model !== accessModel)
    log.warning(
      `Key vault ${vaultName} was there and decides by ${model}, not by ${accessModel}: that is kept.`,
    );

  // Under RBAC whoever makes a vault has no right to its secrets.
  await report.step('Right to write', caller.objectId, () =>
    allow(writing(vault, caller, inputs), vault, tools),
  );
  const secret = await report.step('Secret', secretName, () => ensureSecret(inputs, vault, isNew, tools));
  const access = reading(vault, inputs);
  await report.step('Right to read', principalId, () => allow(access, vault, tools));

  report.facts.vault = { id: vault.id, uri: vault.properties.vaultUri, model };
  report.facts.secret = { name: secretName, version: secret.version };
  report.facts.reader =
    model === 'rbac'
      ? { principalId, role: access.role, scope: access.scope }
      : { principalId, permissions: access.permissions };

  return {
    'vault-name': vaultName,
    'vault-uri': vault.properties.vaultUri,
    'access-model': model,
    'secret-name': secretName,
    'secret-version': secret.version,
    'secret-sha256': secret.sha256,
  };
}
