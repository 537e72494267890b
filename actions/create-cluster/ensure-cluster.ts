import { type Az, findResource } from '../shared/az.ts';
import type { CommandOptions } from '../shared/command.ts';
import { CommandFailed, failedWith } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { Interrupted } from '../shared/interruption.ts';
import { explain } from '../shared/known-errors.ts';
import { bothEnds, harmless } from '../shared/log.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, renewExpiry, tagArguments } from '../shared/resource-group.ts';
import { poll, retry, TimedOut } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { reasonInActivityLog } from './activity-log.ts';
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

/** The cluster as it was shown; undefined when there was none. */
interface Shown {
  cluster: ManagedCluster | undefined;
}

async function show(inputs: Inputs, az: Az): Promise<Shown> {
  return { cluster: await findResource<ManagedCluster>(az, ['aks', 'show', ...clusterOf(inputs)]) };
}

/** How long is left until the action's bound, in seconds. */
type Left = () => number;

/**
 * Brings the cluster to where it should be, whatever state it is in: waits for what is being done to it, creates, starts or
 * updates it, each at most once.
 * @param seen the cluster as it was shown just now; undefined when there is none.
 * @throws {ActionFailed} with Azure's reason when an operation fails, or does not end within timeout-minutes.
 */
export async function ensureCluster(
  inputs: Inputs,
  tools: Tools,
  seen: ManagedCluster | undefined,
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
  if (seen && isSettled(seen)) await renew(seen);
  let known: Shown | undefined = { cluster: seen };

  for (;;) {
    // What somebody else begins between our look and our operation is waited for as well; then we look again.
    const options = { what, timeoutSeconds: left(), firstWaitSeconds: 5, transient: inTheWay, time, log };
    const { cluster, begun } = await retry(options, async () => {
      const shown = known ?? (await show(inputs, tools.az));
      known = undefined;
      const cluster = await settled(inputs, tools, left, shown);
      const next = operationFor(cluster);
      if (next && done.has(next)) throw withoutEffect(next, cluster, inputs);
      if (next) await begin(next, cluster, inputs, tools);
      return { cluster, begun: next };
    });
    if (!begun) {
      if (done.has('create')) return created(cluster!);
      await renew(cluster!);
      return done.size > 0 ? changed(cluster!) : alreadyThere(cluster!);
    }
    done.add(begun);
    known = { cluster: await finish(begun, inputs, tools, left) };
  }
}

/** AKS refuses a second operation while one is in progress, in one of two wordings; az a second cluster of that name. */
function inTheWay(error: unknown): string | undefined {
  if (failedWith(error, 'cluster-operation-in-progress'))
    return 'another operation on the cluster is in progress';
  if (failedWith(error, 'cluster-exists')) return 'another run has just started to create it';
  return undefined;
}

const WORKLOAD_IDENTITY = ['--enable-oidc-issuer', '--enable-workload-identity'];

/**
 * Starts an operation, which Azure continues without this process.
 * @param cluster as it was read just now; undefined when it does not exist.
 * @throws {ActionFailed} when it would change a cluster that this repository's lab did not create.
 */
async function begin(
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
      `AKS cluster "${inputs.clusterName}" was deleted while this step waited for it, and create is false.`,
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
      `AKS cluster "${inputs.clusterName}" cannot be repaired: its creation ended before it had a kubelet identity.`,
      `Delete it (nothing ever ran on it), and run this step again: az aks delete ${cluster.join(' ')} --yes`,
      'https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/troubleshoot-aks-cluster-creation-issues',
    );
  }
}

/**
 * Waits for an operation that this process started. Only a creation is aborted when this process stops waiting: an
 * update or a start acts on a cluster that existed before, and ends in a good state by itself.
 */
async function finish(
  operation: Operation,
  inputs: Inputs,
  tools: Tools,
  left: Left,
): Promise<ManagedCluster> {
  const { clusterName } = inputs;
  // Azure's clock can differ from this machine's.
  const started = new Date(Date.now() - 60_000);
  let cluster: ManagedCluster;
  try {
    cluster = (await settled(inputs, tools, left))!;
  } catch (error) {
    const stopped = error instanceof TimedOut || error instanceof Interrupted;
    const ended =
      operation === 'create' && stopped
        ? await abortCreation(inputs, tools)
        : continues(operation, inputs, tools);
    if (!(error instanceof TimedOut)) throw error;
    throw new ActionFailed(
      `${error.message}. ${ended}${await reasonInActivityLog(inputs, started, tools)}`,
      'Run it again, if necessary with another location or node-vm-size, or with a larger timeout-minutes.',
      'https://learn.microsoft.com/azure/aks/manage-abort-operations',
    );
  }
  const { provisioningState: state, status } = cluster;
  if (state === 'Succeeded') return cluster;
  const error = status?.provisioningError;
  const reason = error?.message
    ? ` Azure says: ${error.code}: ${harmless(bothEnds(error.message, 2000))}`
    : await reasonInActivityLog(inputs, started, tools);
  const known = explain(reason);
  throw new ActionFailed(
    `AKS cluster "${clusterName}" is in state "${state}".${reason}${known ? `\n${known.cause}` : ''}`,
    `${known ? `${known.remedy}\n` : 'Fix what Azure reports. '}Then run this step again: it repairs the cluster. Or delete the cluster first: az aks delete ${clusterOf(inputs).join(' ')} --yes`,
    known?.link ??
      'https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/troubleshoot-aks-cluster-creation-issues',
  );
}

/** The longest that one read of the cluster may take: az itself waits much longer for an answer that never comes. */
const LONGEST_READ = 120_000;

/**
 * Waits until no operation is in progress on the cluster. A read that fails proves nothing about the operation, so it is
 * logged and repeated until the timeout.
 * @param first what was read just now. Without it this process created the cluster, and Azure will show it.
 * @returns the cluster; undefined when it does not exist, or does not exist any more.
 * @throws {TimedOut} at the timeout.
 */
function settled(
  inputs: Inputs,
  tools: Tools,
  left: Left,
  first?: Shown,
): Promise<ManagedCluster | undefined> {
  const { time, log } = tools;
  let next = first;
  const options = { what: `AKS cluster ${inputs.clusterName}`, timeoutSeconds: left(), time, log };
  const once: Az = (args, more) =>
    tools.az(args, { ...more, once: true, signal: AbortSignal.timeout(LONGEST_READ) });
  return poll<ManagedCluster | undefined>(options, async () => {
    let shown: Shown;
    try {
      shown = next ?? (await show(inputs, once));
    } catch (error) {
      if (error instanceof Interrupted || !(error instanceof Error)) throw error;
      return { state: `its state cannot be read: ${reasonOf(error)}` };
    }
    next = undefined;
    const { cluster } = shown;
    if (!cluster) return first ? { value: undefined } : { state: 'not visible yet' };
    return isSettled(cluster) ? { value: cluster } : { state: cluster.provisioningState };
  });
}

/** @returns in words why the cluster could not be read. */
function reasonOf(error: Error): string {
  const text = error instanceof CommandFailed ? error.errorText : error.message;
  const line = text.split('\n').find(each => each.trim() !== '') ?? 'az printed no error';
  return harmless(bothEnds(line.trim(), 300));
}

/** @returns what happens to an operation that is never aborted, as a sentence. */
function continues(operation: Operation, { clusterName }: Inputs, { log }: Tools): string {
  const sentence = `Azure continues the ${operation === 'create' ? 'creation' : operation} of the cluster.`;
  log.warning(`AKS cluster ${clusterName}: ${sentence}`);
  return sentence;
}

/**
 * Aborts the creation that this process started, and nothing else: the cluster, read at this moment, has this process's
 * own creation-id and is still in state Creating. Azure allows one operation at a time, so that the current operation is
 * this creation.
 * @returns what became of it, as a sentence.
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
      const what = state === 'Creating' ? 'another run creates it' : `its state is "${state}"`;
      log.info(`AKS cluster ${clusterName}: nothing was aborted, because ${what}.`);
      return `Nothing was aborted, because ${what}.`;
    }
    await az(abort, last);
    log.info(`AKS cluster ${clusterName}: Azure was asked to abort its creation.`);
    return 'Azure was asked to abort the creation.';
  } catch (error) {
    reason = error instanceof CommandFailed ? (error.code ?? `exit code ${error.exitCode}`) : 'no answer';
  }
  const goesOn = `its creation could not be aborted (${reason}) and may continue in Azure. If az aks show ${named.join(' ')} --query tags shows ${CREATION_TAG} "${creationId}", end it with: az ${abort.join(' ')}`;
  log.warning(`AKS cluster ${clusterName}: ${goesOn}`);
  return `The cluster: ${goesOn}.`;
}

function withoutEffect(
  operation: Operation,
  cluster: ManagedCluster | undefined,
  inputs: Inputs,
): ActionFailed {
  const state = cluster
    ? `is in state ${cluster.provisioningState}, ${cluster.powerState?.code ?? 'power unknown'}`
    : 'does not exist';
  return new ActionFailed(
    `AKS cluster "${inputs.clusterName}" ${state}, although az aks ${operation} succeeded.`,
    'Another process probably changes the cluster at the same time. Run this step again when it has ended.',
  );
}
