import { CommandFailed } from '../shared/command.ts';
import { Azure } from '../shared/diagnosis/azure.ts';
import { diagnose, diagnoseUnproven } from '../shared/diagnosis/diagnose.ts';
import { printEvidence } from '../shared/diagnosis/evidence.ts';
import type { Facts } from '../shared/diagnosis/facts.ts';
import { look } from '../shared/diagnosis/look.ts';
import { containerStatus, hasStarted, type Pod, stateOf } from '../shared/diagnosis/pod.ts';
import { PodLog } from '../shared/diagnosis/pod-log.ts';
import { failureOf } from '../shared/diagnosis/verdict.ts';
import { ActionFailed } from '../shared/failures.ts';
import { getObject, type Kubectl } from '../shared/kubectl.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs, Target } from './inputs.ts';
import { isSame, NAME_LABEL, type WorkloadObject } from './manifest.ts';

/** Waiting any longer does not help. */
class Hopeless extends Error {}

/** Where to look for the secret, and under which name lines of the log are shown. */
export interface Watched {
  target: Target;
  /** What was made, or what makes the pods. */
  made: WorkloadObject;
  clientId: string;
  /** Before each line of the pod's log. */
  prefix: string;
  /** Whether only what it writes from now on counts. */
  fromNow?: boolean;
}

/**
 * Watches the workload's pod until its log shows the secret.
 * @returns the pod.
 * @throws {ActionFailed} with the verdict on the link that is broken.
 */
export async function verify(kubectl: Kubectl, inputs: Inputs, watched: Watched, tools: Tools): Promise<Pod> {
  const { timeoutSeconds, kind } = inputs;
  const { target, clientId } = watched;
  const { time, log } = tools;
  const end = time.now() + timeoutSeconds * 1000;
  const podLog = new PodLog(inputs.secretSha256);
  const facts: Facts = {
    target: { ...inputs, ...target, podName: target.name },
    annotations: { clientId, tenantId: '' },
    log: podLog.lines,
    unseen: [],
  };
  let read = '';

  const options = {
    what: `${capital(kind)} ${target.namespace}/${target.name}`,
    timeoutSeconds,
    firstWaitSeconds: 0.5,
    longestWaitSeconds: 3,
    time,
    log,
  };
  try {
    return await poll<Pod>(options, async () => {
      const pod = await findPod(kubectl, inputs, watched);
      facts.pod = pod ?? null;
      if (pod) facts.target = { ...facts.target, podName: pod.metadata.name };
      // A deployment or job makes its pod when it can.
      else if (kind !== 'pod') return { state: 'has no pod yet' };
      const status = pod && containerStatus(pod);
      const start = `${pod?.metadata.name} ${status?.restartCount}`;
      // What a container that has ended wrote is read once.
      if (pod && hasStarted(pod) && (status?.state?.running || start !== read)) {
        read = start;
        await followLog(kubectl, pod, watched, podLog, end, tools);
        if (podLog.verified) return { value: pod };
      }
      if (diagnose(facts)?.final) throw new Hopeless();
      return { state: stateOf(pod) };
    });
  } catch (error) {
    if (!(error instanceof TimedOut || error instanceof Hopeless)) throw error;
    if (!facts.pod && kind !== 'pod') throw await notCreated(kubectl, inputs, target);
    const seen = await look(facts, { kubectl, azure: new Azure(tools.az) });
    printEvidence(seen);
    throw broken(seen, inputs);
  }
}

/** The pod that the newest of the workload's manifests made. */
async function findPod(
  kubectl: Kubectl,
  { kind }: Inputs,
  { target: { namespace, name }, made }: Watched,
): Promise<Pod | undefined> {
  if (kind === 'pod') return getObject<Pod>(kubectl, 'pod', name, namespace);
  const selector = ['--selector', `${NAME_LABEL}=${name}`];
  const text = await kubectl(['get', 'pods', '--namespace', namespace, ...selector, '--output', 'json']);
  const { items } = JSON.parse(text) as { items: Pod[] };
  const born = ({ metadata }: Pod) => metadata.creationTimestamp ?? '';
  return items
    .filter(pod => isSame(pod, made) && pod.metadata.deletionTimestamp === undefined)
    .sort((one, other) => born(one).localeCompare(born(other)))
    .at(-1);
}

/** Prints the container's log as it grows, until the secret is in it, the container ends, or time is up. */
async function followLog(
  kubectl: Kubectl,
  { metadata: { name, namespace = '' } }: Pod,
  { prefix, fromNow, target }: Watched,
  podLog: PodLog,
  end: number,
  { time, log }: Tools,
): Promise<void> {
  const enough = new AbortController();
  const signal = AbortSignal.any([
    enough.signal,
    AbortSignal.timeout(Math.max(0, Math.ceil(end - time.now()))),
  ]);
  const onLine = (line: string): void => {
    // kubectl may have written more before it ends.
    if (enough.signal.aborted) return;
    log.info(`${prefix}| ${podLog.take(line)}`);
    if (podLog.verified) enough.abort();
  };
  const last = fromNow ? '0' : '50';
  const pod = [name, '--namespace', namespace || target.namespace];
  try {
    await kubectl(['logs', ...pod, '--follow', '--tail', last], { onLine, signal });
  } catch (error) {
    // Between two looks the container may have ended, or the connection was cut: the next look shows.
    if (!signal.aborted && !(error instanceof CommandFailed)) throw error;
  }
}

/** The verdict as the error that the step ends with. */
export function broken(facts: Facts, { documentation }: Inputs): ActionFailed {
  return failureOf(diagnoseUnproven(facts), facts.unseen, documentation);
}

/** Why a deployment or job has no pod, as its controller says in events. */
async function notCreated(
  kubectl: Kubectl,
  { kind, documentation }: Inputs,
  { namespace, name }: Target,
): Promise<ActionFailed> {
  const query = ['--field-selector', 'reason=FailedCreate', '--output', 'json'];
  const text = await kubectl(['get', 'events', '--namespace', namespace, ...query]).catch(
    () => '{"items":[]}',
  );
  const { items } = JSON.parse(text) as { items: { message?: string; involvedObject?: { name?: string } }[] };
  const said = items.findLast(({ involvedObject }) => involvedObject?.name?.startsWith(name))?.message;
  return new ActionFailed(
    `pod-not-created: ${capital(kind)} ${namespace}/${name} has no pod: ${said ?? 'no event says why'}`,
    'Mend what the event names: a quota, a limit range, or an admission policy of this namespace.',
    `${documentation}#pod-not-created`,
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
