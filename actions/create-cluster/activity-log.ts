import { CommandFailed } from '../shared/command-errors.ts';
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
 * where scale sets and load balancers are made. Bounded and harmless.
 * @param since earlier events are of no interest
 * @returns a sentence to follow that which says what failed; where there is no reason, how to look for it later.
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
    return (await ifReadable(az<FailedEvent[]>([...log, ...period, '--query', QUERY]))) ?? [];
  };
  const cluster = await ifReadable(az<ManagedCluster>(['aks', 'show', ...clusterOf(inputs)]));
  const nodeGroup = cluster?.nodeResourceGroup;
  const [ofGroup, ofNodes] = await Promise.all([failedIn(group.name), nodeGroup ? failedIn(nodeGroup) : []]);
  const isOurs = ({ resource }: FailedEvent) =>
    new RegExp(`/managedClusters/${clusterName}(/|$)`, 'i').test(resource ?? '');
  const reasons = [...ofNodes, ...ofGroup.filter(isOurs)].flatMap(({ operation, message }) =>
    message ? [`- ${operation}: ${sentence(message)}`] : [],
  );
  const told = [...new Set(reasons)].slice(0, MOST_EVENTS);
  if (told.length > 0) return ` The activity log says:\n${told.join('\n')}`;
  return ` The activity log has no reason yet, which may take some minutes: az monitor activity-log list --resource-group ${nodeGroup || group.name} --status Failed`;
}

/** Without what cannot be read, the failure itself is told all the same. */
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

/** An event's message is an error as JSON, the cause innermost; or plain text. */
function sentence(message: string): string {
  let text = message;
  try {
    const said = JSON.parse(message) as AzureError & { error?: AzureError };
    let cause = said.error ?? said;
    while (cause.details?.[0]?.message) cause = cause.details[0];
    if (cause.message) text = `${cause.code}: ${cause.message}`;
  } catch {
    // Plain text.
  }
  return harmless(bothEnds(text, LONGEST_MESSAGE)).replaceAll('\n', ' ');
}
