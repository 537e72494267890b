import { CommandFailed } from '../shared/command.ts';
import { bothEnds, harmless } from '../shared/log.ts';
import type { Tools } from '../shared/tools.ts';
import { clusterOf, type ManagedCluster } from './cluster.ts';
import type { Inputs } from './inputs.ts';

/** What is asked of an event. https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema */
interface FailedEvent {
  operation?: string | null;
  resource?: string | null;
  message?: string | null;
}

const QUERY = '[].{operation: operationName.value, resource: resourceId, message: properties.statusMessage}';
const MOST_EVENTS = 3;
const LONGEST_MESSAGE = 600;

/**
 * Why Azure was slow or failed, from the activity log: what failed of the cluster itself and of its nodes' resource group,
 * where scale sets and load balancers are made. Bounded and harmless; '' when there is nothing, or it cannot be read.
 * @param since earlier events are of no interest
 */
export async function reasonInActivityLog(
  inputs: Inputs,
  since: Date,
  { az }: Pick<Tools, 'az'>,
): Promise<string> {
  const { group, clusterName } = inputs;
  const failedIn = async (resourceGroup: string): Promise<FailedEvent[]> => {
    const period = ['--start-time', since.toISOString(), '--max-events', '20'];
    const log = ['monitor', 'activity-log', 'list', '--resource-group', resourceGroup, '--status', 'Failed'];
    return az<FailedEvent[]>([...log, ...period, '--query', QUERY]).catch(unread);
  };
  const cluster = await az<ManagedCluster>(['aks', 'show', ...clusterOf(inputs)]).catch(unread);
  const nodes = 'id' in cluster && cluster.nodeResourceGroup;
  const [ofGroup, ofNodes] = await Promise.all([failedIn(group.name), nodes ? failedIn(nodes) : []]);
  const isOurs = ({ resource }: FailedEvent) =>
    new RegExp(`/managedClusters/${clusterName}(/|$)`, 'i').test(resource ?? '');
  const reasons = [...ofNodes, ...ofGroup.filter(isOurs)].flatMap(({ operation, message }) =>
    message ? [`${operation}: ${sentence(message)}`] : [],
  );
  const told = [...new Set(reasons)].slice(0, MOST_EVENTS);
  return told.length === 0 ? '' : ` The activity log says:\n${told.map(reason => `- ${reason}`).join('\n')}`;
}

/** The failure is told all the same. */
function unread(error: unknown): [] {
  if (error instanceof CommandFailed) return [];
  throw error;
}

interface AzureError {
  code?: string;
  message?: string;
  details?: AzureError[];
}

/** An event's message is an error as JSON, the cause innermost; or plain text. */
function sentence(message: string): string {
  let text = message;
  try {
    const { error = {} } = JSON.parse(message) as { error?: AzureError };
    let cause = error;
    while (cause.details?.[0]?.message) cause = cause.details[0];
    if (cause.message) text = `${cause.code}: ${cause.message}`;
  } catch {
    // Plain text.
  }
  return harmless(bothEnds(text, LONGEST_MESSAGE)).replaceAll('\n', ' ');
}
