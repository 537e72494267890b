import { CommandFailed } from '../shared/command.ts';
import { diagnose, type Facts } from '../shared/diagnosis/diagnose.ts';
import { look } from '../shared/diagnosis/look.ts';
import { containerStatus, hasStarted, type Pod, stateOf } from '../shared/diagnosis/pod.ts';
import { PodLog } from '../shared/diagnosis/pod-log.ts';
import { ActionFailed } from '../shared/failures.ts';
import { applyObject, getObject, type Kubectl } from '../shared/kubectl.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';
import { differences, manifest } from './manifest.ts';

/** Waiting any longer does not help. */
class Hopeless extends Error {}

/** The walkthrough's "Deploy the Pod" and "Check the pod logs", with the comparison that makes it a proof. */
export async function deployWorkload(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { namespace, podName } = inputs;
  const { report } = tools;
  const kubectl = tools.kubectl(inputs.kubeconfig);

  const clientId = await clientIdOf(kubectl, inputs);
  await report.step('Pod', `${namespace}/${podName}`, () => ensurePod(kubectl, inputs, clientId));
  await report.step('Secret in the log of', `${namespace}/${podName}`, () =>
    verify(kubectl, inputs, clientId, tools),
  );

  return { 'pod-name': podName, verified: 'true' };
}

/**
 * The client id that the service account is annotated with.
 * @throws {ActionFailed} when there is none: the pod could not become anybody.
 */
async function clientIdOf(kubectl: Kubectl, inputs: Inputs): Promise<string> {
  const account = await getObject<{ metadata: { annotations?: Record<string, string> } }>(
    kubectl,
    'serviceaccount',
    inputs.serviceAccount,
    inputs.namespace,
  );
  const clientId = account
    ? (account.metadata.annotations?.['azure.workload.identity/client-id'] ?? '')
    : null;
  if (!clientId) throw failure({ inputs, clientId, pod: undefined, log: [] }, inputs);
  return clientId;
}

/** Makes the pod, unless the same is there. */
async function ensurePod(kubectl: Kubectl, inputs: Inputs, clientId: string): Promise<Done> {
  const { namespace, podName, replace } = inputs;
  const wanted = manifest(inputs);
  const standing = await getObject<Pod>(kubectl, 'pod', podName, namespace);
  if (!standing) {
    await applyObject(kubectl, wanted);
    return created(undefined);
  }

  const different = differences(standing, wanted, clientId);
  const leaving = standing.metadata.deletionTimestamp !== undefined;
  if (different.length === 0 && !leaving) return alreadyThere(undefined);
  if (!replace && !leaving) {
    throw new ActionFailed(
      `There is a pod ${namespace}/${podName} from an earlier run, and it is not the wanted one: ${different.join('; ')}.`,
      'Set replace: true to have it deleted and made again, or take another pod-name. A pod cannot be changed into another.',
      `${inputs.documentation}#pod-from-an-earlier-run`,
    );
  }
  await kubectl(['delete', 'pod', podName, '--namespace', namespace, '--ignore-not-found']);
  await applyObject(kubectl, wanted);
  return changed(undefined);
}

/** Watches the pod until its log shows the secret. */
async function verify(kubectl: Kubectl, inputs: Inputs, clientId: string, tools: Tools): Promise<Done> {
  const { namespace, podName, timeoutSeconds } = inputs;
  const { time, log } = tools;
  const end = time.now() + timeoutSeconds * 1000;
  const podLog = new PodLog(inputs.secretSha256);
  const facts: Facts = { inputs, clientId, pod: undefined, log: podLog.lines };
  let restartsRead = -1;

  const options = {
    what: `Pod ${namespace}/${podName}`,
    timeoutSeconds,
    firstWaitSeconds: 0.5,
    longestWaitSeconds: 3,
    time,
    log,
  };
  try {
    await poll<true>(options, async () => {
      const pod = await getObject<Pod>(kubectl, 'pod', podName, namespace);
      facts.pod = pod;
      const status = pod && containerStatus(pod);
      // What a container that has ended wrote is read once.
      if (pod && hasStarted(pod) && (status?.state?.running || status?.restartCount !== restartsRead)) {
        restartsRead = status?.restartCount ?? 0;
        await followLog(kubectl, inputs, podLog, end, tools);
        if (podLog.verified) return { value: true };
      }
      if (diagnose(facts).final) throw new Hopeless();
      return { state: stateOf(pod) };
    });
  } catch (error) {
    if (error instanceof TimedOut || error instanceof Hopeless)
      throw failure(await look(facts, tools, kubectl), inputs);
    throw error;
  }
  return { outcome: 'verified', value: undefined };
}

/** Prints the container's log as it grows, until the secret is in it, the container ends, or time is up. */
async function followLog(
  kubectl: Kubectl,
  { namespace, podName }: Inputs,
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
    log.info(`| ${podLog.take(line)}`);
    if (podLog.verified) enough.abort();
  };
  try {
    await kubectl(['logs', podName, '--namespace', namespace, '--follow', '--tail', '50'], {
      onLine,
      signal,
    });
  } catch (error) {
    // Between two looks the container may have ended, or the connection was cut: the next look shows.
    if (!signal.aborted && !(error instanceof CommandFailed)) throw error;
  }
}

/** The verdict as the error that the step ends with. */
function failure(facts: Facts, { documentation }: Inputs): ActionFailed {
  const { link, seen, remedy } = diagnose(facts);
  return new ActionFailed(`${link}: ${seen.trim()}`, remedy, `${documentation}#${link}`);
}
