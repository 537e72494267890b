import { failedWith } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import {
  createObject,
  deleteObject,
  getObject,
  type ObjectReference,
  type StoredObject,
} from '../shared/kubectl.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { quote } from '../shared/quote.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import {
  type DeployContext,
  diagnosisError,
  diagnosisTarget,
  type PlannedWorkload,
  qualifiedName,
} from './context.ts';
import { describeOwner, hasSameManifest, isFinished, isOwn, listDifferences } from './existing-object.ts';
import { listPods } from './find-pod.ts';
import type { WorkloadObject } from './manifest.ts';

/**
 * The uids of pods that existed before this run created or changed the workload, and that it does not recreate;
 * undefined if it did neither, and recreates none.
 */
export type EarlierPods = ReadonlySet<string | undefined> | undefined;

/**
 * Updates an existing deployment of this repository, and recreates a finished job. Recreates other objects that differ
 * only if `replace` is true.
 * @throws {ActionFailed} for an object of another owner, one that differs without `replace`, and one that the cluster rejects.
 */
export async function ensureWorkload(
  context: DeployContext,
  workload: PlannedWorkload,
): Promise<Done<EarlierPods>> {
  const { kind, replace, documentation } = context.inputs;
  const { target, annotations, desired } = workload;
  const existing = await getObject<WorkloadObject>(context.kubectl, kind, target.name, target.namespace);
  if (!existing) {
    await createWorkload(context, workload);
    return created(new Set());
  }
  const isBeingDeleted = existing.metadata.deletionTimestamp !== undefined;
  if (isBeingDeleted) {
    await recreateWorkload(context, workload);
    return changed(new Set());
  }
  requireOwn(existing, workload, documentation);
  if (kind === 'deployment') return updateDeployment(context, workload, existing);

  const different = listDifferences(existing, desired, annotations.clientId);
  const isDone = kind === 'job' && isFinished(existing);
  if (different.length === 0 && !isDone) return alreadyThere(undefined);
  if (!replace && !isDone) {
    const what = `The ${kind} ${quote(qualifiedName(target))} exists from an earlier run and differs from the desired one: ${different.join('; ')}.`;
    throw new ActionFailed(
      what,
      `Set replace: true to delete and recreate it, or use another name (input name). A ${kind} cannot be changed in place.`,
      `${documentation}#pod-from-an-earlier-run`,
      { verdict: 'pod-from-an-earlier-run', diagnosis: what },
    );
  }
  await recreateWorkload(context, workload);
  return changed(new Set());
}

/** @throws {ActionFailed} unless this action created the object for this repository. */
function requireOwn(
  existing: WorkloadObject,
  { target, desired }: PlannedWorkload,
  documentation: string,
): void {
  if (isOwn(existing, desired)) return;
  const kind = existing.kind.toLowerCase();
  const what = `The ${kind} ${quote(qualifiedName(target))} exists and was created by ${describeOwner(existing)}. This action does not change or delete it.`;
  throw new ActionFailed(
    what,
    `Use another name (input name) or another namespace (input namespace). If nobody needs the ${kind}, delete it:\nkubectl delete ${kind} ${target.name} --namespace ${target.namespace}`,
    `${documentation}#object-of-another-owner`,
    { verdict: 'object-of-another-owner', diagnosis: what },
  );
}

async function updateDeployment(
  context: DeployContext,
  workload: PlannedWorkload,
  { metadata: { uid, generation } }: WorkloadObject,
): Promise<Done<EarlierPods>> {
  const earlierPods = new Set((await listPods(context, workload)).map(({ metadata }) => metadata.uid));
  const { desired } = workload;
  // The uid makes the API server reject the change if another deployment now has this name.
  const manifest = { ...desired, metadata: { ...desired.metadata, uid } };
  const applied = await explainRejection(context, workload, async () =>
    JSON.parse(
      await context.kubectl(['apply', '--filename', '-', '--output', 'json'], {
        input: JSON.stringify(manifest),
      }),
    ),
  );
  const { metadata } = applied as WorkloadObject;
  return metadata.generation === generation ? alreadyThere(undefined) : changed(earlierPods);
}

export async function recreateWorkload(context: DeployContext, workload: PlannedWorkload): Promise<void> {
  const { kind, documentation } = context.inputs;
  const { target, desired } = workload;
  const reference = { kind, name: target.name, namespace: target.namespace };
  const canDelete = (object: WorkloadObject): boolean => {
    if (object.metadata.deletionTimestamp === undefined) requireOwn(object, workload, documentation);
    return true;
  };
  // Foreground: the old pods must not be in the list of new pods.
  const policy = desired.kind === 'Pod' ? 'Background' : 'Foreground';
  const deleted = await deleteObject(context.kubectl, reference, canDelete, policy);
  if (deleted) await waitUntilDeleted(context, reference, deleted);
  await createWorkload(context, workload);
}

/**
 * Resets the back-off of image pulls, which grows to five minutes for each pod.
 * https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff
 */
export async function recreatePod(
  context: DeployContext,
  workload: PlannedWorkload,
  pod: Pod,
): Promise<void> {
  const { kind } = context.inputs;
  // A job counts a deleted pod as a failed attempt.
  if (kind === 'job') return recreateWorkload(context, workload);
  const { name, namespace = '', uid } = pod.metadata;
  const reference = { kind: 'pod', name, namespace };
  const isThisPod = (object: WorkloadObject): boolean =>
    object.metadata.uid === uid && isOwn(object, workload.desired);
  const deleted = await deleteObject(context.kubectl, reference, isThisPod);
  // A deployment replaces its pod by itself.
  if (!deleted || kind === 'deployment') return;
  await waitUntilDeleted(context, reference, deleted);
  await createWorkload(context, workload);
}

/** A pod has 30 seconds to end. */
const DELETION_SECONDS = 300;

/** @throws {ActionFailed} with the finalizers that block the deletion. */
export async function waitUntilDeleted(
  { kubectl, inputs, tools: { time, log } }: DeployContext,
  { kind, name, namespace }: ObjectReference,
  { metadata: { uid } }: StoredObject,
): Promise<void> {
  let finalizers: string[] = [];
  const what = `Deletion of ${kind} ${namespace}/${name}`;
  const timeoutSeconds = Math.min(inputs.timeoutSeconds, DELETION_SECONDS);
  try {
    await poll(
      { what, timeoutSeconds, firstWaitSeconds: 0.2, longestWaitSeconds: 3, time, log },
      async () => {
        const object = await getObject<StoredObject>(kubectl, kind, name, namespace);
        if (!object || object.metadata.uid !== uid) return { value: true };
        finalizers = object.metadata.finalizers ?? [];
        return { state: finalizers.length > 0 ? `held by finalizers ${finalizers.join(', ')}` : 'ending' };
      },
    );
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    const holds = finalizers.length > 0 ? `its finalizers are "${finalizers.join('", "')}"` : error.state;
    const removal = `kubectl patch ${kind} ${name} --namespace ${namespace} --type merge --patch '{"metadata":{"finalizers":null}}'`;
    throw new ActionFailed(
      `The ${kind} ${quote(`${namespace}/${name}`)} is being deleted and still exists after ${timeoutSeconds} s: ${holds}.`,
      finalizers.length > 0
        ? `Fix the program that set the finalizers, so that it removes them; or use another name (input name). If that program no longer runs, remove them yourself:\n${removal}`
        : `Use another name (input name), or check why its node does not end it:\nkubectl describe ${kind} ${name} --namespace ${namespace}`,
      'https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/',
    );
  }
}

/** @throws {ActionFailed} if the cluster rejects the workload, or another owner created it first. */
export async function createWorkload(context: DeployContext, workload: PlannedWorkload): Promise<void> {
  const { target, desired } = workload;
  try {
    await explainRejection(context, workload, () => createObject(context.kubectl, desired));
  } catch (error) {
    if (!failedWith(error, 'object-exists')) throw error;
    // Either a request whose response was lost created it, or another owner did.
    const existing = await getObject<WorkloadObject>(
      context.kubectl,
      desired.kind.toLowerCase(),
      target.name,
      target.namespace,
    );
    if (!existing) throw error;
    requireOwn(existing, workload, context.inputs.documentation);
    if (!hasSameManifest(existing, desired)) throw error;
  }
}

/** @throws {ActionFailed} if the cluster rejects the workload. */
async function explainRejection<T>(
  { inputs }: DeployContext,
  { target, annotations }: PlannedWorkload,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!failedWith(error, 'not-admitted')) throw error;
    const events = [error.errorText.replace(/\.$/, '')];
    const watched = diagnosisTarget(inputs, target, '');
    throw diagnosisError({ target: watched, annotations, pod: null, events, log: [], unseen: [] }, inputs);
  }
}
