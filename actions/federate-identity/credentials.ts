import { createHash } from 'node:crypto';
import type { Az } from '../shared/az.ts';
import { CommandFailed, failedWith } from '../shared/command-errors.ts';
import { quote } from '../shared/quote.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { subjectOf, type Workload } from '../shared/workloads.ts';
import type { Inputs } from './inputs.ts';

export interface FederatedCredential {
  name: string;
  issuer: string;
  subject: string;
  audiences: readonly string[];
}

export interface CredentialPlan {
  wanted: FederatedCredential;
  found: FederatedCredential | undefined;
  action: 'create' | 'keep' | 'replace';
}

/** Limit of Azure. https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const MAX_CREDENTIALS = 20;

/** Issuer and subject are unique within an identity, so an existing credential with both is used, whatever its name. */
export function planCredentials(
  { workloads, issuer, credentialName }: Inputs,
  audience: string,
  existing: readonly FederatedCredential[],
): CredentialPlan[] {
  return workloads.map(workload => {
    const trust = { issuer, subject: subjectOf(workload), audiences: [audience] };
    const name = credentialName || derivedName(issuer, workload);
    const found =
      existing.find(one => one.issuer === trust.issuer && one.subject === trust.subject) ??
      existing.find(one => one.name.toLowerCase() === name.toLowerCase());
    if (!found) return { wanted: { name, ...trust }, found, action: 'create' };
    const wanted = { name: found.name, ...trust };
    return { wanted, found, action: differences(found, wanted).length === 0 ? 'keep' : 'replace' };
  });
}

/** The same trust always gets the same name. Another cluster gets another name. */
function derivedName(issuer: string, workload: Workload): string {
  const fingerprint = createHash('sha256')
    .update(`${issuer}\n${subjectOf(workload)}`)
    .digest('hex')
    .slice(0, 10);
  const readable = `${workload.namespace}-${workload.serviceAccount}`.replaceAll('.', '-').slice(0, 109);
  return `${readable}-${fingerprint}`;
}

function differences(found: FederatedCredential, wanted: FederatedCredential) {
  return (['issuer', 'subject', 'audiences'] as const)
    .map(key => ({ key, current: String(found[key]), requested: String(wanted[key]) }))
    .filter(({ current, requested }) => current !== requested);
}

/** A person must decide whether that trust is still in use. */
export function findCredentialConflicts(plans: readonly CredentialPlan[], inputs: Inputs): string[] {
  const { identityName, credentialName, replace } = inputs;
  if (replace) return [];
  return plans.flatMap(({ wanted, found, action }) => {
    if (!found || action !== 'replace') return [];
    const values = differences(found, wanted).map(
      ({ key, current, requested }) =>
        `    ${key}: current ${quote(current)}\n    ${' '.repeat(key.length)}  wanted  ${quote(requested)}`,
    );
    return [
      [
        `Federated credential ${quote(found.name)} of ${quote(identityName)} already exists and trusts something else:`,
        ...values,
        `  Choose another ${credentialName ? 'credential-name' : 'identity-name'}, or set replace: true. Entra then no longer trusts the current value.`,
      ].join('\n'),
    ];
  });
}

/** @returns one problem, which lists credentials that look unused, or none */
export async function findCredentialLimitProblem(
  plans: readonly CredentialPlan[],
  existing: readonly FederatedCredential[],
  { identityName, group, issuer }: Inputs,
  az: Az,
): Promise<string[]> {
  const more = plans.filter(({ action }) => action === 'create').length;
  if (existing.length + more <= MAX_CREDENTIALS) return [];
  const clusters = await listClusterIssuers(az);
  const unused = existing.filter(
    one =>
      one.subject.startsWith('system:serviceaccount:') &&
      one.issuer !== issuer &&
      !clusters?.includes(one.issuer),
  );
  const reason = clusters
    ? 'no visible cluster of this subscription has their issuer'
    : 'their issuer is another cluster, and the login cannot see whether it still exists';
  return [
    [
      `Managed identity ${quote(identityName)} has ${existing.length} federated credentials, and this step needs ${more} more. Azure allows ${MAX_CREDENTIALS}.`,
      unused.length > 0 ? `  These look unused (${reason}):` : '  None of them looks unused.',
      ...unused.map(
        ({ name, issuer, subject }) =>
          `    ${quote(name)}: issuer ${quote(issuer)}, subject ${quote(subject)}`,
      ),
      `  Choose another identity-name, or delete a credential that is not in use: az identity federated-credential delete --name ${unused[0]?.name ?? 'NAME'} --identity-name ${identityName} --resource-group ${group.name}`,
    ].join('\n'),
  ];
}

/** @returns undefined if the login is not allowed to list clusters */
async function listClusterIssuers(az: Az): Promise<readonly (string | null)[] | undefined> {
  try {
    return await az<(string | null)[]>(['aks', 'list', '--query', '[].oidcIssuerProfile.issuerUrl']);
  } catch (error) {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  }
}

export async function writeCredential(
  { wanted, action }: CredentialPlan,
  inputs: Inputs,
  tools: Tools,
): Promise<Done> {
  if (action === 'keep') return alreadyThere(undefined);
  const { name, issuer, subject, audiences } = wanted;
  const { identityName, group } = inputs;
  const { az, time, log, retrySeconds } = tools;
  const command = [
    ...['identity', 'federated-credential', action === 'create' ? 'create' : 'update', '--name', name],
    ...['--identity-name', identityName, '--resource-group', group.name],
    ...['--issuer', issuer, '--subject', subject, '--audiences', ...audiences],
  ];
  const options = {
    what: `Federated credential ${name}`,
    timeoutSeconds: retrySeconds,
    time,
    log,
    transient,
  };
  try {
    await retry(options, () => az(command));
  } catch (error) {
    // Another run has written the same trust under another name in the meantime.
    if (failedWith(error, 'credential-exists')) return alreadyThere(undefined);
    throw error;
  }
  return action === 'create' ? created(undefined) : changed(undefined);
}

/** Azure accepts one write at a time for the credentials of an identity. */
function transient(error: unknown): string | undefined {
  if (failedWith(error, 'concurrent-credential-writes'))
    return 'another credential of this identity is being written';
  return undefined;
}
