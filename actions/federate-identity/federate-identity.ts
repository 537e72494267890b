import { createHash } from 'node:crypto';
import { lookUp } from '../shared/az.ts';
import { CommandFailed } from '../shared/command.ts';
import { ActionFailed } from '../shared/failures.ts';
import { applyObject, getObject, type Kubectl } from '../shared/kubectl.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, tagArguments } from '../shared/resource-group.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';

interface Identity {
  clientId: string;
  principalId: string;
  tenantId: string;
}

interface FederatedCredential {
  issuer: string;
  subject: string;
  audiences: readonly string[];
}

interface ServiceAccount {
  metadata: { annotations?: Record<string, string>; labels?: Record<string, string> };
}

/** The audience of the service account tokens that Entra exchanges for its own. */
const AUDIENCE = 'api://AzureADTokenExchange';
const CLIENT_ID_ANNOTATION = 'azure.workload.identity/client-id';
const USE_LABEL = 'azure.workload.identity/use';

/** The walkthrough's "Set up the identity": the managed identity, the service account, and what ties the two. */
export async function federateIdentity(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { group, identityName, issuer, namespace, serviceAccount } = inputs;
  const { log, report } = tools;
  const subject = `system:serviceaccount:${namespace}:${serviceAccount}`;

  const identity = await report.step('Managed identity', identityName, () => ensureIdentity(inputs, tools));

  if (issuer) {
    const kubectl = tools.kubectl(inputs.kubeconfig);
    if (namespace !== 'default')
      await report.step('Namespace', namespace, () => ensureNamespace(kubectl, namespace));
    await report.step('Service account', `${namespace}/${serviceAccount}`, () =>
      ensureServiceAccount(kubectl, inputs, identity),
    );

    const credential = { issuer, subject, audiences: [AUDIENCE] };
    const name = inputs.credentialName || credentialName(credential, inputs);
    await report.step('Federated credential', name, () => ensureCredential(name, credential, inputs, tools));
  } else {
    log.info(
      `No issuer is given: ${identityName} in ${group.name} is ready to be given rights, and federated later.`,
    );
  }

  return {
    'client-id': identity.clientId,
    'principal-id': identity.principalId,
    'tenant-id': identity.tenantId,
    namespace,
    'service-account': serviceAccount,
    subject,
  };
}

async function ensureIdentity(
  { group, identityName }: Inputs,
  { az, report }: Tools,
): Promise<Done<Identity>> {
  const identity = ['--name', identityName, '--resource-group', group.name];
  const found = await lookUp<Identity>(az, ['identity', 'show', ...identity]);
  if (found) return alreadyThere(found);
  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  return created(
    await az<Identity>([
      'identity',
      'create',
      ...identity,
      '--location',
      group.location,
      ...tagArguments(group.tags),
    ]),
  );
}

async function ensureNamespace(kubectl: Kubectl, namespace: string): Promise<Done> {
  if (await getObject(kubectl, 'namespace', namespace)) return alreadyThere(undefined);
  await applyObject(kubectl, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return created(undefined);
}

async function ensureServiceAccount(kubectl: Kubectl, inputs: Inputs, { clientId }: Identity): Promise<Done> {
  const { namespace, serviceAccount, identityName } = inputs;
  const found = await getObject<ServiceAccount>(kubectl, 'serviceaccount', serviceAccount, namespace);
  const owner = found?.metadata.annotations?.[CLIENT_ID_ANNOTATION];
  if (owner && owner !== clientId) {
    throw new ActionFailed(
      `Service account ${namespace}/${serviceAccount} belongs to another identity: its ${CLIENT_ID_ANNOTATION} is ${owner}, and that of ${identityName} is ${clientId}.`,
      `Take another service-account, or, if nothing uses it any more: kubectl delete serviceaccount ${serviceAccount} --namespace ${namespace}`,
      'https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html',
    );
  }
  if (owner === clientId && found?.metadata.labels?.[USE_LABEL] === 'true') return alreadyThere(undefined);

  await applyObject(kubectl, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: serviceAccount,
      namespace,
      annotations: { [CLIENT_ID_ANNOTATION]: clientId },
      labels: { [USE_LABEL]: 'true' },
    },
  });
  return found ? changed(undefined) : created(undefined);
}

async function ensureCredential(
  name: string,
  wanted: FederatedCredential,
  inputs: Inputs,
  tools: Tools,
): Promise<Done> {
  const { az, time, log } = tools;
  const place = [
    '--name',
    name,
    '--identity-name',
    inputs.identityName,
    '--resource-group',
    inputs.group.name,
  ];

  const found = await lookUp<FederatedCredential>(az, ['identity', 'federated-credential', 'show', ...place]);
  if (found) {
    refuseDifference(name, found, wanted, inputs);
    return alreadyThere(undefined);
  }

  const { issuer, subject } = wanted;
  const command = [
    'identity',
    'federated-credential',
    'create',
    ...place,
    '--issuer',
    issuer,
    '--subject',
    subject,
    '--audiences',
    AUDIENCE,
  ];
  await retry({ what: `Federated credential ${name}`, timeoutSeconds: 180, time, log, transient }, () =>
    az(command),
  );
  return created(undefined);
}

/** Azure takes one credential write at a time for an identity, and none before its directory shows a new identity. */
function transient(error: unknown): string | undefined {
  if (!(error instanceof CommandFailed)) return undefined;
  if (/^ConcurrentFederatedIdentityCredentialsWrites/.test(error.code ?? ''))
    return 'another credential of this identity is being written';
  if (error.code === 'ParentResourceNotFound') return 'the identity is not to be seen yet';
  return undefined;
}

/** A credential trusts exactly one issuer and subject; one that trusts another may be in use, so it is left alone. */
function refuseDifference(
  name: string,
  found: FederatedCredential,
  wanted: FederatedCredential,
  { identityName, group }: Inputs,
): void {
  const differences = (['issuer', 'subject', 'audiences'] as const)
    .map(key => ({ key, there: String(found[key]), asked: String(wanted[key]) }))
    .filter(({ there, asked }) => there !== asked);
  if (differences.length === 0) return;
  throw new ActionFailed(
    [
      `Federated credential ${name} of ${identityName} is there already, and trusts something else:`,
      ...differences.map(
        ({ key, there, asked }) => `  ${key}: there ${there}\n  ${' '.repeat(key.length)}   asked ${asked}`,
      ),
    ].join('\n'),
    `Take another credential-name, or, if nothing uses it any more: az identity federated-credential delete --name ${name} --identity-name ${identityName} --resource-group ${group.name}`,
    'https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations',
  );
}

/** A name that is always the same for the same trust, and another one for another cluster. */
function credentialName(
  { issuer, subject }: FederatedCredential,
  { namespace, serviceAccount }: Inputs,
): string {
  const fingerprint = createHash('sha256').update(`${issuer}\n${subject}`).digest('hex').slice(0, 10);
  const readable = `${namespace}-${serviceAccount}`.replaceAll('.', '-').slice(0, 109);
  return `${readable}-${fingerprint}`;
}
