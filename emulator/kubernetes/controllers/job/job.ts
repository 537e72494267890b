import { isDeepStrictEqual } from 'node:util';
import type { ApiClient, WatchEvent } from '../../client.ts';
import type { EventRecorder } from '../../node/events.ts';
import type { KubernetesObject, ObjectList, Pod } from '../../objects.ts';
import { type Condition, conditionOf, type Job, type JobStatus } from '../../objects.ts';
import { timestamp } from '../../timestamp.ts';
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

/** No more pods than this are made in one go. */
const burst = 500;

/**
 * Runs the pods of each job until enough of them have succeeded, or too many have failed.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
export class JobController {
  readonly #api: ApiClient;
  readonly #events: EventRecorder;
  readonly #pods: PodControl;
  readonly #backoff: number;
  readonly reconciler: Reconciler;

  /** @param backoff the pause after a pod's first failure, in milliseconds: 10 s in a cluster */
  constructor(api: ApiClient, events: EventRecorder, backoff: number, log: (line: string) => void) {
    this.#api = api;
    this.#events = events;
    this.#pods = new PodControl(api, events, kind);
    this.#backoff = backoff;
    const sources = [
      {
        path: '/apis/batch/v1/jobs',
        concerns: ({ object }: WatchEvent<KubernetesObject>) => [keyOf(object)],
      },
      { path: '/api/v1/pods', concerns: ({ object }: WatchEvent<KubernetesObject>) => jobOf(object) },
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
    // Pods of a job that is not there any more are not to be counted by anybody.
    const lost = items.filter(
      pod => !own.has(pod.metadata.uid) && jobOf(pod).includes(`${namespace}/${name}`),
    );
    for (const pod of lost.filter(isTracked)) await this.#letGo(pod);
    if (job === undefined) return undefined;
    if (isFinished(job)) {
      for (const pod of pods.filter(isTracked)) await this.#letGo(pod);
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
    if (!suspend) status.startTime ??= timestamp(now);
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

    const left = await this.#afterwards(job, pods, active);
    const settled = counts.uncounted.succeeded.length + counts.uncounted.failed.length === 0;
    const over = settled && left.active === 0 && left.terminating === 0;
    const last = over ? endOf(status) : undefined;
    if (last !== undefined) {
      put(status, last);
      if (last.type === 'Complete') status.completionTime = timestamp(now);
    }
    await this.#write(path, job, status, counts, left);
    for (const pod of pods.filter(isTracked)) {
      const { uid = '' } = pod.metadata;
      const { uncounted } = counts;
      if (uncounted.succeeded.includes(uid) || uncounted.failed.includes(uid)) await this.#letGo(pod);
    }
    if (last !== undefined) this.#tell(job, last);
    return pauses.length > 0 ? Math.min(...pauses) : undefined;
  }

  /** Makes pods, or takes some away. @returns milliseconds until the next may be made, where that is not now */
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
      status.startTime = timestamp(now);
      this.#events.record(referenceTo(kind, job), 'Normal', 'Resumed', 'Job resumed');
    }
  }

  /** What is left of the pods once some have been made and some deleted. */
  async #afterwards(
    job: Job,
    before: readonly Pod[],
    active: readonly Pod[],
  ): Promise<{ active: number; ready: number; terminating: number }> {
    const { namespace = 'default', uid } = job.metadata;
    const { items } = await this.#api.get<ObjectList<Pod>>(`/api/v1/namespaces/${namespace}/pods`);
    const pods = items.filter(pod => controllerOf(pod)?.uid === uid);
    // Nothing has ended meanwhile as far as this status goes: that is for the next one to say.
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
      // A count of none is not written, as in Go's `omitempty`; these two are always.
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

  #tell(job: Job, { type, reason = '', message = '' }: Condition): void {
    const about = referenceTo(kind, job);
    if (type === 'Complete') this.#events.record(about, 'Normal', 'Completed', 'Job completed');
    else this.#events.record(about, 'Warning', reason, message);
  }

  /** Deletes a pod that is not wanted any more; its end counts for nothing. */
  async #remove(job: Job, pod: Pod): Promise<void> {
    await this.#letGo(pod);
    await this.#pods.delete(job, pod);
  }

  async #letGo({ metadata }: Pod): Promise<void> {
    const { name, namespace = 'default', uid, resourceVersion } = metadata;
    const finalizers = metadata.finalizers?.filter(each => each !== trackingFinalizer) ?? [];
    const patch = { metadata: { uid, resourceVersion, finalizers } };
    await unlessGone(this.#api.mergePatch(`/api/v1/namespaces/${namespace}/pods/${name}`, patch));
  }
}

const reached = 'Reached expected number of succeeded pods';

/** The job that a pod belongs to, or belonged to, as a key. */
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

/** How many pods should run now. */
function wantedPods({ spec }: Job, counts: Tally, active: number): number {
  // Without a number of completions, one success means that no more pods are to be made.
  if (spec.completions === undefined) return succeeded(counts) > 0 ? active : spec.parallelism;
  return Math.max(0, Math.min(spec.completions - succeeded(counts), spec.parallelism));
}

function isDone({ spec }: Job, counts: Tally, active: readonly Pod[]): boolean {
  if (spec.completions !== undefined) return succeeded(counts) >= spec.completions;
  return succeeded(counts) > 0 && active.length === 0;
}

/** Why the job has failed, as the condition that says so first. */
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

/** Containers that are restarted in their pods count towards the limit too. */
function restartedTooOften({ template, backoffLimit }: Job['spec'], pods: readonly Pod[]): boolean {
  if (template.spec.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}

/** The condition that ends the job, once it is known how it ends. */
function endOf(status: JobStatus): Condition | undefined {
  const failure = conditionOf(status, 'FailureTarget');
  if (failure !== undefined) return condition('Failed', failure.reason ?? '', failure.message ?? '');
  if (conditionOf(status, 'SuccessCriteriaMet') === undefined) return undefined;
  return condition('Complete', 'CompletionsReached', reached);
}

function condition(type: string, reason: string, message: string): Condition {
  const now = timestamp(Date.now());
  return { type, status: 'True', lastProbeTime: now, lastTransitionTime: now, reason, message };
}

/** Puts a condition in the place of the one of its type, or at the end. */
function put(status: JobStatus, added: Condition): void {
  const others = status.conditions?.filter(({ type }) => type !== added.type) ?? [];
  status.conditions = [...others, added];
}
