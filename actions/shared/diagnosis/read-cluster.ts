import { getObject, type Kubectl } from '../kubectl.ts';
import { claimsOf } from './claims.ts';
import type { Sight } from './optional-reads.ts';
import { type Pod, TOKEN_FILE, variable } from './pod.ts';
import type { Annotations, Facts, Target } from './workload-state.ts';

/** Name by which AKS registers the webhook. https://azure.github.io/azure-workload-identity/docs/installation.html */
const WEBHOOK = 'azure-wi-webhook-mutating-webhook-configuration';

/**
 * Looks at the service account, the pod, its events, and the webhook where the pod was not mutated. What is known
 * already is not looked at again.
 */
export async function lookAtCluster(facts: Facts, kubectl: Kubectl, sight: Sight): Promise<Facts> {
  const { target } = facts;
  const [annotations, pod, events] = await Promise.all([
    facts.annotations ?? sight.look('the service account', () => annotationsOf(kubectl, target)),
    facts.pod || !target.podName ? facts.pod : sight.look('the pod', () => podOf(kubectl, target)),
    facts.events ?? sight.look('the events', () => eventsOf(kubectl, target)),
  ]);
  const mutated = pod && variable(pod, TOKEN_FILE) !== undefined;
  const webhook =
    pod && !mutated ? await sight.look('the webhook', () => hasWebhook(kubectl)) : facts.webhook;
  return { ...facts, annotations, pod, events, webhook };
}

/** Looks at what the service account's tokens say. */
export async function lookAtClaims(facts: Facts, kubectl: Kubectl, sight: Sight): Promise<Facts> {
  return { ...facts, claims: await claimsOf(facts.target, facts.pod, kubectl, sight) };
}

/** What a service account says of its identity; null where there is no such account. */
export async function annotationsOf(
  kubectl: Kubectl,
  { namespace, serviceAccount }: Pick<Target, 'namespace' | 'serviceAccount'>,
): Promise<Annotations | null> {
  const account = await getObject<ServiceAccount>(kubectl, 'serviceaccount', serviceAccount, namespace);
  return account ? annotationsIn(account) : null;
}

/** A service account as the API server holds it; what is used of it. */
export interface ServiceAccount {
  metadata: { name: string; namespace: string; annotations?: Record<string, string> };
}

/** https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html */
export function annotationsIn({ metadata: { annotations = {} } }: ServiceAccount): Annotations {
  return {
    clientId: annotations['azure.workload.identity/client-id'] ?? '',
    tenantId: annotations['azure.workload.identity/tenant-id'] ?? '',
  };
}

async function podOf(kubectl: Kubectl, { podName, namespace }: Target): Promise<Pod | null> {
  return (await getObject<Pod>(kubectl, 'pod', podName, namespace)) ?? null;
}

async function hasWebhook(kubectl: Kubectl): Promise<boolean> {
  return (await getObject(kubectl, 'mutatingwebhookconfigurations', WEBHOOK)) !== undefined;
}

interface Event {
  message?: string;
  lastTimestamp?: string | null;
  eventTime?: string | null;
}

/** The messages of the pod's events, the oldest first. */
async function eventsOf(kubectl: Kubectl, { podName, namespace }: Target): Promise<string[]> {
  if (!podName) return [];
  const text = await kubectl([
    ...['get', 'events', '--namespace', namespace, '--output', 'json'],
    ...['--field-selector', `involvedObject.kind=Pod,involvedObject.name=${podName}`],
  ]);
  return messagesOf((JSON.parse(text) as { items: Event[] }).items);
}

/** The messages of events, the oldest first. */
export function messagesOf(events: readonly Event[]): string[] {
  const when = (event: Event): string => event.lastTimestamp ?? event.eventTime ?? '';
  return events
    .toSorted((one, other) => when(one).localeCompare(when(other)))
    .map(event => event.message ?? '');
}
