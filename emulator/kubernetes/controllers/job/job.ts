import { isDeepStrictEqual } from 'node:util';
import { wholeSeconds } from '../../../timestamps.ts';
import type { ApiClient, WatchEvent } from '../../client.ts';
import type { EventRecorder } from '../../node/events.ts';
import type { KubernetesObject, ObjectList, Pod } from '../../objects.ts';
import { type Condition, conditionOf, type Job, type JobStatus } from '../../objects.ts';
import { claim, controllerOf, unlessGone } from '../ownership.ts';
import { byLoss, isActive, isTerminating, PodControl, readySince, referenceTo } from '../pods.ts';
import { keyOf, Reconciler } from '../reconciler.ts';
import {
  backoffPause,
  failed,
  isTracked,
  succeeded,
  type Tally,
  tally,
  trackingFinalizer,
  uncountedPods,
} from './tracking.ts';

const kind = { apiVersion: 'batch/v1', kind: 'Job' } as const;
const jobNameLabel = 'batch.kubernetes.io/job-name';

/** Pods created per step. */
const burst = 500;

/**
 * Runs the pods of each job until enough have succeeded or too many have failed.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export class JobController {
  readonly #api: ApiClient;
  readonly #events: EventRecorder;
  readonly #pods: PodControl;
  readonly #backoff: number;
  readonly reconciler: Reconciler;

  /** @param backoff milliseconds after a pod's first failure: 10 s in a cluster */
  constructor(api: ApiClient, events: EventRecorder, backoff: number, log: (line: string) => void) {
    this.#api = api;
    this.#events = events;
    this.#pods = new PodControl(api, events, kind);
    this.#backoff = backoff;
    const sources = [
      {
        path: '/apis/batch/v1/jobs',
        affectedKeys: ({ object }: WatchEvent<KubernetesObject>) => [keyOf(object)],
      },
      { path: '/api/v1/pods', affectedKeys: ({ object }: WatchEvent<KubernetesObject>) => jobOf(object) },
    ];
    this.reconciler = new Reconciler(api, sources, (...where) => this.#reconcile(...where), log);
  }

  async #reconcile(namespace: string, name: string): Promise<number | undefined> {
    const path = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
    const collection = `/api/v1/namespaces/${namespace}/pods`;
    const job = await unlessGone(this.#api.get<Job>(path));
    const { items } = await this.#api.get<ObjectList<Pod>>(collection);
    const pods = job === undefined ? [] : await claim(this.#api, kind, job, collection, items);
    const own = new Set(pods.map(({ metadata }) => metadata.uid));
    // Pods of a deleted job do not need to be counted.
    const lost = items.filter(
      pod => !own.has(pod.metadata.uid) && jobOf(pod).includes(`${namespace}/${name}`),
    );
    for (const pod of lost.filter(isTracked)) await this.#removeFinalizer(pod);
    if (job === undefined) return undefined;
    if (isFinished(job)) {
      for (const pod of pods.filter(isTracked)) await this.#removeFinalizer(pod);
      return undefined;
    }
    return this.#advance(path, job, pods);
  }

  async #advance(path: string, job: Job, pods: readonly Pod[]): Promise<number | undefined> {
    const counts = tally(job, pods);
    const active = pods.filter(isActive);
    const now = Date.now();
    const status: JobStatus = { ...job.status };
    const { suspend = false, activeDeadlineSeconds } = job.spec;
    if (!suspend) status.startTime ??= wholeSeconds(now);
    const pauses: number[] = [];

    const failure = conditionOf(status, 'FailureTarget') ?? failureOf(job, status, counts, pods, now);
    if (failure !== undefined) {
      put(status, failure);
      for (const pod of active) await this.#pods.delete(job, pod);
    } else if (isDone(job, counts, active)) {
      put(status, condition('SuccessCriteriaMet', 'CompletionsReached', reached));
      for (const pod of active) await this.#remove(job, pod);
    } else if (job.metadata.deletionTimestamp === undefined) {
      this.#suspendOrResume(job, status, now);
      const pause = await this.#manage(job, counts, pods, active, now);
      if (pause !== undefined) pauses.push(pause);
      if (activeDeadlineSeconds !== undefined && status.startTime !== undefined) {
        pauses.push(Math.max(0, Date.parse(status.startTime) + activeDeadlineSeconds * 1000 - now) + 10);
      }
    }

    const left = await this.#countRemaining(job, pods, active);
    const settled = counts.uncounted.succeeded.length + counts.uncounted.failed.length === 0;
    const over = settled && left.active === 0 && left.terminating === 0;
    const last = over ? endOf(status) : undefined;
    if (last !== undefined) {
      put(status, last);
      if (last.type === 'Complete') status.completionTime = wholeSeconds(now);
    }
    await this.#write(path, job, status, counts, left);
    for (const pod of pods.filter(isTracked)) {
      const { uid = '' } = pod.metadata;
      const { uncounted } = counts;
      if (uncounted.succeeded.includes(uid) || uncounted.failed.includes(uid))
        await this.#removeFinalizer(pod);
    }
    if (last !== undefined) this.#recordEnd(job, last);
    return pauses.length > 0 ? Math.min(...pauses) : undefined;
  }

  /** Creates or deletes pods. @returns milliseconds until the next pod can be created */
  async #manage(
    job: Job,
    counts: Tally,
    pods: readonly Pod[],
    active: readonly Pod[],
    now: number,
  ): Promise<number | undefined> {
    const { suspend = false, podReplacementPolicy, template } = job.spec;
    const wanted = suspend ? 0 : wantedPods(job, counts, active.length);
    const surplus = [...active].sort(byLoss).slice(0, Math.max(0, active.length - wanted));
    for (const pod of surplus) await this.#remove(job, pod);
    const ending = podReplacementPolicy === 'Failed' ? pods.filter(isTerminating).length : 0;
    const missing = Math.min(wanted - active.length - ending, burst);
    if (missing <= 0) return undefined;
    const pause = backoffPause(pods, this.#backoff, now);
    if (pause > 0) return pause;
    const finalizers = [...(template.metadata?.finalizers ?? []), trackingFinalizer];
    await this.#pods.create(job, { ...template, metadata: { ...template.metadata, finalizers } }, missing);
    return undefined;
  }

  #suspendOrResume(job: Job, status: JobStatus, now: number): void {
    const suspended = conditionOf(status, 'Suspended')?.status === 'True';
    if (job.spec.suspend === true && !suspended) {
      put(status, condition('Suspended', 'JobSuspended', 'Job suspended'));
      delete status.startTime;
      this.#events.record(referenceTo(kind, job), 'Normal', 'Suspended', 'Job suspended');
    }
    if (job.spec.suspend !== true && suspended) {
      put(status, { ...condition('Suspended', 'JobResumed', 'Job resumed'), status: 'False' });
      status.startTime = wholeSeconds(now);
      this.#events.record(referenceTo(kind, job), 'Normal', 'Resumed', 'Job resumed');
    }
  }

  /** Counts the pods after creations and deletions. */
  async #countRemaining(
    job: Job,
    before: readonly Pod[],
    active: readonly Pod[],
  ): Promise<{ active: number; ready: number; terminating: number }> {
    const { namespace = 'default', uid } = job.metadata;
    const { items } = await this.#api.get<ObjectList<Pod>>(`/api/v1/namespaces/${namespace}/pods`);
    const pods = items.filter(pod => controllerOf(pod)?.uid === uid);
    // Pods that ended in the meantime count in the next status.
    const known = new Set(before.map(({ metadata }) => metadata.uid));
    const still = new Set(active.map(({ metadata }) => metadata.uid));
    const counted = pods.filter(
      pod =>
        pod.metadata.deletionTimestamp === undefined &&
        (still.has(pod.metadata.uid) || !known.has(pod.metadata.uid)),
    );
    return {
      active: counted.length,
      ready: counted.filter(pod => readySince(pod) !== undefined).length,
      terminating: pods.filter(isTerminating).length,
    };
  }

  async #write(
    path: string,
    job: Job,
    status: JobStatus,
    counts: Tally,
    left: { active: number; ready: number; terminating: number },
  ): Promise<void> {
    const { active: _, succeeded: __, failed: ___, ...rest } = status;
    const { counted } = counts;
    const next: JobStatus = {
      ...rest,
      // Go's `omitempty` omits zero, but not for these two.
      ready: left.ready,
      terminating: left.terminating,
      ...(left.active > 0 && { active: left.active }),
      ...(counted.succeeded > 0 && { succeeded: counted.succeeded }),
      ...(counted.failed > 0 && { failed: counted.failed }),
      uncountedTerminatedPods: uncountedPods(counts),
    };
    if (!isDeepStrictEqual(next, job.status))
      await this.#api.replace(`${path}/status`, { ...job, status: next });
  }

  #recordEnd(job: Job, { type, reason = '', message = '' }: Condition): void {
    const about = referenceTo(kind, job);
    if (type === 'Complete') this.#events.record(about, 'Normal', 'Completed', 'Job completed');
    else this.#events.record(about, 'Warning', reason, message);
  }

  /** Deletes a surplus pod, which does not count. */
  async #remove(job: Job, pod: Pod): Promise<void> {
    await this.#removeFinalizer(pod);
    await this.#pods.delete(job, pod);
  }

  async #removeFinalizer({ metadata }: Pod): Promise<void> {
    const { name, namespace = 'default', uid, resourceVersion } = metadata;
    const finalizers = metadata.finalizers?.filter(each => each !== trackingFinalizer) ?? [];
    const patch = { metadata: { uid, resourceVersion, finalizers } };
    await unlessGone(this.#api.mergePatch(`/api/v1/namespaces/${namespace}/pods/${name}`, patch));
  }
}

const reached = 'Reached expected number of succeeded pods';

/** Key of the pod's job, also of a deleted one. */
function jobOf(pod: KubernetesObject): string[] {
  const controller = controllerOf(pod);
  const { namespace = 'default', labels, finalizers } = pod.metadata;
  if (controller?.kind === kind.kind) return [`${namespace}/${controller.name}`];
  const name = labels?.[jobNameLabel];
  const lost = controller === undefined && finalizers?.includes(trackingFinalizer);
  return lost && name !== undefined ? [`${namespace}/${name}`] : [];
}

function isFinished({ status }: Job): boolean {
  return ['Complete', 'Failed'].some(type => conditionOf(status, type)?.status === 'True');
}

function wantedPods({ spec }: Job, counts: Tally, active: number): number {
  // Without `completions`, one success stops the creation of pods.
  if (spec.completions === undefined) return succeeded(counts) > 0 ? active : spec.parallelism;
  return Math.max(0, Math.min(spec.completions - succeeded(counts), spec.parallelism));
}

function isDone({ spec }: Job, counts: Tally, active: readonly Pod[]): boolean {
  if (spec.completions !== undefined) return succeeded(counts) >= spec.completions;
  return succeeded(counts) > 0 && active.length === 0;
}

function failureOf(
  { spec }: Job,
  { startTime }: JobStatus,
  counts: Tally,
  pods: readonly Pod[],
  now: number,
): Condition | undefined {
  if (failed(counts) > spec.backoffLimit || restartedTooOften(spec, pods)) {
    const message = 'Job has reached the specified backoff limit';
    return condition('FailureTarget', 'BackoffLimitExceeded', message);
  }
  const { activeDeadlineSeconds: deadline, suspend } = spec;
  const late =
    startTime !== undefined && deadline !== undefined && now - Date.parse(startTime) >= deadline * 1000;
  if (!late || suspend) return undefined;
  const message = 'Job was active longer than specified deadline';
  return condition('FailureTarget', 'DeadlineExceeded', message);
}

/** Restarts of containers count towards the limit. */
function restartedTooOften({ template, backoffLimit }: Job['spec'], pods: readonly Pod[]): boolean {
  if (template.spec.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}

function endOf(status: JobStatus): Condition | undefined {
  const failure = conditionOf(status, 'FailureTarget');
  if (failure !== undefined) return condition('Failed', failure.reason ?? '', failure.message ?? '');
  if (conditionOf(status, 'SuccessCriteriaMet') === undefined) return undefined;
  return condition('Complete', 'CompletionsReached', reached);
}

function condition(type: string, reason: string, message: string): Condition {
  const now = wholeSeconds(Date.now());
  return { type, status: 'True', lastProbeTime: now, lastTransitionTime: now, reason, message };
}

/** Replaces the condition of its type, or adds it. */
function put(status: JobStatus, added: Condition): void {
  const others = status.conditions?.filter(({ type }) => type !== added.type) ?? [];
  status.conditions = [...others, added];
}
