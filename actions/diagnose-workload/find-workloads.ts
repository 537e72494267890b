import type { Annotations, Facts } from '../shared/diagnosis/facts.ts';
import { annotationsIn, messagesOf, type ServiceAccount } from '../shared/diagnosis/look-at-cluster.ts';
import { isReady, type Pod, USE_LABEL } from '../shared/diagnosis/pod.ts';
import type { Sight } from '../shared/diagnosis/sight.ts';
import type { Kubectl } from '../shared/kubectl.ts';
import { nameOf, type Workload } from '../shared/workloads.ts';

/** A workload, and what of it was seen when it was found. */
export interface Found extends Workload, Pick<Facts, 'annotations' | 'pod' | 'events'> {
  /** Whether nothing wants a pod of it: a service account that is annotated, and no more. */
  idle: boolean;
}

/** What makes pods, as the API server holds it; what is used of it. */
interface Maker {
  metadata: { name: string; namespace: string };
  spec: {
    replicas?: number;
    template: { metadata?: { labels?: Record<string, string> }; spec: { serviceAccountName?: string } };
  };
  status?: { succeeded?: number };
}

interface Event {
  message?: string;
  reason?: string;
  lastTimestamp?: string | null;
  involvedObject?: { name?: string };
}

const MAKERS = ['deployments', 'statefulsets', 'daemonsets', 'jobs'];

/**
 * The workloads that use workload identity, or mean to: a pod is labelled for the webhook, or its service account is
 * annotated. Of pods that one thing made, the worst and newest stands for all.
 * @param scope kubectl's options: one namespace, or all.
 * @param asked only these, whether or not they use it; none is: all.
 */
export async function findWorkloads(
  kubectl: Kubectl,
  scope: readonly string[],
  asked: readonly Workload[],
  sight: Sight,
): Promise<Found[]> {
  const list = async <T>(kind: string): Promise<T[]> => {
    const text = await kubectl(['get', kind, ...scope, '--output', 'json']);
    return (JSON.parse(text) as { items: T[] }).items;
  };
  const may = async <T>(kind: string): Promise<T[]> =>
    (await sight.look(`${kind} of the cluster`, () => list<T>(kind))) ?? [];

  const [pods, accounts] = await Promise.all([list<Pod>('pods'), list<ServiceAccount>('serviceaccounts')]);
  const annotations = new Map(accounts.map(each => [nameOf(ofAccount(each)), annotationsIn(each)]));
  const names = asked.map(nameOf);
  const wanted = (workload: Workload, labels: Record<string, string> = {}): boolean =>
    asked.length > 0
      ? names.includes(nameOf(workload))
      : labels[USE_LABEL] === 'true' || Boolean(annotations.get(nameOf(workload))?.clientId);

  const living = pods.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined && (asked.length > 0 || status?.phase !== 'Succeeded'),
  );
  const used = living.filter(pod => wanted(ofPod(pod), pod.metadata.labels));
  const found: Found[] = representatives(used).map(pod => foundAs(ofPod(pod), annotations, pod));

  const runs = new Set(living.map(pod => nameOf(ofPod(pod))));
  const makers = (await Promise.all(MAKERS.map(kind => may<Maker>(kind)))).flat();
  const waiting = makers.filter(
    maker =>
      wanted(ofMaker(maker), maker.spec.template.metadata?.labels) &&
      !runs.has(nameOf(ofMaker(maker))) &&
      maker.spec.replicas !== 0 &&
      !maker.status?.succeeded,
  );
  const events = waiting.length > 0 ? await may<Event>('events') : [];
  for (const maker of waiting) {
    const said = events.filter(
      ({ reason, involvedObject }) =>
        reason === 'FailedCreate' && involvedObject?.name?.startsWith(maker.metadata.name),
    );
    found.push({ ...foundAs(ofMaker(maker), annotations, null), events: messagesOf(said) });
  }

  const seen = new Set(found.map(nameOf));
  const idle = [...accounts.map(ofAccount), ...asked].filter(
    each => wanted(each) && !seen.has(nameOf(each)) && seen.add(nameOf(each)),
  );
  found.push(...idle.map(each => ({ ...foundAs(each, annotations, null), idle: true })));
  return found.sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
}

function foundAs(workload: Workload, annotations: ReadonlyMap<string, Annotations>, pod: Pod | null): Found {
  return { ...workload, annotations: annotations.get(nameOf(workload)) ?? null, pod, idle: false };
}

/** One pod for each service account and maker: one that is not ready, if there is one, and of those the newest. */
function representatives(pods: readonly Pod[]): Pod[] {
  const chosen = new Map<string, Pod>();
  const rank = (pod: Pod): string => `${isReady(pod) ? 0 : 1} ${pod.metadata.creationTimestamp ?? ''}`;
  for (const pod of pods) {
    const key = `${nameOf(ofPod(pod))} ${makerOf(pod)}`;
    const other = chosen.get(key);
    if (!other || rank(pod) > rank(other)) chosen.set(key, pod);
  }
  return [...chosen.values()];
}

/** What made a pod. A deployment makes its pods through a replica set, whose name ends with the template's hash. */
function makerOf({ metadata: { name, labels, ownerReferences = [] } }: Pod): string {
  const owner = ownerReferences.find(({ controller }) => controller);
  if (!owner) return `Pod ${name}`;
  const hash = labels?.['pod-template-hash'];
  return `${owner.kind} ${hash ? owner.name.replace(`-${hash}`, '') : owner.name}`;
}

function ofPod({ metadata, spec }: Pod): Workload {
  return {
    namespace: metadata.namespace ?? 'default',
    serviceAccount: spec.serviceAccountName ?? 'default',
  };
}

function ofAccount({ metadata: { namespace, name } }: ServiceAccount): Workload {
  return { namespace, serviceAccount: name };
}

function ofMaker({ metadata: { namespace }, spec }: Maker): Workload {
  return { namespace, serviceAccount: spec.template.spec.serviceAccountName ?? 'default' };
}
