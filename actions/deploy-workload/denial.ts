import { containerStatus, type Pod } from '../shared/diagnosis/pod.ts';
import { PodLog } from '../shared/diagnosis/pod-log.ts';
import { ActionFailed } from '../shared/failures.ts';
import { applyObject, getObject, type Kubectl } from '../shared/kubectl.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { subjectOf } from '../shared/workloads.ts';
import { ensureWorkload } from './ensure.ts';
import type { Inputs, Target } from './inputs.ts';
import { type Client, isOurs, manifest, unfederatedAccount, type WorkloadObject } from './manifest.ts';

/**
 * What came of letting an unfederated service account ask: refused for want of a federated credential, given the
 * secret, or neither could be seen.
 */
export type Denial = 'proven' | 'disproven' | 'inconclusive';

/** How long the refused client tries again. A credential that was there would be seen by most of these attempts. */
const RETRY_SECONDS = 15;

/**
 * Runs the same client, with the same identity's client id, under a service account that no federated credential
 * names, and sees how it is refused. What it made is deleted again, whatever happens.
 * @returns the verdict, and what it rests on.
 */
export async function tryUnfederated(
  kubectl: Kubectl,
  inputs: Inputs,
  workload: Target,
  client: Client,
  clientId: string,
  tools: Tools,
): Promise<{ denial: Denial; seen: string }> {
  const { namespace } = workload;
  const target: Target = {
    namespace,
    serviceAccount: `${workload.serviceAccount.slice(0, 200)}-unfederated`,
    name: `${workload.name.slice(0, 50)}-denied`,
  };
  const pod = bounded(manifest(target, { ...client, kind: 'pod' }, clientId));
  const remove = async () => {
    const options = ['--namespace', namespace, '--ignore-not-found', '--wait=false'];
    await kubectl(['delete', 'pod', target.name, ...options], { lastWord: true });
    await kubectl(['delete', 'serviceaccount', target.serviceAccount, ...options], { lastWord: true });
  };
  const there = await getObject<WorkloadObject>(kubectl, 'serviceaccount', target.serviceAccount, namespace);
  if (there && !isOurs(there))
    return { denial: 'inconclusive', seen: `service account ${target.serviceAccount} is somebody else's` };
  try {
    await applyObject(kubectl, unfederatedAccount(target, clientId));
    await ensureWorkload(kubectl, { ...inputs, kind: 'pod', replace: true }, target, pod, clientId);
    const log = await logOf(kubectl, inputs, target, tools);
    return judge(log, subjectOf(target));
  } catch (error) {
    if (error instanceof TimedOut || error instanceof ActionFailed)
      return { denial: 'inconclusive', seen: error.message };
    throw error;
  } finally {
    await remove().catch(error =>
      tools.log.warning(
        `${namespace}/${target.name} and its service account ${target.serviceAccount} could not be removed: ${error.message}`,
      ),
    );
  }
}

/** The pod, made to end by itself and soon. */
function bounded(pod: WorkloadObject): WorkloadObject {
  const made = structuredClone(pod) as WorkloadObject & { spec: Pod['spec'] & { restartPolicy?: string } };
  made.spec.restartPolicy = 'Never';
  made.spec.containers[0]!.env!.push(
    { name: 'RETRY_SECONDS', value: String(RETRY_SECONDS) },
    { name: 'READS', value: '1' },
  );
  return made;
}

/** Waits until the pod's container has ended, and gives what it wrote; no value is in it. */
async function logOf(
  kubectl: Kubectl,
  { timeoutSeconds, secretSha256 }: Inputs,
  { namespace, name }: Target,
  { time, log }: Tools,
): Promise<PodLog> {
  const options = {
    what: `Unfederated pod ${namespace}/${name}`,
    timeoutSeconds,
    longestWaitSeconds: 3,
    time,
    log,
  };
  await poll<true>(options, async () => {
    const pod = await getObject<Pod>(kubectl, 'pod', name, namespace);
    const state = pod && containerStatus(pod)?.state;
    if (state?.terminated) return { value: true };
    return { state: state?.waiting?.reason ?? (state?.running ? 'running' : 'not started') };
  });
  const podLog = new PodLog(secretSha256);
  await kubectl(['logs', name, '--namespace', namespace, '--tail', '50'], {
    onLine: line => void log.info(`unfederated| ${podLog.take(line)}`),
  });
  return podLog;
}

/** @param subject of the unfederated service account; the refusal must be about its token and no other. */
export function judge(
  { values, lines }: Pick<PodLog, 'values' | 'lines'>,
  subject: string,
): { denial: Denial; seen: string } {
  if (values > 0) return { denial: 'disproven', seen: `${subject} was given the secret` };
  const last = lines.findLast(line => /^(Given up|Stopped)/.test(line)) ?? '';
  if (/\(AADSTS70021[13]?\)/.test(last) && last.includes(subject))
    return { denial: 'proven', seen: `Entra refuses ${subject}: no federated credential matches its token` };
  return { denial: 'inconclusive', seen: last || 'the pod ended without a word about the secret' };
}
