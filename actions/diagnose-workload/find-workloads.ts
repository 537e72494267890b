import { failedWith } from '../shared/command-errors.ts';
import type { OptionalReads } from '../shared/diagnosis/optional-reads.ts';
import { isReady, USE_LABEL } from '../shared/diagnosis/pod.ts';
import { eventMessages, identityAnnotations } from '../shared/diagnosis/read-cluster.ts';
import type { IdentityAnnotations, WorkloadState } from '../shared/diagnosis/workload-state.ts';
import { ActionFailed } from '../shared/failures.ts';
import type { Kubectl } from '../shared/kubectl.ts';
import type { ClusterEvent, Controller, Pod, ServiceAccount } from '../shared/kubernetes-objects.ts';
import { nameOf, type Workload } from '../shared/workloads.ts';

/** A workload, and what of it was seen when it was found. */
export interface FoundWorkload extends Workload, Pick<WorkloadState, 'annotations' | 'pod' | 'events'> {
  /** Whether nothing wants a pod of it: a service account that is annotated, and no more. */
  idle: boolean;
}

const CONTROLLER_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];

/**
 * The workloads that use workload identity, or mean to: a pod is labelled for the webhook, or its service account is
 * annotated. Of pods that one thing made, one stands for all.
 * @param namespace '' is: all of them, or those of the workloads that are asked for.
 * @param asked only these, whether or not they use it; none is: all.
 */
export async function findWorkloads(
  kubectl: Kubectl,
  namespace: string,
  requested: readonly Workload[],
  optional: OptionalReads,
): Promise<FoundWorkload[]> {
  const namespaces = namespace ? [namespace] : [...new Set(requested.map(each => each.namespace))];
  const scopes = namespaces.map(each => ['--namespace', each]);
  if (scopes.length === 0) scopes.push(['--all-namespaces']);
  const list = async <T>(kind: string): Promise<T[]> => {
    const texts = await Promise.all(
      scopes.map(scope => kubectl(['get', kind, ...scope, '--output', 'json'])),
    );
    return texts.flatMap(text => (JSON.parse(text) as { items: T[] }).items);
  };
  const listIfAllowed = <T>(kind: string): Promise<T[] | undefined> =>
    optional.readOrNote(`${kind} of the cluster`, () => list<T>(kind));
  const listControllers = async (kind: string): Promise<Controller[]> =>
    ((await listIfAllowed<Controller>(`${kind.toLowerCase()}s`)) ?? []).map(controller => ({
      ...controller,
      kind,
    }));

  const [pods, accounts, ...lists] = await Promise.all([
    list<Pod>('pods').catch(explainForbidden),
    listIfAllowed<ServiceAccount>('serviceaccounts'),
    ...CONTROLLER_KINDS.map(listControllers),
  ]);
  const filter = new WorkloadFilter(requested, accounts);
  const controllers = lists.flat();
  const active = pods.filter(isActive);
  const podless = controllersWithoutPods(controllers, active, filter);
  const events = podless.length > 0 ? ((await listIfAllowed<ClusterEvent>('events')) ?? []) : [];
  const found = [
    ...representatives(
      active.filter(pod => filter.accepts(workloadOfPod(pod), pod.metadata.labels)),
      controllers,
    )
      .filter(pod => filter.acceptsEnded(pod))
      .map(pod => filter.found(workloadOfPod(pod), pod)),
    ...podless.map(controller => ({
      ...filter.found(workloadOfController(controller), null),
      events: creationFailures(controller, events),
    })),
  ];
  const names = new Set(found.map(nameOf));
  const idle = filter.withoutPods().filter(workload => !names.has(nameOf(workload)));
  return [...found, ...idle.map(workload => ({ ...filter.found(workload, null), idle: true }))].sort(
    (one, other) => nameOf(one).localeCompare(nameOf(other)),
  );
}

/** Without the pods there is nothing to judge. */
function explainForbidden(error: unknown): never {
  if (!failedWith(error, 'forbidden')) throw error;
  throw new ActionFailed(
    `The user of the kubeconfig may not list pods here: ${error.errorText}`,
    'Name a namespace that this user may look into (input namespace), or give the user the cluster role view.',
    'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles',
  );
}

/** Which workloads are looked at. */
class WorkloadFilter {
  readonly #requested: readonly Workload[];
  /** By the service account's name; undefined where they could not be seen. */
  readonly #annotations: ReadonlyMap<string, IdentityAnnotations> | undefined;
  readonly #accounts: readonly Workload[];

  constructor(requested: readonly Workload[], accounts: readonly ServiceAccount[] | undefined) {
    this.#requested = requested;
    this.#accounts = accounts?.map(workloadOfAccount) ?? [];
    this.#annotations =
      accounts && new Map(accounts.map(each => [nameOf(workloadOfAccount(each)), identityAnnotations(each)]));
  }

  accepts(workload: Workload, labels: Record<string, string> = {}): boolean {
    if (this.#requested.length > 0) return this.#requested.some(each => nameOf(each) === nameOf(workload));
    return labels[USE_LABEL] === 'true' || Boolean(this.#readAnnotations(workload)?.clientId);
  }

  /** A pod that has done its work is looked at only where its workload was asked for. */
  acceptsEnded({ status }: Pod): boolean {
    return status?.phase !== 'Succeeded' || this.#requested.length > 0;
  }

  /** Those that are known without any pod: what was asked for, or is annotated. */
  withoutPods(): readonly Workload[] {
    return this.#requested.length > 0 ? this.#requested : this.#accounts.filter(each => this.accepts(each));
  }

  found({ namespace, serviceAccount }: Workload, pod: Pod | null): FoundWorkload {
    const workload = { namespace, serviceAccount };
    return { ...workload, annotations: this.#readAnnotations(workload), pod, idle: false };
  }

  #readAnnotations(workload: Workload): WorkloadState['annotations'] {
    return this.#annotations && (this.#annotations.get(nameOf(workload)) ?? null);
  }
}

/** A pod that is neither on its way out nor one that ended, such as by eviction, and has a successor. */
function isActive(pod: Pod): boolean {
  const ended = /^(Failed|Succeeded)$/.test(pod.status?.phase ?? '');
  const replaced = /^(ReplicaSet|StatefulSet|DaemonSet|ReplicationController)$/.test(
    ownerOf(pod)?.kind ?? '',
  );
  return pod.metadata.deletionTimestamp === undefined && !(ended && replaced);
}

/** What wants pods and has none. */
function controllersWithoutPods(
  controllers: readonly Controller[],
  active: readonly Pod[],
  filter: WorkloadFilter,
): Controller[] {
  const have = new Set(active.map(controllerOf));
  return controllers.filter(
    controller =>
      filter.accepts(workloadOfController(controller), controller.spec.template.metadata?.labels) &&
      !have.has(qualifiedName(controller)) &&
      wantsPods(controller),
  );
}

/** Not what is scaled to nothing, held back, done, or failed with pods that are gone. */
function wantsPods({ spec, status }: Controller): boolean {
  const done = status?.succeeded || status?.failed || status?.desiredNumberScheduled === 0;
  return spec.replicas !== 0 && !spec.suspend && !done;
}

/** Why something has no pod, in the words of its events; those of a deployment are its replica set's. */
function creationFailures(
  { metadata: { namespace, name } }: Controller,
  events: readonly ClusterEvent[],
): string[] {
  return eventMessages(
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
function representatives(pods: readonly Pod[], controllers: readonly Controller[]): Pod[] {
  const cronJobOf = new Map<string, string>();
  for (const controller of controllers) {
    const owner = ownerOf(controller);
    if (owner?.kind === 'CronJob') cronJobOf.set(qualifiedName(controller), `CronJob ${owner.name}`);
  }
  const chosen = new Map<string, Pod>();
  const rank = (pod: Pod): string => {
    const worse = ownerOf(pod)?.kind !== 'Job' && !isReady(pod);
    return `${worse ? 1 : 0} ${pod.metadata.creationTimestamp ?? ''}`;
  };
  for (const pod of pods) {
    const controller = controllerOf(pod);
    const key = `${nameOf(workloadOfPod(pod))} ${cronJobOf.get(controller) ?? controller}`;
    const other = chosen.get(key);
    if (!other || rank(pod) > rank(other)) chosen.set(key, pod);
  }
  return [...chosen.values()];
}

/** What made a pod: kind, namespace and name. A deployment's replica sets are called after it and the template's hash. */
function controllerOf({ metadata }: Pod): string {
  const { namespace = 'default', name, labels } = metadata;
  const owner = ownerOf({ metadata });
  if (!owner) return qualifiedName({ kind: 'Pod', metadata: { namespace, name } });
  const ending = `-${labels?.['pod-template-hash']}`;
  if (owner.kind === 'ReplicaSet' && owner.name.endsWith(ending))
    return qualifiedName({
      kind: 'Deployment',
      metadata: { namespace, name: owner.name.slice(0, -ending.length) },
    });
  return qualifiedName({ kind: owner.kind, metadata: { namespace, name: owner.name } });
}

function qualifiedName({ kind, metadata }: Pick<Controller, 'kind' | 'metadata'>): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

function ownerOf({
  metadata: { ownerReferences = [] },
}: {
  metadata: Pick<Pod['metadata'], 'ownerReferences'>;
}) {
  return ownerReferences.find(({ controller }) => controller);
}

function workloadOfPod({ metadata, spec }: Pod): Workload {
  return {
    namespace: metadata.namespace ?? 'default',
    serviceAccount: spec.serviceAccountName ?? 'default',
  };
}

function workloadOfAccount({ metadata: { namespace, name } }: ServiceAccount): Workload {
  return { namespace, serviceAccount: name };
}

function workloadOfController({ metadata: { namespace }, spec }: Controller): Workload {
  return { namespace, serviceAccount: spec.template.spec.serviceAccountName ?? 'default' };
}
