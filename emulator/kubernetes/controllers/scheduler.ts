import { wholeSeconds } from '../../timestamps.ts';
import { type ApiClient, ApiError } from '../client.ts';
import { type EventRecorder, podReference } from '../node/events.ts';
import type { Node, Pod } from '../objects.ts';

/**
 * Binds each pod to the first node that is ready and has the labels of its `nodeSelector`. Retries an unschedulable
 * pod when a node changes.
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
export class Scheduler {
  readonly #api: ApiClient;
  readonly #events: EventRecorder;
  readonly #log: (line: string) => void;
  readonly #stopping = new AbortController();
  readonly #nodes = new Map<string, Node>();
  readonly #waiting = new Map<string, Pod>();
  #watching: Promise<unknown> | undefined;

  constructor(api: ApiClient, events: EventRecorder, log: (line: string) => void) {
    this.#api = api;
    this.#events = events;
    this.#log = log;
  }

  start(): void {
    this.#watching = Promise.all([this.#watchNodes(), this.#watchPods()]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
    await this.#events.close();
  }

  async #watchNodes(): Promise<void> {
    for await (const { type, object } of this.#api.follow<Node>('/api/v1/nodes', {}, this.#stopping.signal)) {
      if (type === 'DELETED') this.#nodes.delete(object.metadata.name);
      else this.#nodes.set(object.metadata.name, object);
      for (const pod of [...this.#waiting.values()]) await this.#schedule(pod);
    }
  }

  async #watchPods(): Promise<void> {
    const query = { fieldSelector: 'spec.nodeName=' };
    for await (const { type, object } of this.#api.follow<Pod>(
      '/api/v1/pods',
      query,
      this.#stopping.signal,
    )) {
      const uid = object.metadata.uid ?? '';
      // A bound pod leaves the selection, so the watch reports it as deleted.
      if (type === 'DELETED' || object.metadata.deletionTimestamp !== undefined) {
        this.#waiting.delete(uid);
      } else if (!this.#waiting.has(uid)) {
        this.#waiting.set(uid, object);
        await this.#schedule(object);
      }
    }
  }

  async #schedule(pod: Pod): Promise<void> {
    const { name, namespace = 'default', uid = '' } = pod.metadata;
    const obstacles = [...this.#nodes.values()].map(node => obstacle(pod, node));
    const index = obstacles.indexOf(undefined);
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    try {
      if (index === -1) return await this.#refuse(pod, path, obstacles);
      const target = [...this.#nodes.keys()][index] ?? '';
      await this.#api.create(`${path}/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { apiVersion: 'v1', kind: 'Node', name: target },
      });
      this.#waiting.delete(uid);
      const message = `Successfully assigned ${namespace}/${name} to ${target}`;
      this.#events.record(podReference(pod), 'Normal', 'Scheduled', message);
    } catch (error) {
      // A deleted or bound pod no longer waits.
      const settled = error instanceof ApiError && (error.code === 404 || error.code === 409);
      if (settled) this.#waiting.delete(uid);
      else if (!this.#stopping.signal.aborted)
        this.#log(`cannot schedule pod "${namespace}/${name}": ${error}`);
    }
  }

  async #refuse(pod: Pod, path: string, obstacles: readonly (string | undefined)[]): Promise<void> {
    const counts = new Map<string, number>();
    for (const reason of obstacles)
      if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
    const message =
      obstacles.length === 0
        ? 'no nodes available to schedule pods'
        : `0/${obstacles.length} nodes are available: ${reasons.join(', ')}. preemption: 0/${obstacles.length} nodes are available: ${obstacles.length} Preemption is not helpful for scheduling.`;
    this.#events.record(podReference(pod), 'Warning', 'FailedScheduling', message);
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime: wholeSeconds(),
    };
    const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
    await this.#api.mergePatch(`${path}/status`, { status: { conditions: [...others, condition] } });
  }
}

/** Reason why a pod does not fit on a node, in the scheduler's words. */
function obstacle(pod: Pod, node: Node): string | undefined {
  if (node.spec?.unschedulable) return 'node(s) were unschedulable';
  const wanted = Object.entries(pod.spec.nodeSelector ?? {});
  if (wanted.some(([label, value]) => node.metadata.labels?.[label] !== value)) {
    return "node(s) didn't match Pod's node affinity/selector";
  }
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return ready ? undefined : 'node(s) had untolerated taint {node.kubernetes.io/not-ready: }';
}
