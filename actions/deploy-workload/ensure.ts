import { ActionFailed } from '../shared/failures.ts';
import { applyObject, getObject, type Kubectl } from '../shared/kubectl.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import type { Inputs, Target } from './inputs.ts';
import { differences, isFinished, isOurs, type WorkloadObject } from './manifest.ts';

/**
 * Makes the pod, deployment or job, unless the same is there. A deployment that this action made is changed into the
 * wanted one, a job of it that is finished runs again; anything else that differs is replaced only if told to.
 * @throws {ActionFailed} for an object that a person must decide about.
 */
export async function ensureWorkload(
  kubectl: Kubectl,
  { kind, replace, documentation }: Pick<Inputs, 'kind' | 'replace' | 'documentation'>,
  { namespace, name }: Target,
  wanted: WorkloadObject,
  clientId: string,
): Promise<Done> {
  const standing = await getObject<WorkloadObject>(kubectl, kind, name, namespace);
  if (!standing) {
    await applyObject(kubectl, wanted);
    return created(undefined);
  }

  // What the API server filled in stays out of our way: the kind is not in every answer.
  const found = { ...standing, kind: wanted.kind };
  const different = differences(found, wanted, clientId);
  const leaving = found.metadata.deletionTimestamp !== undefined;
  const done = kind === 'job' && isFinished(found);
  if (different.length === 0 && !leaving && !done) return alreadyThere(undefined);
  if (kind === 'deployment' && isOurs(found) && !leaving) {
    await applyObject(kubectl, wanted);
    return changed(undefined);
  }
  if (!replace && !leaving && !(done && isOurs(found))) {
    throw new ActionFailed(
      `There is a ${kind} ${namespace}/${name} from an earlier run, and it is not the wanted one: ${different.join('; ')}.`,
      `Set replace: true to have it deleted and made again, or take another name. A ${kind} cannot be changed into another.`,
      `${documentation}#pod-from-an-earlier-run`,
    );
  }
  // In the foreground: the pods of the old one must be gone when the new one's are looked for.
  const cascade = kind === 'pod' ? [] : ['--cascade', 'foreground'];
  await kubectl(['delete', kind, name, '--namespace', namespace, '--ignore-not-found', ...cascade]);
  await applyObject(kubectl, wanted);
  return changed(undefined);
}
