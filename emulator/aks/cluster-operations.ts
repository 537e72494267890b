import { type Operation, type Operations, operationBody, type Poll } from '../arm/operations.ts';
import type { Reply } from '../http/service.ts';
import type { AksContext } from './context.ts';
import { clusterError, operationInProgress } from './errors.ts';
import { type ClusterVerb, clusterVerbs, type Intervention, type Interventions } from './interventions.ts';
import { type ManagedCluster, provisioningStates } from './managed-cluster.ts';

/** As recorded in 2025. */
const operationsVersion = '2025-03-01';
/** Without a charset, as AKS. */
export const plainJson = { 'content-type': 'application/json' };

export class ClusterOperations {
  readonly #context: AksContext;
  readonly #operations: Operations;
  readonly #interventions: Interventions;

  constructor(context: AksContext, operations: Operations, interventions: Interventions) {
    this.#context = context;
    this.#operations = operations;
    this.#interventions = interventions;
  }

  /** @throws ArmError if the intervention rejects the request */
  takeIntervention(verb: ClusterVerb, name: string): Intervention | undefined {
    const intervention = this.#interventions.take(verb, name);
    const { status, code, message } = intervention?.error ?? {};
    if (status !== undefined) throw clusterError(status, code!, message!);
    return intervention;
  }

  start(
    cluster: ManagedCluster,
    verb: ClusterVerb,
    options: {
      /** Milliseconds. */
      readonly takes: number;
      readonly intervention?: Intervention;
      readonly work?: (signal: AbortSignal) => Promise<void>;
      readonly succeeded?: () => void;
    },
  ): Operation {
    const { takes, intervention, work, succeeded } = options;
    const { held, error: failure } = intervention ?? {};
    cluster.state = provisioningStates[verb];
    cluster.failure = undefined;
    cluster.operation = this.#operations.start({
      takes,
      work: async signal => {
        if (held) await this.#interventions.hold(signal);
        if (!failure) await work?.(signal);
      },
      finish: ({ status, error }) => {
        // A failure takes as long as a success.
        if (failure && status === 'Succeeded') throw clusterError(400, failure.code, failure.message);
        cluster.operation = undefined;
        cluster.state = status === 'Succeeded' || status === 'Canceled' ? status : 'Failed';
        cluster.failure = status === 'Failed' ? error : undefined;
        if (status === 'Succeeded') succeeded?.();
        this.#context.log(`aks: ${cluster.name}: ${verb}: ${status}${error ? ` (${error.message})` : ''}`);
      },
    });
    return cluster.operation;
  }

  abort(cluster: ManagedCluster): Operation {
    const { operation: running } = cluster;
    if (!running || cluster.state === 'Deleting') {
      throw clusterError(
        400,
        'OperationNotAllowed',
        'There is no operation in progress that could be aborted.',
      );
    }
    return this.#operations.start({
      takes: 0,
      work: () => {
        running.cancel();
        return running.done;
      },
    });
  }

  accepted(cluster: ManagedCluster, operation: Operation): Reply {
    const path = this.#locationPath(cluster);
    return {
      status: 202,
      headers: {
        ...this.asyncOperation(cluster, operation),
        ...this.#operations.location(operation, `${path}/operationresults`, operationsVersion),
      },
    };
  }

  asyncOperation(
    cluster: ManagedCluster,
    operation: Operation,
    statusOf: (operation: Operation) => string = ({ status }) => status,
  ): Record<string, string> {
    const path = `${this.#locationPath(cluster)}/operations`;
    return this.#operations.asyncOperation(operation, path, operationsVersion, plainPoll(statusOf));
  }

  #locationPath({ location }: ManagedCluster): string {
    return `/subscriptions/${this.#context.subscriptionId}/providers/Microsoft.ContainerService/locations/${location}`;
  }
}

/** @throws ArmError 409 */
export function rejectWhileBusy({ state, operation }: ManagedCluster): void {
  if (!operation) return;
  const verb = clusterVerbs.find(each => provisioningStates[each] === state)!;
  throw operationInProgress(verb, operation);
}

/** As recorded in 2025. */
export function creationStatus(milliseconds: number): (operation: Operation) => string {
  const stages = ['ProvisioningControlPlane', 'ReconcilingDNS', 'ReconcilingAddons'] as const;
  return operation => {
    if (operation.status !== 'InProgress') return operation.status;
    const part = (Date.now() - operation.startTime.getTime()) / milliseconds;
    return stages[Math.min(stages.length - 1, Math.floor(part * stages.length))]!;
  };
}

function plainPoll(statusOf: (operation: Operation) => string): Poll {
  return operation => {
    const { status, body } = operationBody(operation);
    return { status, body: { ...body, status: statusOf(operation) }, headers: plainJson };
  };
}
