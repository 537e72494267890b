import { CommandFailed } from '../shared/command.ts';
import { ActionFailed } from '../shared/failures.ts';
import { getObject } from '../shared/kubectl.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { broken, type Call, placeOf, type Workload, watchedOf } from './call.ts';
import type { WorkloadObject } from './manifest.ts';
import { differences, isFinished, isOurs } from './standing.ts';

/**
 * Makes the pod, deployment or job, unless the same is there. A deployment that this action made is changed into the
 * wanted one, a job of it that is finished runs again; anything else that differs is replaced only if told to.
 * @throws {ActionFailed} for an object that a person must decide about, or that the cluster does not admit.
 */
export async function ensureWorkload(call: Call, workload: Workload): Promise<Done> {
  const { kind, replace, documentation } = call.inputs;
  const { target, annotations, wanted } = workload;
  const standing = await getObject<WorkloadObject>(call.kubectl, kind, target.name, target.namespace);
  if (!standing) {
    await apply(call, workload);
    return created(undefined);
  }

  const leaving = standing.metadata.deletionTimestamp !== undefined;
  const ours = isOurs(standing);
  if (kind === 'deployment' && ours && !leaving) {
    const said = await apply(call, workload);
    return / unchanged$/m.test(said) ? alreadyThere(undefined) : changed(undefined);
  }
  const different = differences(standing, wanted, annotations.clientId);
  const done = kind === 'job' && ours && isFinished(standing);
  if (different.length === 0 && !leaving && !done) return alreadyThere(undefined);
  if (!replace && !leaving && !done) {
    const what = `There is a ${kind} ${placeOf(target)} from an earlier run, and it is not the wanted one: ${different.join('; ')}.`;
    throw new ActionFailed(
      what,
      `Set replace: true to have it deleted and made again, or take another name. A ${kind} cannot be changed into another.`,
      `${documentation}#pod-from-an-earlier-run`,
      { verdict: 'pod-from-an-earlier-run', diagnosis: what },
    );
  }
  await makeAgain(call, workload);
  return changed(undefined);
}

/** Deletes it with all that it made, if it is there, and makes it new. */
export async function makeAgain(call: Call, workload: Workload): Promise<void> {
  const { kind } = call.inputs;
  const { namespace, name } = workload.target;
  // In the foreground: the pods of the old one must be gone when the new one's are looked for.
  const cascade = kind === 'pod' ? [] : ['--cascade', 'foreground'];
  await call.kubectl(['delete', kind, name, '--namespace', namespace, '--ignore-not-found', ...cascade]);
  await apply(call, workload);
}

/** What a quota, the Pod Security Standard or a policy forbids, not what the caller may not do: that names a user. */
const NOT_ADMITTED = /is forbidden: (?!User )|admission webhook .* denied the request/;

/**
 * Applies the workload's manifest.
 * @returns what kubectl says that it did.
 * @throws {ActionFailed} where the cluster does not admit it.
 */
export async function apply(
  { kubectl, inputs }: Call,
  { target, annotations, wanted }: Workload,
): Promise<string> {
  try {
    return await kubectl(['apply', '--filename', '-'], { input: JSON.stringify(wanted) });
  } catch (error) {
    if (!(error instanceof CommandFailed && NOT_ADMITTED.test(error.stderr))) throw error;
    const events = [error.stderr.trim().replace(/\.$/, '')];
    const watched = watchedOf(inputs, target, '');
    throw broken({ target: watched, annotations, pod: null, events, log: [], unseen: [] }, inputs);
  }
}
