import { CommandFailed, failedWith } from '../shared/command-errors.ts';
import { Azure } from '../shared/diagnosis/azure-reader.ts';
import { diagnose, signOf } from '../shared/diagnosis/diagnose.ts';
import { printEvidence } from '../shared/diagnosis/evidence.ts';
import { VALUE_SHOWN } from '../shared/diagnosis/log-findings.ts';
import { CONTAINER, containerStatus, hasStarted, type Pod, stateOf } from '../shared/diagnosis/pod.ts';
import { PodLog } from '../shared/diagnosis/pod-log.ts';
import { look } from '../shared/diagnosis/read-state.ts';
import { trustChainOf } from '../shared/diagnosis/trust-chain.ts';
import type { Facts } from '../shared/diagnosis/workload-state.ts';
import { BoundedPrinter } from '../shared/log.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import type { Time } from '../shared/time.ts';
import { broken, type Call, placeOf, type Workload, watchedOf } from './context.ts';
import { type EarlierPods, recreatePod } from './ensure.ts';
import { findPod, whyNoPod } from './find-pod.ts';

/** Waiting any longer does not help. */
class Hopeless extends Error {}

/**
 * Watches the workload's pod until its log shows the secret.
 * @param from 'now': only what it writes from now on counts.
 * @param earlierPods if given, other pods than these are recreated while their image cannot be pulled.
 * @returns the pod.
 * @throws {ActionFailed} with the verdict on the link that is broken.
 */
export async function verify(
  call: Call,
  workload: Workload,
  from: 'its start' | 'now',
  earlierPods?: EarlierPods,
): Promise<Pod> {
  const { inputs, tools } = call;
  const { kind, timeoutSeconds, targets } = inputs;
  const { target, annotations, wanted } = workload;
  const { time, log } = tools;
  const end = time.now() + timeoutSeconds * 1000;
  const podLog = new PodLog(inputs.secretSha256);
  const tail = from === 'now' ? 0 : 50;
  const prefix = targets.length > 1 ? `${placeOf(target)} ` : '';
  const facts: Facts = { target: watchedOf(inputs, target, ''), annotations, log: podLog.lines, unseen: [] };
  const printer = new BoundedPrinter(line => log.info(`${prefix}| ${line}`));
  const pulls = new PullPatience(time);
  let read = '';

  const looked = new Map<string, Promise<Facts>>();
  /**
   * Whether the client is refused for good: it says so itself, or the chain, looked at once for each kind of refusal, lacks
   * what it takes. What is there and only not seen yet comes by waiting.
   */
  const isRefusedForGood = async (): Promise<boolean> => {
    const sign = signOf(facts);
    if (!sign || sign.code === VALUE_SHOWN) return false;
    if (sign.line.startsWith('Stopped: ')) return true;
    const seen = looked.get(sign.code) ?? look({ ...facts, log: [...podLog.lines] }, call);
    looked.set(sign.code, seen);
    return diagnose(await seen)?.final ?? false;
  };

  const options = {
    what: `${wanted.kind} ${placeOf(target)}`,
    timeoutSeconds,
    firstWaitSeconds: 0.5,
    longestWaitSeconds: 3,
    time,
    log,
  };
  try {
    return await poll<Pod>(options, async () => {
      const pod = await findPod(call, workload);
      facts.pod = pod ?? null;
      facts.target = watchedOf(inputs, target, pod?.metadata.name ?? (kind === 'pod' ? target.name : ''));
      facts.events = undefined;
      const status = pod && containerStatus(pod);
      if (status && hasStarted(status)) {
        const start = `${pod.metadata.name} ${status.restartCount}`;
        // What a container that has ended wrote is read once.
        if (status.state?.running || start !== read) {
          read = start;
          await followLog(call, pod, podLog, { printer, tail, end, isRefusedForGood });
          if (podLog.verified) return { value: pod };
        }
      }
      if (!pod && kind !== 'pod') {
        // A deployment or job makes its pod when it can.
        facts.events = await whyNoPod(call, workload);
        return { state: `has no pod yet: ${facts.events.at(-1) ?? 'no event says why'}` };
      }
      if (diagnose(facts)?.final || (await isRefusedForGood())) throw new Hopeless();
      if (pod && earlierPods && !earlierPods.has(pod.metadata.uid) && pulls.areOver(pod)) {
        log.info(
          `Pod ${target.namespace}/${pod.metadata.name} cannot pull its image yet. It is recreated, so that the kubelet does not wait longer and longer between its attempts.`,
        );
        await recreatePod(call, workload, pod).catch(pulls.giveUp);
      }
      return { state: stateOf(pod) };
    });
  } catch (error) {
    if (!(error instanceof TimedOut || error instanceof Hopeless)) throw error;
    // What was looked at before may have changed while time went by.
    const azure = error instanceof TimedOut ? new Azure(call.tools.az) : call.azure;
    const seen = await look(facts, { ...call, azure });
    printEvidence(seen);
    call.brokenChains.push(trustChainOf(seen));
    throw broken(seen, inputs);
  } finally {
    printer.end();
  }
}

/** The kubelet pulls after 10, 30, and 70 seconds, and then only every few minutes. */
const PULL_SECONDS = 75;

/** Tells when the kubelet's attempts to pull the image of a pod have become rare. */
class PullPatience {
  readonly #time: Time;
  #pod: string | undefined;
  #since = 0;
  #givenUp = false;

  constructor(time: Time) {
    this.#time = time;
  }

  /** A caller who is not allowed to delete waits for the kubelet's next attempt. */
  readonly giveUp = (error: unknown): void => {
    if (!failedWith(error, 'forbidden')) throw error;
    this.#givenUp = true;
  };

  areOver(pod: Pod): boolean {
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

interface Following {
  printer: BoundedPrinter;
  /** How many lines of what exists are of interest. */
  tail: number;
  /** When time is up, by the action's clock. */
  end: number;
  isRefusedForGood: () => Promise<boolean>;
}

/** Whoever asks next is told. */
function stopLooking(): void {}

/** Prints the container's log as it grows, until the secret is in it, it is refused for good or ends, or time is up. */
async function followLog(
  { kubectl, tools: { time } }: Call,
  { metadata: { name, namespace = '' } }: Pod,
  podLog: PodLog,
  { printer, tail, end, isRefusedForGood }: Following,
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
      if (!enough.signal.aborted) isRefusedForGood().then(is => is && enough.abort(), stopLooking);
    });
  };
  const onLine = (line: string): void => {
    // kubectl may have written more before it ends.
    if (enough.signal.aborted) return;
    printer.take(podLog.take(line));
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
