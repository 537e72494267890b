import { describeFailure } from '../shared/failures.ts';
import { isLabOwned } from '../shared/ownership.ts';
import { preflight } from '../shared/preflight.ts';
import type { Tools } from '../shared/tools.ts';
import { allowReading, modelOf, reading, writing } from './access.ts';
import type { Inputs } from './inputs.ts';
import { judge, look } from './look.ts';
import { ensureSecret } from './secret.ts';
import { ensureVault } from './vault.ts';
import { WriteAccess } from './write-access.ts';

/** The walkthrough's "Create the Key Vault and Secret". */
export async function setupVault(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { account, vaultName, secretName, principalId, accessModel } = inputs;
  const { az, report, log } = tools;

  const { subscriptionId, state: standing } = await preflight(
    account,
    {
      readState: () => look(inputs, az),
      requirementsOf: found => judge(inputs, found, az),
      tokens: ['vault'],
    },
    tools,
  );

  const { caller } = standing;
  const { vault, isNew } = await report.step('Key vault', vaultName, () =>
    ensureVault(inputs, standing, subscriptionId, tools),
  );
  const model = modelOf(vault);
  if (model !== accessModel)
    log.warning(
      `Key vault ${vaultName} exists and decides by ${model}, not by ${accessModel}: that is kept.`,
    );

  const state = { vault, isNew, isOwn: isNew || isLabOwned(vault.tags, inputs.repository) };
  const writeAccess = new WriteAccess(writing(vault, caller, inputs), state, inputs, tools);
  const secret = await withAccess(writeAccess, tools, async () => {
    // In a vault that decides by roles, even its creator has no permission on the secrets.
    await report.step('Right to write', caller.objectId, () => writeAccess.ensure());
    return report.step('Secret', secretName, () => ensureSecret(inputs, vault, isNew, writeAccess, tools));
  });
  const access = reading(vault, inputs);
  await report.step('Right to read', principalId, () => allowReading(access, state, tools));

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

/** Does the work, and takes back what was granted for it, however the work ends. */
async function withAccess<T>(access: WriteAccess, { log }: Tools, work: () => Promise<T>): Promise<T> {
  let value: T;
  try {
    value = await work();
  } catch (error) {
    // What went wrong first is what the step reports.
    await access.takeBack().catch(failure => log.warning(describeFailure(failure)));
    throw error;
  }
  await access.takeBack();
  return value;
}
