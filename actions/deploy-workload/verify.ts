import { CommandFailed } from '../shared/command.ts';
import { Azure } from '../shared/diagnosis/azure.ts';
import { diagnose, signOf } from '../shared/diagnosis/diagnose.ts';
import { printEvidence } from '../shared/diagnosis/evidence.ts';
import type { Facts } from '../shared/diagnosis/facts.ts';
import { look } from '../shared/diagnosis/look.ts';
import { CONTAINER, containerStatus, hasStarted, type Pod, stateOf } from '../shared/diagnosis/pod.ts';
import { PodLog } from '../shared/diagnosis/pod-log.ts';
import { VALUE_SHOWN } from '../shared/diagnosis/refusals.ts';
import { trustChainOf } from '../shared/diagnosis/trust-chain.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import { broken, type Call, placeOf, type Workload, watchedOf } from './call.ts';
import { findPod, whyNoPod } from './find-pod.ts';

/** Waiting any longer does not help. */
class Hopeless extends Error {}

/**
 * Watches the workload's pod until its log shows the secret.
 * @param from 'now': only what it writes from now on counts.
 * @returns the pod.
 * @throws {ActionFailed} with the verdict on the link that is broken.
 */
export async function verify(call: Call, workload: Workload, from: 'its start' | 'now'): Promise<Pod> {
  const { inputs, tools } = call;
  const { kind, timeoutSeconds, targets } = inputs;
  const { target, annotations, wanted } = workload;
  const { time, log } = tools;
  const end = time.now() + timeoutSeconds * 1000;
  const podLog = new PodLog(inputs.secretSha256);
  const tail = from === 'now' ? 0 : 50;
  const prefix = targets.length > 1 ? `${placeOf(target)} ` : '';
  const facts: Facts = { target: watchedOf(inputs, target, ''), annotations, log: podLog.lines, unseen: [] };
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
          await followLog(call, pod, podLog, { prefix, tail, end, isRefusedForGood });
          if (podLog.verified) return { value: pod };
        }
      }
      if (!pod && kind !== 'pod') {
        // A deployment or job makes its pod when it can.
        facts.events = await whyNoPod(call, workload);
        return { state: `has no pod yet: ${facts.events.at(-1) ?? 'no event says why'}` };
      }
      if (diagnose(facts)?.final || (await isRefusedForGood())) throw new Hopeless();
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
  }
}

interface Following {
  /** Stands before each line. */
  prefix: string;
  /** How many lines of what is there are of interest. */
  tail: number;
  /** When time is up, by the action's clock. */
  end: number;
  isRefusedForGood: () => Promise<boolean>;
}

/** Whoever asks next is told. */
function stopLooking(): void {}

/** Prints the container's log as it grows, until the secret is in it, it is refused for good or ends, or time is up. */
async function followLog(
  { kubectl, tools: { time, log } }: Call,
  { metadata: { name, namespace = '' } }: Pod,
  podLog: PodLog,
  { prefix, tail, end, isRefusedForGood }: Following,
): Promise<void> {
  const enough = new AbortController();
  const timeLeft = AbortSignal.timeout(Math.max(0, Math.ceil(end - time.now())));
  const signal = AbortSignal.any([enough.signal, timeLeft]);
  const onLine = (line: string): void => {
    // kubectl may have written more before it ends.
    if (enough.signal.aborted) return;
    log.info(`${prefix}| ${podLog.take(line)}`);
    if (podLog.verified) enough.abort();
    else isRefusedForGood().then(is => is && enough.abort(), stopLooking);
  };
  const container = [name, '--namespace', namespace, '--container', CONTAINER];
  try {
    await kubectl(['logs', ...container, '--follow', '--tail', String(tail)], { onLine, signal });
  } catch (error) {
    // Between two looks the container may have ended, or the connection was cut: the next look shows.
    if (!signal.aborted && !(error instanceof CommandFailed)) throw error;
  }
}
