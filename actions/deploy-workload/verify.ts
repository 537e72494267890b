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
import { quote } from '../shared/quote.ts';
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

class FinalFailure extends Error {}

/**
 * @param from 'now' ignores earlier log lines.
 * @param earlierPods if set, pods that are not in it are recreated while their image cannot be pulled.
 * @throws {ActionFailed} with the verdict on the broken link.
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

  const checked = new Map<string, Promise<WorkloadState>>();
  /**
   * True if waiting does not help: the client stopped, or something in the chain does not exist. The chain is read once for
   * each kind of refusal.
   */
  const isFinallyRefused = async (): Promise<boolean> => {
    const finding = lastFindingOf(state);
    if (!finding || finding.code === VALUE_SHOWN) return false;
    if (finding.line.startsWith('Stopped: ')) return true;
    const seen = checked.get(finding.code) ?? readState({ ...state, log: [...podLog.lines] }, context);
    checked.set(finding.code, seen);
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
        if (status.state?.running || start !== read) {
          read = start;
          await followLog(context, pod, podLog, { printer, tail, end, isFinallyRefused });
          if (podLog.verified) return { value: pod };
        }
      }
      if (!pod && kind !== 'pod') {
        // Its controller creates the pod as soon as the cluster admits it.
        state.events = await readCreationFailures(context, workload);
        return { state: `has no pod yet: ${state.events.at(-1) ?? 'no event reports why'}` };
      }
      if (diagnose(state)?.final || (await isFinallyRefused())) throw new FinalFailure();
      if (pod && earlierPods && !earlierPods.has(pod.metadata.uid) && pulls.isExpired(pod)) {
        log.info(
          `Pod ${quote(`${target.namespace}/${pod.metadata.name}`)} cannot pull its image yet. This action recreates the pod, because the kubelet waits longer after each attempt.`,
        );
        await recreatePod(context, workload, pod).catch(pulls.stopOnForbidden);
      }
      return { state: describeState(pod) };
    });
  } catch (error) {
    if (!(error instanceof TimedOut || error instanceof FinalFailure)) throw error;
    // The state that was read before might have changed.
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

/** Expires when the kubelet's next attempts to pull the image of a pod are minutes apart. */
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
  tail: number;
  /** Milliseconds, on the clock of {@link Time}. */
  end: number;
  isFinallyRefused: () => Promise<boolean>;
}

function ignoreError(): void {}

async function followLog(
  { kubectl, tools: { time } }: DeployContext,
  { metadata: { name, namespace = '' } }: Pod,
  podLog: PodLog,
  { printer, tail, end, isFinallyRefused }: FollowOptions,
): Promise<void> {
  const stop = new AbortController();
  const left = Math.max(0, Math.ceil(end - time.now()));
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(left)]);
  let isCheckDue = false;
  const checkSoon = (): void => {
    // Once for all lines that arrive together, because a pod can print millions of lines.
    if (isCheckDue) return;
    isCheckDue = true;
    setImmediate(() => {
      isCheckDue = false;
      if (!stop.signal.aborted) isFinallyRefused().then(is => is && stop.abort(), ignoreError);
    });
  };
  const onLine = (line: string): void => {
    // kubectl might have written more before it ended.
    if (stop.signal.aborted) return;
    printer.take(podLog.addLine(line));
    if (podLog.verified) stop.abort();
    else checkSoon();
  };
  const container = [name, '--namespace', namespace, '--container', CONTAINER];
  const options = { onLine, signal, timeoutSeconds: left / 1000 + 60 };
  try {
    await kubectl(['logs', ...container, '--follow', '--tail', String(tail)], options);
  } catch (error) {
    // The container might have ended, or the connection closed. The next read of the pod shows which.
    if (!signal.aborted && !(error instanceof CommandFailed)) throw error;
  }
}
