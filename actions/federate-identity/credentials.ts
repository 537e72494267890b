import { createHash } from 'node:crypto';
import type { Az } from '../shared/az.ts';
import { CommandFailed, failedWith } from '../shared/command-errors.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { subjectOf, type Workload } from '../shared/workloads.ts';
import type { Inputs } from './inputs.ts';

/** Whom an identity trusts, as az shows it. */
export interface FederatedCredential {
  name: string;
  issuer: string;
  subject: string;
  audiences: readonly string[];
}

/** The credential for one workload: what is wanted, and what stands in its place. */
export interface Plan {
  wanted: FederatedCredential;
  found: FederatedCredential | undefined;
  action: 'create' | 'keep' | 'replace';
}

/** Azure's bound. https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const MOST_CREDENTIALS = 20;

/**
 * Compares what is wanted with what stands there. Within an identity Azure keeps issuer and subject unique: a
 * credential that has both is the one, whatever its name.
 * @param audience of the tokens that the cluster's pods get.
 */
export function planCredentials(
  { workloads, issuer, credentialName }: Inputs,
  audience: string,
  standing: readonly FederatedCredential[],
): Plan[] {
  return workloads.map(workload => {
    const trust = { issuer, subject: subjectOf(workload), audiences: [audience] };
    const name = credentialName || derivedName(issuer, workload);
    const found =
      standing.find(one => one.issuer === trust.issuer && one.subject === trust.subject) ??
      standing.find(one => one.name.toLowerCase() === name.toLowerCase());
    if (!found) return { wanted: { name, ...trust }, found, action: 'create' };
    const wanted = { name: found.name, ...trust };
    return { wanted, found, action: differences(found, wanted).length === 0 ? 'keep' : 'replace' };
  });
}

/** A name that is always the same for the same trust, and another one for another cluster. */
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
    .map(key => ({ key, there: String(found[key]), asked: String(wanted[key]) }))
    .filter(({ there, asked }) => there !== asked);
}

/** Credentials in the way that trust something else: a person must decide whether that is still used. */
export function conflictingCredentials(plans: readonly Plan[], inputs: Inputs): string[] {
  const { identityName, credentialName, replace } = inputs;
  if (replace) return [];
  return plans.flatMap(({ wanted, found, action }) => {
    if (!found || action !== 'replace') return [];
    const both = differences(found, wanted).map(
      ({ key, there, asked }) => `    ${key}: there ${there}\n    ${' '.repeat(key.length)}  asked ${asked}`,
    );
    return [
      [
        `Federated credential ${found.name} of ${identityName} is there already, and trusts something else:`,
        ...both,
        `  Set replace: true to have it trust what is asked; what it trusts now is then refused. Or take another ${credentialName ? 'credential-name' : 'identity-name'}.`,
      ].join('\n'),
    ];
  });
}

/**
 * Whether Azure has room for all of them. Nothing is written where it has not.
 * @returns what stands in the way: nothing, or one problem that names the credentials that look stale.
 */
export async function withoutRoom(
  plans: readonly Plan[],
  standing: readonly FederatedCredential[],
  { identityName, group, issuer }: Inputs,
  az: Az,
): Promise<string[]> {
  const more = plans.filter(({ action }) => action === 'create').length;
  if (standing.length + more <= MOST_CREDENTIALS) return [];
  const clusters = await issuersOfClusters(az);
  const stale = standing.filter(
    one =>
      one.subject.startsWith('system:serviceaccount:') &&
      one.issuer !== issuer &&
      !clusters?.includes(one.issuer),
  );
  const sign = clusters
    ? 'no cluster that can be seen in this subscription is their issuer'
    : 'their issuer is another cluster; whether that still exists cannot be seen';
  return [
    [
      `${identityName} has ${standing.length} federated credentials, and ${more} more are asked for; Azure allows ${MOST_CREDENTIALS}.`,
      stale.length > 0 ? `  These look stale (${sign}):` : '  None looks stale.',
      ...stale.map(({ name, issuer, subject }) => `    ${name}: issuer ${issuer}, subject ${subject}`),
      `  Take another identity-name, or delete what nobody uses: az identity federated-credential delete --name ${stale[0]?.name ?? 'NAME'} --identity-name ${identityName} --resource-group ${group.name}`,
    ].join('\n'),
  ];
}

/** The issuers of the subscription's clusters; undefined where the caller may not see clusters. */
async function issuersOfClusters(az: Az): Promise<readonly (string | null)[] | undefined> {
  try {
    return await az<(string | null)[]>(['aks', 'list', '--query', '[].oidcIssuerProfile.issuerUrl']);
  } catch (error) {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  }
}

/** Brings one credential to what is wanted. Those of one identity are written one after another. */
export async function writeCredential({ wanted, action }: Plan, inputs: Inputs, tools: Tools): Promise<Done> {
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
    if (madeMeanwhile(error)) return alreadyThere(undefined);
    throw error;
  }
  return action === 'create' ? created(undefined) : changed(undefined);
}

/** Azure accepts one credential write at a time for an identity. */
function transient(error: unknown): string | undefined {
  if (failedWith(error, 'concurrent-credential-writes'))
    return 'another credential of this identity is being written';
  return undefined;
}

/** Another run wrote the same trust under another name after we looked. */
function madeMeanwhile(error: unknown): boolean {
  return failedWith(error, 'credential-exists');
}
