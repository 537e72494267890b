import { failedWith } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { getObject, type Kubectl } from '../shared/kubectl.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { nameOf, type Workload } from '../shared/workloads.ts';
import type { Inputs } from './inputs.ts';
import type { Identity } from './look.ts';

/** What is looked at of a service account. */
export interface ServiceAccount {
  metadata: { annotations?: Record<string, string>; labels?: Record<string, string> };
}

/** What is looked at of a namespace. */
export interface Namespace {
  status?: { phase?: string };
}

const CLIENT_ID = 'azure.workload.identity/client-id';
const TENANT_ID = 'azure.workload.identity/tenant-id';
const USE = 'azure.workload.identity/use';

export function getServiceAccount(kubectl: Kubectl, workload: Workload): Promise<ServiceAccount | undefined> {
  return getObject<ServiceAccount>(kubectl, 'serviceaccount', workload.serviceAccount, workload.namespace);
}

/** The namespace. One that the caller may not look at is taken to be there: the service account will show it. */
export async function getNamespace(kubectl: Kubectl, name: string): Promise<Namespace | undefined> {
  try {
    return await getObject<Namespace>(kubectl, 'namespace', name);
  } catch (error) {
    if (failedWith(error, 'forbidden')) return {};
    throw error;
  }
}

/** Namespaces that are on their way out: nothing can be made in them. */
export function beingDeleted(namespaces: ReadonlyMap<string, Namespace | undefined>): string[] {
  return [...namespaces]
    .filter(([, found]) => found?.status?.phase === 'Terminating')
    .map(([name]) => `Namespace ${name} is being deleted. Run again once it is gone, or take another.`);
}

/**
 * A service account that pods use to be somebody else: a person must decide whether they still need that.
 * @param identity undefined while it is not made.
 * @returns nothing, or one problem.
 */
export function ownedByAnother(
  workload: Workload,
  found: ServiceAccount | undefined,
  identity: Identity | undefined,
  { identityName, replace }: Inputs,
): string[] {
  const { annotations = {} } = found?.metadata ?? {};
  const foreign = [
    { annotation: CLIENT_ID, there: annotations[CLIENT_ID], asked: identity?.clientId },
    { annotation: TENANT_ID, there: annotations[TENANT_ID], asked: identity?.tenantId },
  ].filter(({ there, asked }) => there && there.toLowerCase() !== asked?.toLowerCase());
  if (foreign.length === 0 || replace) return [];
  return [
    [
      `Service account ${nameOf(workload)} belongs to another identity than ${identityName}:`,
      ...foreign.map(
        ({ annotation, there, asked }) =>
          `    ${annotation}: there ${there}\n    ${' '.repeat(annotation.length)}  asked ${asked ?? '(not made yet)'}`,
      ),
      `  Set replace: true to give it to ${identityName}; new pods under it then sign in as that one. Or take another service account.`,
    ].join('\n'),
  ];
}

/** Makes the namespace, unless it is there. */
export async function ensureNamespace(
  kubectl: Kubectl,
  name: string,
  found: Namespace | undefined,
): Promise<Done> {
  if (found) return alreadyThere(undefined);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  return (await create(kubectl, namespace)) ? created(undefined) : alreadyThere(undefined);
}

/**
 * Makes the service account, or adds to one that is there what it lacks; whatever else it has stays.
 * @throws {ActionFailed} when another run gave it to another identity after we looked.
 */
export async function ensureServiceAccount(
  kubectl: Kubectl,
  workload: Workload,
  found: ServiceAccount | undefined,
  identity: Identity,
  inputs: Inputs,
): Promise<Done> {
  const { namespace, serviceAccount: name } = workload;
  const [problem] = ownedByAnother(workload, found, identity, inputs);
  if (problem) throw new ActionFailed(problem, 'Let one run at a time write to a service account.');

  const { annotations = {}, labels = {} } = found?.metadata ?? {};
  const tenant: Record<string, string> = annotations[TENANT_ID] ? { [TENANT_ID]: identity.tenantId } : {};
  const metadata = {
    annotations: { [CLIENT_ID]: identity.clientId, ...tenant },
    labels: { [USE]: 'true' },
  };
  if (!found) {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, ...metadata } };
    if (await create(kubectl, account)) return created(undefined);
    const made = await getServiceAccount(kubectl, workload);
    return ensureServiceAccount(kubectl, workload, made, identity, inputs);
  }
  if (contains(annotations, metadata.annotations) && contains(labels, metadata.labels))
    return alreadyThere(undefined);
  const patch = ['--type', 'merge', '--patch', JSON.stringify({ metadata })];
  await kubectl(['patch', 'serviceaccount', name, '--namespace', namespace, ...patch]);
  return changed(undefined);
}

/** @returns false where somebody else made it after we looked. */
async function create(kubectl: Kubectl, manifest: object): Promise<boolean> {
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
