import { type Az, findResource } from '../shared/az.ts';
import type { CommandOptions } from '../shared/command.ts';
import { CommandFailed, failedWith } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { Interrupted } from '../shared/interruption.ts';
import { explain } from '../shared/known-errors.ts';
import { bothEnds, harmless } from '../shared/log.ts';
import { quote } from '../shared/quote.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, renewExpiry, tagArguments } from '../shared/resource-group.ts';
import { poll, retry, TimedOut } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { readReasonInActivityLog } from './activity-log.ts';
import {
  CREATION_TAG,
  clusterOf,
  isSettled,
  type ManagedCluster,
  type Operation,
  operationFor,
} from './cluster.ts';
import type { Inputs } from './inputs.ts';
import { refusedChange } from './ownership.ts';

interface Reading {
  cluster: ManagedCluster | undefined;
}

async function readCluster(inputs: Inputs, az: Az): Promise<Reading> {
  return { cluster: await findResource<ManagedCluster>(az, ['aks', 'show', ...clusterOf(inputs)]) };
}

/** Seconds. */
type SecondsLeft = () => number;

/**
 * Each operation starts at most once, after the operations of other clients.
 * @param existing the cluster as just read
 * @throws {ActionFailed} with Azure's reason if an operation fails or does not end within timeout-minutes
 */
export async function ensureCluster(
  inputs: Inputs,
  tools: Tools,
  existing: ManagedCluster | undefined,
): Promise<Done<ManagedCluster>> {
  const { time, log } = tools;
  const end = time.now() + inputs.timeoutMinutes * 60_000;
  const left = () => (end - time.now()) / 1000;
  const what = `AKS cluster ${inputs.clusterName}`;
  const done = new Set<Operation>();
  // Azure refuses a tag on a cluster while an operation is in progress on it.
  let renewed = false;
  const renew = async (cluster: ManagedCluster) => {
    if (!renewed && inputs.create) await renewExpiry(tools.az, inputs.group, cluster, log);
    renewed = true;
  };
  if (existing && isSettled(existing)) await renew(existing);
  let known: Reading | undefined = { cluster: existing };

  for (;;) {
    // Another client can start an operation between the read and ours.
    const options = {
      what,
      timeoutSeconds: left(),
      firstWaitSeconds: 5,
      transient: concurrentOperation,
      time,
      log,
    };
    const { cluster, started } = await retry(options, async () => {
      const reading = known ?? (await readCluster(inputs, tools.az));
      known = undefined;
      const cluster = await waitUntilSettled(inputs, tools, left, reading);
      const next = operationFor(cluster);
      if (next && done.has(next)) throw noEffect(next, cluster, inputs);
      if (next) await startOperation(next, cluster, inputs, tools);
      return { cluster, started: next };
    });
    if (!started) {
      if (done.has('create')) return created(cluster!);
      await renew(cluster!);
      return done.size > 0 ? changed(cluster!) : alreadyThere(cluster!);
    }
    done.add(started);
    known = { cluster: await finishOperation(started, inputs, tools, left) };
  }
}

/** AKS refuses a second operation while one is in progress. az refuses a second cluster with the same name. */
function concurrentOperation(error: unknown): string | undefined {
  if (failedWith(error, 'cluster-operation-in-progress'))
    return 'another operation on the cluster is in progress';
  if (failedWith(error, 'cluster-exists')) return 'another run has just started to create it';
  return undefined;
}

const WORKLOAD_IDENTITY = ['--enable-oidc-issuer', '--enable-workload-identity'];

/**
 * Azure continues the operation without this process.
 * @throws {ActionFailed} if it would change a cluster that the lab of this repository did not create
 */
async function startOperation(
  operation: Operation,
  cluster: ManagedCluster | undefined,
  inputs: Inputs,
  tools: Tools,
): Promise<void> {
  const { az, report } = tools;
  const named = clusterOf(inputs);
  if (operation !== 'create') {
    const refused = refusedChange(operation, cluster!, inputs);
    if (refused) throw new ActionFailed(refused.what, refused.remedy, refused.link);
    return operation === 'start' ? az(['aks', 'start', ...named, '--no-wait']) : update(inputs, az);
  }

  const { group, create, nodeCount, nodeVmSize, kubernetesVersion } = inputs;
  if (!create) {
    throw new ActionFailed(
      `AKS cluster ${quote(inputs.clusterName)} was deleted while this step was waiting for it, and create is false.`,
      'Set cluster-name to an existing cluster, or set create: true.',
    );
  }
  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  const tags = { ...group.tags, [CREATION_TAG]: inputs.creationId };
  const place = ['--location', group.location, ...tagArguments(tags)];
  const nodes = ['--node-count', String(nodeCount), ...(nodeVmSize ? ['--node-vm-size', nodeVmSize] : [])];
  const version = kubernetesVersion ? ['--kubernetes-version', kubernetesVersion] : [];
  const settings = [...place, ...nodes, ...version, ...WORKLOAD_IDENTITY, '--no-ssh-key'];
  try {
    await az(['aks', 'create', ...named, ...settings, '--no-wait']);
  } catch (error) {
    if (error instanceof Interrupted) await abortCreation(inputs, tools);
    throw error;
  }
}

async function update(inputs: Inputs, az: Az): Promise<void> {
  const cluster = clusterOf(inputs);
  try {
    await az(['aks', 'update', ...cluster, ...WORKLOAD_IDENTITY, '--no-wait']);
  } catch (error) {
    // az reads the kubelet identity first. A creation that ended early has none.
    if (!failedWith(error, 'no-kubelet-identity')) throw error;
    throw new ActionFailed(
      `AKS cluster ${quote(inputs.clusterName)} cannot be repaired: its creation ended before it had a kubelet identity.`,
      `Delete it (nothing ever ran on it), and run the job again: az aks delete ${cluster.join(' ')} --yes`,
      'https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/troubleshoot-aks-cluster-creation-issues',
    );
  }
}

/** Aborts only a creation. An update or a start changes an existing cluster, and ends in a valid state by itself. */
async function finishOperation(
  operation: Operation,
  inputs: Inputs,
  tools: Tools,
  left: SecondsLeft,
): Promise<ManagedCluster> {
  const { clusterName } = inputs;
  // Azure's clock can differ from this machine's.
  const started = new Date(Date.now() - 60_000);
  let cluster: ManagedCluster;
  try {
    cluster = (await waitUntilSettled(inputs, tools, left))!;
  } catch (error) {
    const stopped = error instanceof TimedOut || error instanceof Interrupted;
    const ended =
      operation === 'create' && stopped
        ? await abortCreation(inputs, tools)
        : describeContinuation(operation, inputs, tools);
    if (!(error instanceof TimedOut)) throw error;
    throw new ActionFailed(
      `${error.message}. ${ended}${await readReasonInActivityLog(inputs, started, tools)}`,
      'Run the job again, if necessary with another location or node-vm-size, or a larger timeout-minutes.',
      'https://learn.microsoft.com/azure/aks/manage-abort-operations',
    );
  }
  const { provisioningState: state, status } = cluster;
  if (state === 'Succeeded') return cluster;
  const error = status?.provisioningError;
  const reason = error?.message
    ? ` Azure reports ${error.code}: ${harmless(bothEnds(error.message, 2000))}`
    : await readReasonInActivityLog(inputs, started, tools);
  const known = explain(reason);
  throw new ActionFailed(
    `AKS cluster ${quote(clusterName)} is in state ${quote(state)}.${reason}${known ? `\n${known.cause}` : ''}`,
    `${known ? `${known.remedy}\n` : 'Fix what Azure reports. '}Then run the job again: this step repairs the cluster. Or delete the cluster first: az aks delete ${clusterOf(inputs).join(' ')} --yes`,
    known?.link ??
      'https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/troubleshoot-aks-cluster-creation-issues',
  );
}

/** Milliseconds for one read of the cluster. az itself waits much longer. */
const READ_TIMEOUT = 120_000;

/**
 * A failed read proves nothing about the operation, so it is repeated until the timeout.
 * @param first the last read. Without it, this process created the cluster, and a missing cluster is not visible yet.
 * @throws {TimedOut}
 */
function waitUntilSettled(
  inputs: Inputs,
  tools: Tools,
  left: SecondsLeft,
  first?: Reading,
): Promise<ManagedCluster | undefined> {
  const { time, log } = tools;
  let next = first;
  const options = { what: `AKS cluster ${inputs.clusterName}`, timeoutSeconds: left(), time, log };
  const once: Az = (args, more) =>
    tools.az(args, { ...more, once: true, signal: AbortSignal.timeout(READ_TIMEOUT) });
  return poll<ManagedCluster | undefined>(options, async () => {
    let reading: Reading;
    try {
      reading = next ?? (await readCluster(inputs, once));
    } catch (error) {
      if (error instanceof Interrupted || !(error instanceof Error)) throw error;
      return { state: `its state cannot be read: ${reasonOf(error)}` };
    }
    next = undefined;
    const { cluster } = reading;
    if (!cluster) return first ? { value: undefined } : { state: 'not visible yet' };
    return isSettled(cluster) ? { value: cluster } : { state: cluster.provisioningState };
  });
}

function reasonOf(error: Error): string {
  const text = error instanceof CommandFailed ? error.errorText : error.message;
  const line = text.split('\n').find(each => each.trim() !== '') ?? 'az printed no error';
  return harmless(bothEnds(line.trim(), 300));
}

function describeContinuation(operation: Operation, { clusterName }: Inputs, { log }: Tools): string {
  const sentence = `Azure continues the ${operation === 'create' ? 'creation' : operation} of the cluster.`;
  log.warning(`AKS cluster ${clusterName}: ${sentence}`);
  return sentence;
}

/**
 * The creation-id proves that this process created the cluster. Azure allows one operation at a time, so the state Creating
 * proves that the current operation is this creation.
 * @returns a sentence with the result
 */
async function abortCreation(inputs: Inputs, { az, log }: Tools): Promise<string> {
  const { clusterName, creationId } = inputs;
  const named = clusterOf(inputs);
  const last: CommandOptions = { lastWord: true };
  const abort = ['aks', 'operation-abort', ...named, '--no-wait'];
  let reason: string;
  try {
    const cluster = await az<ManagedCluster>(['aks', 'show', ...named], last);
    const { provisioningState: state, tags } = cluster;
    if (state !== 'Creating' || tags?.[CREATION_TAG] !== creationId) {
      const what = state === 'Creating' ? 'another run creates it' : `its state is ${quote(state)}`;
      log.info(`AKS cluster ${clusterName}: nothing was aborted, because ${what}.`);
      return `Nothing was aborted, because ${what}.`;
    }
    await az(abort, last);
    log.info(`AKS cluster ${clusterName}: Azure was asked to abort its creation.`);
    return 'Azure was asked to abort the creation.';
  } catch (error) {
    reason = error instanceof CommandFailed ? (error.code ?? `exit code ${error.exitCode}`) : 'no answer';
  }
  const goesOn = `its creation could not be aborted (${reason}) and might continue in Azure. If az aks show ${named.join(' ')} --query tags shows ${CREATION_TAG} "${creationId}", end it with: az ${abort.join(' ')}`;
  log.warning(`AKS cluster ${clusterName}: ${goesOn}`);
  return `The cluster: ${goesOn}.`;
}

function noEffect(operation: Operation, cluster: ManagedCluster | undefined, inputs: Inputs): ActionFailed {
  const state = cluster
    ? `is in state ${quote(cluster.provisioningState)} (power state ${quote(cluster.powerState?.code ?? 'unknown')})`
    : 'does not exist';
  return new ActionFailed(
    `AKS cluster ${quote(inputs.clusterName)} ${state}, although az aks ${operation} succeeded.`,
    'Another client probably changes the cluster at the same time. Run the job again when that has ended.',
  );
}
