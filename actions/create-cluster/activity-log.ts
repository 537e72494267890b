import { CommandFailed } from '../shared/command-errors.ts';
import { bothEnds, harmless } from '../shared/log.ts';
import type { Tools } from '../shared/tools.ts';
import { clusterOf, type ManagedCluster } from './cluster.ts';
import type { Inputs } from './inputs.ts';

/** The members of an event that this action reads. https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema */
interface FailedEvent {
  operation?: string | null;
  resource?: string | null;
  message?: string | null;
}

const QUERY = '[].{operation: operationName.value, resource: resourceId, message: properties.statusMessage}';
const MAX_EVENTS = 3;
const MAX_MESSAGE_LENGTH = 600;

/**
 * The events of the node resource group count too: AKS creates scale sets and load balancers there.
 * @returns a sentence that is safe to print: the reason, or the command to read it later.
 */
export async function readReasonInActivityLog(
  inputs: Inputs,
  since: Date,
  { az }: Pick<Tools, 'az'>,
): Promise<string> {
  const { group, clusterName } = inputs;
  const failedIn = async (resourceGroup: string): Promise<FailedEvent[]> => {
    const period = ['--start-time', since.toISOString(), '--max-events', '20'];
    const log = ['monitor', 'activity-log', 'list', '--resource-group', resourceGroup, '--status', 'Failed'];
    return (await ifReadable(az<FailedEvent[]>([...log, ...period, '--query', QUERY]))) ?? [];
  };
  const cluster = await ifReadable(az<ManagedCluster>(['aks', 'show', ...clusterOf(inputs)]));
  const nodeGroup = cluster?.nodeResourceGroup;
  const [ofGroup, ofNodes] = await Promise.all([failedIn(group.name), nodeGroup ? failedIn(nodeGroup) : []]);
  const isOurs = ({ resource }: FailedEvent) =>
    new RegExp(`/managedClusters/${clusterName}(/|$)`, 'i').test(resource ?? '');
  const reasons = [...ofNodes, ...ofGroup.filter(isOurs)].flatMap(({ operation, message }) =>
    message ? [`- ${operation}: ${causeIn(message)}`] : [],
  );
  const shown = [...new Set(reasons)].slice(0, MAX_EVENTS);
  if (shown.length > 0) return ` The activity log shows:\n${shown.join('\n')}`;
  return ` The activity log shows no reason yet. That can take some minutes. To read it later: az monitor activity-log list --resource-group ${nodeGroup || group.name} --status Failed`;
}

/** A log that cannot be read must not hide the failure itself. */
function ifReadable<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch(error => {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  });
}

interface AzureError {
  code?: string;
  message?: string;
  details?: AzureError[];
}

function causeIn(message: string): string {
  let text = message;
  try {
    const parsed = JSON.parse(message) as AzureError & { error?: AzureError };
    let cause = parsed.error ?? parsed;
    while (cause.details?.[0]?.message) cause = cause.details[0];
    if (cause.message) text = `${cause.code}: ${cause.message}`;
  } catch {
    // Plain text.
  }
  return harmless(bothEnds(text, MAX_MESSAGE_LENGTH)).replaceAll('\n', ' ');
}
