import { isDeepStrictEqual } from 'node:util';
import { wholeSeconds } from '../../timestamps.ts';
import type { ApiClient } from '../client.ts';
import type { EventRecorder } from '../node/events.ts';
import type { ObjectList, Pod } from '../objects.ts';
import { type Condition, conditionOf, type ReplicaSet, type ReplicaSetStatus } from '../objects.ts';
import { claim, ownerSources, selects, unlessGone } from './ownership.ts';
import { byLoss, isActive, isTerminating, PodControl, untilAvailable } from './pods.ts';
import { Reconciler } from './reconciler.ts';

const kind = { apiVersion: 'apps/v1', kind: 'ReplicaSet' } as const;

/** Pods created or deleted per step. */
const burst = 500;

/**
 * Keeps the requested number of pods for each replica set.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
 */
export class ReplicaSetController {
  readonly #api: ApiClient;
  readonly #pods: PodControl;
  readonly reconciler: Reconciler;

  constructor(api: ApiClient, events: EventRecorder, log: (line: string) => void) {
    this.#api = api;
    this.#pods = new PodControl(api, events, kind);
    const sources = ownerSources('/apis/apps/v1/replicasets', kind, '/api/v1/pods');
    this.reconciler = new Reconciler(api, sources, (...where) => this.#reconcile(...where), log);
  }

  async #reconcile(namespace: string, name: string): Promise<number | undefined> {
    const path = `/apis/apps/v1/namespaces/${namespace}/replicasets/${name}`;
    const set = await unlessGone(this.#api.get<ReplicaSet>(path));
    if (set === undefined) return undefined;
    const collection = `/api/v1/namespaces/${namespace}/pods`;
    const { items } = await this.#api.get<ObjectList<Pod>>(collection);
    const claimed = await claim(this.#api, kind, set, collection, items);
    const active = claimed.filter(isActive);

    let failure: unknown;
    if (set.metadata.deletionTimestamp === undefined) {
      try {
        await this.#scale(set, active);
      } catch (error) {
        failure = error;
      }
    }
    const pause = await this.#writeStatus(path, set, claimed, active, failure);
    if (failure !== undefined) throw failure;
    return pause;
  }

  async #scale(set: ReplicaSet, active: readonly Pod[]): Promise<void> {
    const missing = set.spec.replicas - active.length;
    if (missing > 0) await this.#pods.create(set, set.spec.template, Math.min(missing, burst));
    const surplus = [...active].sort(byLoss).slice(0, Math.max(0, Math.min(-missing, burst)));
    await Promise.all(surplus.map(pod => this.#pods.delete(set, pod)));
  }

  /** @returns milliseconds until the next pod becomes available */
  async #writeStatus(
    path: string,
    set: ReplicaSet,
    claimed: readonly Pod[],
    active: readonly Pod[],
    failure: unknown,
  ): Promise<number | undefined> {
    const { minReadySeconds = 0, template, replicas } = set.spec;
    const now = Date.now();
    const waits = active.map(pod => untilAvailable(pod, minReadySeconds, now));
    const ready = waits.filter(wait => wait !== undefined);
    const labeled = { matchLabels: template.metadata?.labels ?? {} };
    const counts = {
      fullyLabeledReplicas: active.filter(pod => selects(labeled, pod)).length,
      readyReplicas: ready.length,
      availableReplicas: ready.filter(wait => wait === 0).length,
    };
    const conditions = (set.status.conditions ?? []).filter(({ type }) => type !== 'ReplicaFailure');
    if (failure !== undefined) conditions.push(replicaFailure(set, replicas - active.length, failure));
    const status: ReplicaSetStatus = {
      replicas: active.length,
      // Go's `omitempty` omits zero.
      ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
      terminatingReplicas: claimed.filter(isTerminating).length,
      observedGeneration: set.metadata.generation ?? 0,
      ...(conditions.length > 0 && { conditions }),
    };
    if (!isDeepStrictEqual(status, set.status)) await this.#api.replace(`${path}/status`, { ...set, status });
    const pending = ready.filter(wait => wait > 0);
    return pending.length > 0 ? Math.min(...pending) : undefined;
  }
}

function replicaFailure(set: ReplicaSet, missing: number, failure: unknown): Condition {
  const before = conditionOf(set.status, 'ReplicaFailure');
  return {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: before?.lastTransitionTime ?? wholeSeconds(),
    reason: missing > 0 ? 'FailedCreate' : 'FailedDelete',
    message: before?.message ?? (failure as Error).message,
  };
}
