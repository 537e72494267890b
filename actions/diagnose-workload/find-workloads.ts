import { failedWith } from '../shared/command-errors.ts';
import type { OptionalReads } from '../shared/diagnosis/optional-reads.ts';
import { isReady, USE_LABEL } from '../shared/diagnosis/pod.ts';
import { eventMessages, identityAnnotations } from '../shared/diagnosis/read-cluster.ts';
import type { IdentityAnnotations, WorkloadState } from '../shared/diagnosis/workload-state.ts';
import { ActionFailed } from '../shared/failures.ts';
import type { Kubectl } from '../shared/kubectl.ts';
import type { ClusterEvent, Controller, Pod, ServiceAccount } from '../shared/kubernetes-objects.ts';
import { nameOf, type Workload } from '../shared/workloads.ts';

/** A workload, and the part of its state that the search has read. */
export interface FoundWorkload extends Workload, Pick<WorkloadState, 'annotations' | 'pod' | 'events'> {
  /** True for an annotated service account that no pod or controller uses. */
  idle: boolean;
}

const CONTROLLER_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];

/**
 * One pod represents all pods of a controller.
 * @param namespace '' means the namespaces of the requested workloads, or all.
 * @param requested only these, even if they do not use workload identity; empty means all that do.
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

function explainForbidden(error: unknown): never {
  if (!failedWith(error, 'forbidden')) throw error;
  throw new ActionFailed(
    `The user of the kubeconfig is not allowed to list pods: ${error.errorText}`,
    'Set the input namespace to a namespace in which this user is allowed to list pods, or bind the cluster role view to the user:\nkubectl create rolebinding lab-view --clusterrole view --user USER --namespace NAMESPACE',
    'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles',
  );
}

class WorkloadFilter {
  readonly #requested: readonly Workload[];
  /** By service account; undefined if the caller is not allowed to list them. */
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

  acceptsEnded({ status }: Pod): boolean {
    return status?.phase !== 'Succeeded' || this.#requested.length > 0;
  }

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

/** True unless the pod is being deleted, or ended (for example by eviction) and its controller replaces it. */
function isActive(pod: Pod): boolean {
  const ended = /^(Failed|Succeeded)$/.test(pod.status?.phase ?? '');
  const replaced = /^(ReplicaSet|StatefulSet|DaemonSet|ReplicationController)$/.test(
    ownerOf(pod)?.kind ?? '',
  );
  return pod.metadata.deletionTimestamp === undefined && !(ended && replaced);
}

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
      needsPods(controller),
  );
}

function needsPods({ spec, status }: Controller): boolean {
  const done = status?.succeeded || status?.failed || status?.desiredNumberScheduled === 0;
  return spec.replicas !== 0 && !spec.suspend && !done;
}

/** The events of a deployment are on its replica set. */
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

/** For a job or cron job: the newest pod, which is the last attempt. Otherwise the newest of those that are not ready. */
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

/** A deployment's replica sets have its name and the template's hash. */
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
