import { failedWith } from '../shared/command-errors.ts';
import type { Sight } from '../shared/diagnosis/optional-reads.ts';
import { isReady, type Pod, USE_LABEL } from '../shared/diagnosis/pod.ts';
import { annotationsIn, messagesOf, type ServiceAccount } from '../shared/diagnosis/read-cluster.ts';
import type { Annotations, Facts } from '../shared/diagnosis/workload-state.ts';
import { ActionFailed } from '../shared/failures.ts';
import type { Kubectl } from '../shared/kubectl.ts';
import { nameOf, type Workload } from '../shared/workloads.ts';

/** A workload, and what of it was seen when it was found. */
export interface Found extends Workload, Pick<Facts, 'annotations' | 'pod' | 'events'> {
  /** Whether nothing wants a pod of it: a service account that is annotated, and no more. */
  idle: boolean;
}

/** What makes pods, as the API server holds it; what is used of it. */
interface Maker {
  kind: string;
  metadata: Pick<Pod['metadata'], 'ownerReferences'> & { name: string; namespace: string };
  spec: {
    replicas?: number;
    suspend?: boolean;
    template: { metadata?: { labels?: Record<string, string> }; spec: { serviceAccountName?: string } };
  };
  status?: { succeeded?: number; failed?: number; desiredNumberScheduled?: number };
}

interface Event {
  message?: string;
  reason?: string;
  lastTimestamp?: string | null;
  involvedObject?: { namespace?: string; name?: string };
}

const MAKERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];

/**
 * The workloads that use workload identity, or mean to: a pod is labelled for the webhook, or its service account is
 * annotated. Of pods that one thing made, one stands for all.
 * @param namespace '' is: all of them, or those of the workloads that are asked for.
 * @param asked only these, whether or not they use it; none is: all.
 */
export async function findWorkloads(
  kubectl: Kubectl,
  namespace: string,
  asked: readonly Workload[],
  sight: Sight,
): Promise<Found[]> {
  const namespaces = namespace ? [namespace] : [...new Set(asked.map(each => each.namespace))];
  const scopes = namespaces.map(each => ['--namespace', each]);
  if (scopes.length === 0) scopes.push(['--all-namespaces']);
  const list = async <T>(kind: string): Promise<T[]> => {
    const texts = await Promise.all(
      scopes.map(scope => kubectl(['get', kind, ...scope, '--output', 'json'])),
    );
    return texts.flatMap(text => (JSON.parse(text) as { items: T[] }).items);
  };
  const mayList = <T>(kind: string): Promise<T[] | undefined> =>
    sight.look(`${kind} of the cluster`, () => list<T>(kind));
  const makersOf = async (kind: string): Promise<Maker[]> =>
    ((await mayList<Maker>(`${kind.toLowerCase()}s`)) ?? []).map(maker => ({ ...maker, kind }));

  const [pods, accounts, ...lists] = await Promise.all([
    list<Pod>('pods').catch(mayNotList),
    mayList<ServiceAccount>('serviceaccounts'),
    ...MAKERS.map(makersOf),
  ]);
  const choice = new Choice(asked, accounts);
  const makers = lists.flat();
  const living = pods.filter(isLiving);
  const podless = makersWithoutPods(makers, living, choice);
  const events = podless.length > 0 ? ((await mayList<Event>('events')) ?? []) : [];
  const found = [
    ...representatives(
      living.filter(pod => choice.takes(ofPod(pod), pod.metadata.labels)),
      makers,
    )
      .filter(pod => choice.takesEnded(pod))
      .map(pod => choice.found(ofPod(pod), pod)),
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

/** Without the pods there is nothing to judge. */
function mayNotList(error: unknown): never {
  if (!failedWith(error, 'forbidden')) throw error;
  throw new ActionFailed(
    `The user of the kubeconfig may not list pods here: ${error.errorText}`,
    'Name a namespace that this user may look into (input namespace), or give the user the cluster role view.',
    'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles',
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
  takesEnded({ status }: Pod): boolean {
    return status?.phase !== 'Succeeded' || this.#asked.length > 0;
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

/** A pod that is neither on its way out nor one that ended, such as by eviction, and has a successor. */
function isLiving(pod: Pod): boolean {
  const ended = /^(Failed|Succeeded)$/.test(pod.status?.phase ?? '');
  const replaced = /^(ReplicaSet|StatefulSet|DaemonSet|ReplicationController)$/.test(
    ownerOf(pod)?.kind ?? '',
  );
  return pod.metadata.deletionTimestamp === undefined && !(ended && replaced);
}

/** What wants pods and has none. */
function makersWithoutPods(makers: readonly Maker[], living: readonly Pod[], choice: Choice): Maker[] {
  const have = new Set(living.map(makerOf));
  return makers.filter(
    maker =>
      choice.takes(ofMaker(maker), maker.spec.template.metadata?.labels) &&
      !have.has(placeOf(maker)) &&
      wantsPods(maker),
  );
}

/** Not what is scaled to nothing, held back, done, or failed with pods that are gone. */
function wantsPods({ spec, status }: Maker): boolean {
  const done = status?.succeeded || status?.failed || status?.desiredNumberScheduled === 0;
  return spec.replicas !== 0 && !spec.suspend && !done;
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

/**
 * One pod for each service account and maker: of a job's, or of all jobs of a cron job, the newest, for it is the last
 * attempt; else one that is not ready, if there is one, and of those the newest.
 */
function representatives(pods: readonly Pod[], makers: readonly Maker[]): Pod[] {
  const cronJobOf = new Map<string, string>();
  for (const maker of makers) {
    const owner = ownerOf(maker);
    if (owner?.kind === 'CronJob') cronJobOf.set(placeOf(maker), `CronJob ${owner.name}`);
  }
  const chosen = new Map<string, Pod>();
  const rank = (pod: Pod): string => {
    const worse = ownerOf(pod)?.kind !== 'Job' && !isReady(pod);
    return `${worse ? 1 : 0} ${pod.metadata.creationTimestamp ?? ''}`;
  };
  for (const pod of pods) {
    const maker = makerOf(pod);
    const key = `${nameOf(ofPod(pod))} ${cronJobOf.get(maker) ?? maker}`;
    const other = chosen.get(key);
    if (!other || rank(pod) > rank(other)) chosen.set(key, pod);
  }
  return [...chosen.values()];
}

/** What made a pod: kind, namespace and name. A deployment's replica sets are called after it and the template's hash. */
function makerOf({ metadata }: Pod): string {
  const { namespace = 'default', name, labels } = metadata;
  const owner = ownerOf({ metadata });
  if (!owner) return placeOf({ kind: 'Pod', metadata: { namespace, name } });
  const ending = `-${labels?.['pod-template-hash']}`;
  if (owner.kind === 'ReplicaSet' && owner.name.endsWith(ending))
    return placeOf({
      kind: 'Deployment',
      metadata: { namespace, name: owner.name.slice(0, -ending.length) },
    });
  return placeOf({ kind: owner.kind, metadata: { namespace, name: owner.name } });
}

function placeOf({ kind, metadata }: Pick<Maker, 'kind' | 'metadata'>): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

function ownerOf({
  metadata: { ownerReferences = [] },
}: {
  metadata: Pick<Pod['metadata'], 'ownerReferences'>;
}) {
  return ownerReferences.find(({ controller }) => controller);
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
