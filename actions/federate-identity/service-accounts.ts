import { failedWith } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { getObject, type Kubectl } from '../shared/kubectl.ts';
import { quote } from '../shared/quote.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { nameOf, type Workload } from '../shared/workloads.ts';
import type { Identity } from './identity.ts';

export interface ServiceAccount {
  metadata: { annotations?: Record<string, string>; labels?: Record<string, string> };
}

export interface Namespace {
  status?: { phase?: string };
}

const CLIENT_ID = 'azure.workload.identity/client-id';
const TENANT_ID = 'azure.workload.identity/tenant-id';
const USE = 'azure.workload.identity/use';

export function readServiceAccount(
  kubectl: Kubectl,
  workload: Workload,
): Promise<ServiceAccount | undefined> {
  return getObject<ServiceAccount>(kubectl, 'serviceaccount', workload.serviceAccount, workload.namespace);
}

/**
 * @returns {} if the login is not allowed to read the namespace. Reading the service account then shows whether it exists.
 */
export async function readNamespace(kubectl: Kubectl, name: string): Promise<Namespace | undefined> {
  try {
    return await getObject<Namespace>(kubectl, 'namespace', name);
  } catch (error) {
    if (failedWith(error, 'forbidden')) return {};
    throw error;
  }
}

/** Kubernetes creates nothing in a namespace that is being deleted. */
export function findTerminatingNamespaces(namespaces: ReadonlyMap<string, Namespace | undefined>): string[] {
  return [...namespaces]
    .filter(([, found]) => found?.status?.phase === 'Terminating')
    .map(
      ([name]) =>
        `Namespace ${quote(name)} is being deleted. Wait until it is deleted, or choose another namespace.`,
    );
}

type ReplaceInputs = { readonly identityName: string; readonly replace: boolean };

/**
 * A person must decide whether its pods still need the other identity.
 * @param identity undefined if it does not exist yet
 */
export function findIdentityConflicts(
  workload: Workload,
  found: ServiceAccount | undefined,
  identity: Identity | undefined,
  { identityName, replace }: ReplaceInputs,
): string[] {
  const { annotations = {} } = found?.metadata ?? {};
  const foreign = [
    { annotation: CLIENT_ID, current: annotations[CLIENT_ID], wanted: identity?.clientId },
    { annotation: TENANT_ID, current: annotations[TENANT_ID], wanted: identity?.tenantId },
  ].filter(({ current, wanted }) => current && current.toLowerCase() !== wanted?.toLowerCase());
  if (foreign.length === 0 || replace) return [];
  return [
    [
      `Service account ${quote(nameOf(workload))} is annotated with another identity than ${quote(identityName)}:`,
      ...foreign.map(
        ({ annotation, current = '', wanted }) =>
          `    ${annotation}: current ${quote(current)}\n    ${' '.repeat(annotation.length)}  wanted  ${wanted === undefined ? '(not created yet)' : quote(wanted)}`,
      ),
      `  Choose another service account, or set replace: true. New pods of the service account then use ${quote(identityName)}.`,
    ].join('\n'),
  ];
}

export async function ensureNamespace(
  kubectl: Kubectl,
  name: string,
  existing: Namespace | undefined,
): Promise<Done> {
  if (existing) return alreadyThere(undefined);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  return (await createObject(kubectl, namespace)) ? created(undefined) : alreadyThere(undefined);
}

/** @throws {ActionFailed} if another run has annotated it with another identity in the meantime */
export async function ensureServiceAccount(
  kubectl: Kubectl,
  workload: Workload,
  found: ServiceAccount | undefined,
  identity: Identity,
  inputs: ReplaceInputs,
): Promise<Done> {
  const { namespace, serviceAccount: name } = workload;
  const [problem] = findIdentityConflicts(workload, found, identity, inputs);
  if (problem)
    throw new ActionFailed(
      problem,
      'Do not let two runs write to the same service account at the same time.',
    );

  const { annotations = {}, labels = {} } = found?.metadata ?? {};
  const tenant: Record<string, string> = annotations[TENANT_ID] ? { [TENANT_ID]: identity.tenantId } : {};
  const metadata = {
    annotations: { [CLIENT_ID]: identity.clientId, ...tenant },
    labels: { [USE]: 'true' },
  };
  if (!found) {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, ...metadata } };
    if (await createObject(kubectl, account)) return created(undefined);
    const current = await readServiceAccount(kubectl, workload);
    return ensureServiceAccount(kubectl, workload, current, identity, inputs);
  }
  if (contains(annotations, metadata.annotations) && contains(labels, metadata.labels))
    return alreadyThere(undefined);
  const patch = ['--type', 'merge', '--patch', JSON.stringify({ metadata })];
  await kubectl(['patch', 'serviceaccount', name, '--namespace', namespace, ...patch]);
  return changed(undefined);
}

/** @returns false if another client has created it in the meantime */
async function createObject(kubectl: Kubectl, manifest: object): Promise<boolean> {
  try {
    await kubectl(['create', '--filename', '-'], { input: JSON.stringify(manifest) });
    return true;
  } catch (error) {
    if (failedWith(error, 'object-exists')) return false;
    throw error;
  }
}

function contains(all: Record<string, string>, some: Record<string, string>): boolean {
  return Object.entries(some).every(([key, value]) => all[key] === value);
}
