import { CommandFailed, failedWith } from '../shared/command-errors.ts';
import { AzureReader } from '../shared/diagnosis/azure-reader.ts';
import { diagnose, lastFindingOf } from '../shared/diagnosis/diagnose.ts';
import { printEvidence } from '../shared/diagnosis/evidence.ts';
import { VALUE_SHOWN } from '../shared/diagnosis/log-findings.ts';
import { CONTAINER, containerStatus, describeState, hasStarted } from '../shared/diagnosis/pod.ts';
import { PodLog } from '../shared/diagnosis/pod-log.ts';
import { readState } from '../shared/diagnosis/read-state.ts';
import { trustChainOf } from '../shared/diagnosis/trust-chain.ts';
import type { WorkloadState } from '../shared/diagnosis/workload-state.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { BoundedPrinter } from '../shared/log.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import type { Time } from '../shared/time.ts';
import {
  type DeployContext,
  diagnosisError,
  diagnosisTarget,
  type PlannedWorkload,
  qualifiedName,
} from './context.ts';
import { type EarlierPods, recreatePod } from './ensure.ts';
import { findPod, readCreationFailures } from './find-pod.ts';

/** Waiting any longer does not help. */
class FinalFailure extends Error {}

/**
 * Watches the workload's pod until its log shows the secret.
 * @param from 'now': only what it writes from now on counts.
 * @param earlierPods if given, other pods than these are recreated while their image cannot be pulled.
 * @returns the pod.
 * @throws {ActionFailed} with the verdict on the link that is broken.
 */
export async function verify(
  context: DeployContext,
  workload: PlannedWorkload,
  from: 'its start' | 'now',
  earlierPods?: EarlierPods,
): Promise<Pod> {
  const { inputs, tools } = context;
  const { kind, timeoutSeconds, targets } = inputs;
  const { target, annotations, desired } = workload;
  const { time, log } = tools;
  const end = time.now() + timeoutSeconds * 1000;
  const podLog = new PodLog(inputs.secretSha256);
  const tail = from === 'now' ? 0 : 50;
  const prefix = targets.length > 1 ? `${qualifiedName(target)} ` : '';
  const state: WorkloadState = {
    target: diagnosisTarget(inputs, target, ''),
    annotations,
    log: podLog.lines,
    unseen: [],
  };
  const printer = new BoundedPrinter(line => log.info(`${prefix}| ${line}`));
  const pulls = new PullTimer(time);
  let read = '';

  const looked = new Map<string, Promise<WorkloadState>>();
  /**
   * Whether the client is refused for good: it says so itself, or the chain, looked at once for each kind of refusal, lacks
   * what it takes. What is there and only not seen yet comes by waiting.
   */
  const isFinallyRefused = async (): Promise<boolean> => {
    const finding = lastFindingOf(state);
    if (!finding || finding.code === VALUE_SHOWN) return false;
    if (finding.line.startsWith('Stopped: ')) return true;
    const seen = looked.get(finding.code) ?? readState({ ...state, log: [...podLog.lines] }, context);
    looked.set(finding.code, seen);
    return diagnose(await seen)?.final ?? false;
  };

  const options = {
    what: `${desired.kind} ${qualifiedName(target)}`,
    timeoutSeconds,
    firstWaitSeconds: 0.5,
    longestWaitSeconds: 3,
    time,
    log,
  };
  try {
    return await poll<Pod>(options, async () => {
      const pod = await findPod(context, workload);
      state.pod = pod ?? null;
      state.target = diagnosisTarget(
        inputs,
        target,
        pod?.metadata.name ?? (kind === 'pod' ? target.name : ''),
      );
      state.events = undefined;
      const status = pod && containerStatus(pod);
      if (status && hasStarted(status)) {
        const start = `${pod.metadata.name} ${status.restartCount}`;
        // What a container that has ended wrote is read once.
        if (status.state?.running || start !== read) {
          read = start;
          await followLog(context, pod, podLog, { printer, tail, end, isFinallyRefused });
          if (podLog.verified) return { value: pod };
        }
      }
      if (!pod && kind !== 'pod') {
        // A deployment or job makes its pod when it can.
        state.events = await readCreationFailures(context, workload);
        return { state: `has no pod yet: ${state.events.at(-1) ?? 'no event says why'}` };
      }
      if (diagnose(state)?.final || (await isFinallyRefused())) throw new FinalFailure();
      if (pod && earlierPods && !earlierPods.has(pod.metadata.uid) && pulls.isExpired(pod)) {
        log.info(
          `Pod ${target.namespace}/${pod.metadata.name} cannot pull its image yet. It is recreated, so that the kubelet does not wait longer and longer between its attempts.`,
        );
        await recreatePod(context, workload, pod).catch(pulls.stopOnForbidden);
      }
      return { state: describeState(pod) };
    });
  } catch (error) {
    if (!(error instanceof TimedOut || error instanceof FinalFailure)) throw error;
    // What was looked at before may have changed while time went by.
    const azure = error instanceof TimedOut ? new AzureReader(context.tools.az) : context.azure;
    const seen = await readState(state, { ...context, azure });
    printEvidence(seen);
    context.brokenChains.push(trustChainOf(seen));
    throw diagnosisError(seen, inputs);
  } finally {
    printer.end();
  }
}

/** The kubelet pulls after 10, 30, and 70 seconds, and then only every few minutes. */
const PULL_SECONDS = 75;

/** Tells when the kubelet's attempts to pull the image of a pod have become rare. */
class PullTimer {
  readonly #time: Time;
  #pod: string | undefined;
  #since = 0;
  #givenUp = false;

  constructor(time: Time) {
    this.#time = time;
  }

  /** A caller who is not allowed to delete waits for the kubelet's next attempt. */
  readonly stopOnForbidden = (error: unknown): void => {
    if (!failedWith(error, 'forbidden')) throw error;
    this.#givenUp = true;
  };

  isExpired(pod: Pod): boolean {
    if (this.#givenUp) return false;
    const { reason = '' } = containerStatus(pod)?.state?.waiting ?? {};
    const isDeleted = pod.metadata.deletionTimestamp !== undefined;
    if (isDeleted || !/^(ErrImagePull|ImagePullBackOff)$/.test(reason)) return false;
    if (pod.metadata.uid !== this.#pod) {
      this.#pod = pod.metadata.uid;
      this.#since = this.#time.now();
    }
    return this.#time.now() - this.#since >= PULL_SECONDS * 1000;
  }
}

interface FollowOptions {
  printer: BoundedPrinter;
  /** How many lines of what exists are of interest. */
  tail: number;
  /** When time is up, by the action's clock. */
  end: number;
  isFinallyRefused: () => Promise<boolean>;
}

/** Whoever asks next is told. */
function ignoreError(): void {}

/** Prints the container's log as it grows, until the secret is in it, it is refused for good or ends, or time is up. */
async function followLog(
  { kubectl, tools: { time } }: DeployContext,
  { metadata: { name, namespace = '' } }: Pod,
  podLog: PodLog,
  { printer, tail, end, isFinallyRefused }: FollowOptions,
): Promise<void> {
  const enough = new AbortController();
  const left = Math.max(0, Math.ceil(end - time.now()));
  const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(left)]);
  let isJudgementDue = false;
  const judgeSoon = (): void => {
    // Once for all lines that arrive together: a pod may print millions of them.
    if (isJudgementDue) return;
    isJudgementDue = true;
    setImmediate(() => {
      isJudgementDue = false;
      if (!enough.signal.aborted) isFinallyRefused().then(is => is && enough.abort(), ignoreError);
    });
  };
  const onLine = (line: string): void => {
    // kubectl may have written more before it ends.
    if (enough.signal.aborted) return;
    printer.take(podLog.addLine(line));
    if (podLog.verified) enough.abort();
    else judgeSoon();
  };
  const container = [name, '--namespace', namespace, '--container', CONTAINER];
  // The signal ends it before its time limit does.
  const options = { onLine, signal, timeoutSeconds: left / 1000 + 60 };
  try {
    await kubectl(['logs', ...container, '--follow', '--tail', String(tail)], options);
  } catch (error) {
    // Between two looks the container may have ended, or the connection was cut: the next look shows.
    if (!signal.aborted && !(error instanceof CommandFailed)) throw error;
  }
}
