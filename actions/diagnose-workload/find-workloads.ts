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
  involvedObject?: { namespace?: string; name?: string };
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
  const mayList = <T>(kind: string): Promise<T[] | undefined> =>
    sight.look(`${kind} of the cluster`, () => list<T>(kind));

  const [pods, accounts, ...makers] = await Promise.all([
    list<Pod>('pods'),
    mayList<ServiceAccount>('serviceaccounts'),
    ...MAKERS.map(kind => mayList<Maker>(kind)),
  ]);
  const choice = new Choice(asked, accounts);
  const living = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const podless = makersWithoutPods(
    makers.flatMap(each => each ?? []),
    living,
    choice,
  );
  const events = podless.length > 0 ? ((await mayList<Event>('events')) ?? []) : [];
  const found = [
    ...representatives(living.filter(pod => choice.takesPod(pod))).map(pod => choice.found(ofPod(pod), pod)),
    ...podless.map(maker => ({
      ...choice.found(ofMaker(maker), null),
      events: reasonsOf(maker, events),
    })),
  ];
  const names = new Set(found.map(nameOf));
  const idle = choice.withoutPods().filter(workload => !names.has(nameOf(workload)));
  return [...found, ...idle.map(workload => ({ ...choice.found(workload, null), idle: true }))].sort(
    (one, other) => nameOf(one).localeCompare(nameOf(other)),
  );
}

/** Which workloads are looked at. */
class Choice {
  readonly #asked: readonly Workload[];
  /** By the service account's name; undefined where they could not be seen. */
  readonly #annotations: ReadonlyMap<string, Annotations> | undefined;
  readonly #accounts: readonly Workload[];

  constructor(asked: readonly Workload[], accounts: readonly ServiceAccount[] | undefined) {
    this.#asked = asked;
    this.#accounts = accounts?.map(ofAccount) ?? [];
    this.#annotations =
      accounts && new Map(accounts.map(each => [nameOf(ofAccount(each)), annotationsIn(each)]));
  }

  takes(workload: Workload, labels: Record<string, string> = {}): boolean {
    if (this.#asked.length > 0) return this.#asked.some(each => nameOf(each) === nameOf(workload));
    return labels[USE_LABEL] === 'true' || Boolean(this.#annotationsOf(workload)?.clientId);
  }

  /** A pod that has done its work is looked at only where its workload was asked for. */
  takesPod(pod: Pod): boolean {
    const over = pod.status?.phase === 'Succeeded' && this.#asked.length === 0;
    return !over && this.takes(ofPod(pod), pod.metadata.labels);
  }

  /** Those that are known without any pod: what was asked for, or is annotated. */
  withoutPods(): readonly Workload[] {
    return this.#asked.length > 0 ? this.#asked : this.#accounts.filter(each => this.takes(each));
  }

  found({ namespace, serviceAccount }: Workload, pod: Pod | null): Found {
    const workload = { namespace, serviceAccount };
    return { ...workload, annotations: this.#annotationsOf(workload), pod, idle: false };
  }

  #annotationsOf(workload: Workload): Facts['annotations'] {
    return this.#annotations && (this.#annotations.get(nameOf(workload)) ?? null);
  }
}

/** What wants pods under a service account that has none. */
function makersWithoutPods(makers: readonly Maker[], living: readonly Pod[], choice: Choice): Maker[] {
  const runs = new Set(living.map(pod => nameOf(ofPod(pod))));
  return makers.filter(
    maker =>
      choice.takes(ofMaker(maker), maker.spec.template.metadata?.labels) &&
      !runs.has(nameOf(ofMaker(maker))) &&
      maker.spec.replicas !== 0 &&
      !maker.status?.succeeded,
  );
}

/** Why something has no pod, in the words of its events; those of a deployment are its replica set's. */
function reasonsOf({ metadata: { namespace, name } }: Maker, events: readonly Event[]): string[] {
  return messagesOf(
    events.filter(
      ({ reason, involvedObject }) =>
        reason === 'FailedCreate' &&
        involvedObject?.namespace === namespace &&
        (involvedObject.name === name || involvedObject.name?.startsWith(`${name}-`)),
    ),
  );
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
