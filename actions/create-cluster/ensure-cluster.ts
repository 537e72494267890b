import { type Az, lookUp } from '../shared/az.ts';
import { CommandFailed } from '../shared/command.ts';
import { ActionFailed } from '../shared/failures.ts';
import { Interrupted } from '../shared/interruption.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, renewExpiry, tagArguments } from '../shared/resource-group.ts';
import { poll, retry, TimedOut } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { reasonInActivityLog } from './activity-log.ts';
import { clusterOf, isSettled, type ManagedCluster, type Operation, operationFor } from './cluster.ts';
import type { Inputs } from './inputs.ts';

/** The cluster as it was shown; undefined when there was none. */
interface Shown {
  cluster: ManagedCluster | undefined;
}

async function show(inputs: Inputs, { az }: Pick<Tools, 'az'>): Promise<Shown> {
  return { cluster: await lookUp<ManagedCluster>(az, ['aks', 'show', ...clusterOf(inputs)]) };
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
  if (seen && inputs.create) await renewExpiry(tools.az, inputs.group, seen, log);
  let known: Shown | undefined = { cluster: seen };

  for (;;) {
    // What somebody else begins between our look and our operation is waited for as well; then we look again.
    const options = { what, timeoutSeconds: left(), firstWaitSeconds: 5, transient: inTheWay, time, log };
    const { cluster, begun } = await retry(options, async () => {
      const shown = known ?? (await show(inputs, tools));
      known = undefined;
      const cluster = await settled(inputs, tools, left, shown);
      const next = operationFor(cluster);
      if (next && done.has(next)) throw withoutEffect(next, cluster, inputs);
      if (next) await begin(next, inputs, tools);
      return { cluster, begun: next };
    });
    if (!begun) {
      if (done.has('create')) return created(cluster!);
      return done.size > 0 ? changed(cluster!) : alreadyThere(cluster!);
    }
    done.add(begun);
    known = { cluster: await finish(inputs, tools, left) };
  }
}

/** AKS refuses a second operation while one is in progress, in one of two wordings; az a second cluster of that name. */
function inTheWay(error: unknown): string | undefined {
  if (!(error instanceof CommandFailed)) return undefined;
  if (
    /in progress .*managed cluster operation|managed cluster is in Provisioning State\(\w+ing\)/.test(
      error.stderr,
    )
  )
    return 'another operation on the cluster is in progress';
  if (/The cluster '.*' under resource group '.*' already exists/.test(error.stderr))
    return 'somebody else has just begun to make it';
  return undefined;
}

const WORKLOAD_IDENTITY = ['--enable-oidc-issuer', '--enable-workload-identity'];

/**
 * Starts an operation; it goes on in Azure by itself. Where the step is cancelled meanwhile, Azure may have got it already: a
 * creation is then aborted. What goes on on a cluster that was there may be somebody else's, and is left alone.
 */
async function begin(operation: Operation, inputs: Inputs, tools: Tools): Promise<void> {
  const { az, report } = tools;
  const cluster = clusterOf(inputs);
  if (operation === 'start') return az(['aks', 'start', ...cluster, '--no-wait']);
  if (operation === 'update') return update(inputs, az);

  const { group, create, nodeCount, nodeVmSize, kubernetesVersion } = inputs;
  if (!create) {
    throw new ActionFailed(
      `AKS cluster ${inputs.clusterName} was deleted while this waited for it, and create is false.`,
      'Name a cluster that is there, or let create be true.',
    );
  }
  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  const place = ['--location', group.location, ...tagArguments(group.tags)];
  const nodes = ['--node-count', String(nodeCount), ...(nodeVmSize ? ['--node-vm-size', nodeVmSize] : [])];
  const version = kubernetesVersion ? ['--kubernetes-version', kubernetesVersion] : [];
  const settings = [...place, ...nodes, ...version, ...WORKLOAD_IDENTITY, '--no-ssh-key'];
  try {
    await az(['aks', 'create', ...cluster, ...settings, '--no-wait']);
  } catch (error) {
    if (error instanceof Interrupted) await abortOperation(inputs, tools);
    throw error;
  }
}

async function update(inputs: Inputs, az: Az): Promise<void> {
  const cluster = clusterOf(inputs);
  try {
    await az(['aks', 'update', ...cluster, ...WORKLOAD_IDENTITY, '--no-wait']);
  } catch (error) {
    // az reads the kubelet's identity first, which a creation that ended early has not made.
    if (!(error instanceof CommandFailed) || !/getting kubelet's identity/.test(error.stderr)) throw error;
    throw new ActionFailed(
      `AKS cluster ${inputs.clusterName} was never made far enough to be mended.`,
      `Delete it, which loses nothing that ever ran, and run this again: az aks delete ${cluster.join(' ')} --yes`,
      'https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/troubleshoot-aks-cluster-creation-issues',
    );
  }
}

/** Waits for an operation that we started. It would go on without us: if we stop waiting, it is aborted. */
async function finish(inputs: Inputs, tools: Tools, left: Left): Promise<ManagedCluster> {
  const { clusterName } = inputs;
  // Azure's clock may differ from ours.
  const started = new Date(Date.now() - 60_000);
  let cluster: ManagedCluster;
  try {
    cluster = (await settled(inputs, tools, left))!;
  } catch (error) {
    const ended = await abortOperation(inputs, tools);
    if (!(error instanceof TimedOut)) throw error;
    throw new ActionFailed(
      `${error.message}. ${ended}${await reasonInActivityLog(inputs, started, tools)}`,
      'Run it again, perhaps in another region or with another node-vm-size, or raise timeout-minutes.',
      'https://learn.microsoft.com/azure/aks/manage-abort-operations',
    );
  }
  const { provisioningState: state, status } = cluster;
  if (state === 'Succeeded') return cluster;
  const error = status?.provisioningError;
  const reason = error?.message
    ? ` Azure says: ${error.code}: ${error.message}`
    : await reasonInActivityLog(inputs, started, tools);
  throw new ActionFailed(
    `AKS cluster ${clusterName} is in state ${state}.${reason}`,
    'Put right what Azure names and run this again: it takes the cluster up from there. Or delete it first: az aks delete.',
    'https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/troubleshoot-aks-cluster-creation-issues',
  );
}

/**
 * Waits until nothing is being done to the cluster.
 * @param first what was shown just now. Without it the cluster is one of our own making, and will come to be seen.
 * @returns the cluster; undefined when there is none, or none any more.
 * @throws {TimedOut} at the bound.
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
  return poll<ManagedCluster | undefined>(options, async () => {
    const { cluster } = next ?? (await show(inputs, tools));
    next = undefined;
    if (!cluster) return first ? { value: undefined } : { state: 'not to be seen yet' };
    return isSettled(cluster) ? { value: cluster } : { state: cluster.provisioningState };
  });
}

/** @returns what became of it, as a sentence. */
async function abortOperation(inputs: Inputs, { az, log }: Tools): Promise<string> {
  const command = ['aks', 'operation-abort', ...clusterOf(inputs), '--no-wait'];
  try {
    await az(command, { lastWord: true });
    log.info(`AKS cluster ${inputs.clusterName}: its operation in Azure was told to abort.`);
    return 'The operation was told to abort.';
  } catch {
    const goesOn = `its operation may go on in Azure. To end it: az ${command.join(' ')}`;
    log.warning(`AKS cluster ${inputs.clusterName}: ${goesOn}`);
    return `The operation could not be aborted and may go on in Azure; to end it: az ${command.join(' ')}.`;
  }
}

function withoutEffect(
  operation: Operation,
  cluster: ManagedCluster | undefined,
  inputs: Inputs,
): ActionFailed {
  const state = cluster
    ? `is in state ${cluster.provisioningState}, ${cluster.powerState?.code ?? 'power unknown'}`
    : 'is not there';
  return new ActionFailed(
    `AKS cluster ${inputs.clusterName} ${state}, although az aks ${operation} succeeded.`,
    'Somebody else is changing it at the same time, it seems. Run this again when they are done.',
  );
}
