import { type ApiClient, ApiError } from '../client.ts';
import type { EventRecorder } from '../node/events.ts';
import type { KubernetesObject, ObjectReference, Pod, PodTemplate } from '../objects.ts';
import { type OwnerKind, ownerReference } from './ownership.ts';

export function isActive({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && !hasEnded(status?.phase);
}

export function isTerminating({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && !hasEnded(status?.phase);
}

function hasEnded(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** In milliseconds. `undefined` if the pod is not ready. */
export function readySince({ status }: Pod): number | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' ? Date.parse(ready.lastTransitionTime ?? '') : undefined;
}

/** Milliseconds until a ready pod counts as available. */
export function untilAvailable(pod: Pod, minReadySeconds: number, now: number): number | undefined {
  const since = readySince(pod);
  return since === undefined ? undefined : Math.max(0, since + minReadySeconds * 1000 - now);
}

/**
 * Sorts pods by which to delete first.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset
 */
export function byLoss(one: Pod, other: Pod): number {
  const rank = (pod: Pod): number[] => {
    const { metadata, spec, status } = pod;
    const since = readySince(pod);
    const restarts = Math.max(0, ...(status?.containerStatuses ?? []).map(each => each.restartCount));
    return [
      spec.nodeName === undefined ? 0 : 1,
      ['Pending', 'Unknown', 'Running'].indexOf(status?.phase ?? 'Pending'),
      since === undefined ? 0 : 1,
      Number(metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0),
      -(since ?? 0),
      -restarts,
      -Date.parse(metadata.creationTimestamp ?? ''),
    ];
  };
  const [ranks, others] = [rank(one), rank(other)];
  const differs = ranks.findIndex((value, index) => value !== others[index]);
  return differs === -1 ? 0 : (ranks[differs] ?? 0) - (others[differs] ?? 0);
}

/** Creates and deletes pods of one kind of owner, and records events. */
export class PodControl {
  readonly #api: ApiClient;
  readonly #events: EventRecorder;
  readonly #kind: OwnerKind;

  constructor(api: ApiClient, events: EventRecorder, kind: OwnerKind) {
    this.#api = api;
    this.#events = events;
    this.#kind = kind;
  }

  /**
   * Creates pods in batches of one, two, four, and so on, so that a persistent failure happens only once.
   * @throws ApiError of the first failure, unless the namespace is terminating
   */
  async create(owner: KubernetesObject, template: PodTemplate, count: number): Promise<void> {
    for (let made = 0, batch = 1; made < count; made += batch, batch = Math.min(2 * batch, count - made)) {
      const tried = await Promise.allSettled(
        Array.from({ length: Math.min(batch, count - made) }, () => this.#createOne(owner, template)),
      );
      const failed = tried.find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') {
        const { reason } = failed;
        if (reason instanceof ApiError && reason.message.endsWith('because it is being terminated')) return;
        throw reason;
      }
    }
  }

  async #createOne(owner: KubernetesObject, { metadata, spec }: PodTemplate): Promise<void> {
    const { namespace = 'default', name } = owner.metadata;
    const { labels, annotations, finalizers } = metadata ?? {};
    const about = referenceTo(this.#kind, owner);
    try {
      const pod = await this.#api.create<Pod>(`/api/v1/namespaces/${namespace}/pods`, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          generateName: `${name}-`,
          namespace,
          ...(labels && { labels }),
          ...(annotations && { annotations }),
          ...(finalizers && { finalizers }),
          ownerReferences: [ownerReference(this.#kind, owner)],
        },
        spec,
      });
      this.#events.record(about, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      const { message } = error as Error;
      this.#events.record(about, 'Warning', 'FailedCreate', `Error creating: ${message}`);
      throw error;
    }
  }

  /** @throws ApiError other than 404 and 409 */
  async delete(owner: KubernetesObject, pod: Pod): Promise<void> {
    const { namespace = 'default', name, uid = '' } = pod.metadata;
    await this.#api.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, { uid });
    this.#events.record(referenceTo(this.#kind, owner), 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  }
}

export function referenceTo(
  { apiVersion, kind }: OwnerKind,
  { metadata }: KubernetesObject,
): ObjectReference {
  const { namespace = 'default', name, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    namespace,
    name,
    ...(uid && { uid }),
    ...(resourceVersion && { resourceVersion }),
  };
}
