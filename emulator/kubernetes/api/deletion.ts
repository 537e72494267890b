import { wholeSeconds } from '../../timestamps.ts';
import type { OwnerReference } from '../objects.ts';
import { type ApiObject, type Fields, fields, text } from './fields.ts';
import { isStored, type Resource, resource, resourceOfKind, resources } from './resources.ts';
import { conflict, forbidden } from './status.ts';
import type { Change, Store } from './store.ts';

export interface DeleteOptions {
  /** Pods only. The default is the pod's grace period. */
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan';
  readonly uid?: string;
  readonly resourceVersion?: string;
}

const foreground = 'foregroundDeletion';
const permanentNamespaces = ['default', 'kube-system', 'kube-public'];

/** Warning for the deletion of a job without a propagation policy. */
export const jobPodsStay =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set ' +
  'propagationPolicy=Orphan to suppress this warning';

/** Reads `DeleteOptions` from the body, then from the query. @param warn receives warnings for the client */
export function readDeleteOptions(
  { kind }: Pick<Resource, 'kind'>,
  body: Fields,
  query: URLSearchParams,
  warn: (text: string) => void,
): DeleteOptions {
  const seconds = body.gracePeriodSeconds ?? query.get('gracePeriodSeconds') ?? undefined;
  const policy = text(body.propagationPolicy) || query.get('propagationPolicy');
  const { uid, resourceVersion } = fields(body.preconditions);
  // Default from before garbage collection:
  // https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/batch/job/strategy.go
  const unsaid = kind === 'Job' && !policy && typeof body.orphanDependents !== 'boolean';
  if (unsaid) warn(jobPodsStay);
  return {
    ...(seconds !== undefined && { gracePeriodSeconds: Number(seconds) }),
    propagationPolicy:
      policy === 'Foreground' || policy === 'Orphan'
        ? policy
        : body.orphanDependents === true || unsaid
          ? 'Orphan'
          : 'Background',
    ...(uid !== undefined && { uid: text(uid) }),
    ...(resourceVersion !== undefined && { resourceVersion: text(resourceVersion) }),
  };
}

/**
 * Deletes pods after their grace period, dependents with their owners, and namespaces with their contents.
 * @see https://kubernetes.io/docs/concepts/architecture/garbage-collection/
 */
export class Deletion {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    // Later, so that watchers receive the event of the owner first.
    store.subscribe(undefined, change => queueMicrotask(() => this.#follow(change)));
  }

  /**
   * Deletes an object, or starts its deletion.
   * @returns the object now, and whether it is gone
   * @throws StatusError 409 for a failed precondition, 403 for a system namespace
   */
  delete(type: Resource, object: ApiObject, options: DeleteOptions): { object: ApiObject; gone: boolean } {
    const { name = '', uid, resourceVersion } = object.metadata;
    if (options.uid !== undefined && options.uid !== uid) {
      throw conflict(
        { group: type.group, plural: type.kind },
        name,
        `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
      );
    }
    if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
      throw conflict(
        { group: type.group, plural: type.kind },
        name,
        `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
      );
    }
    if (type.kind === 'Namespace') return this.#deleteNamespace(type, object);
    if (options.propagationPolicy === 'Orphan') this.#orphanDependents(object);
    const waits = options.propagationPolicy === 'Foreground' && this.#dependents(object).length > 0;
    const finalizers = [...(object.metadata.finalizers ?? [])];
    if (waits && !finalizers.includes(foreground)) finalizers.push(foreground);

    const grace = type.kind === 'Pod' ? gracePeriod(object, options.gracePeriodSeconds) : 0;
    if (grace === 0 && finalizers.length === 0)
      return { object: this.#store.remove(type, object), gone: true };
    const begun = object.metadata.deletionGracePeriodSeconds;
    // A second deletion can shorten the grace period, but not extend it.
    if (object.metadata.deletionTimestamp && grace >= (begun ?? 0) && !waits) return { object, gone: false };
    const going = this.#store.put(type, {
      ...object,
      metadata: {
        ...object.metadata,
        ...(finalizers.length > 0 && { finalizers }),
        deletionTimestamp: wholeSeconds(Date.now() + grace * 1000),
        deletionGracePeriodSeconds: grace,
      },
    });
    if (waits) for (const each of this.#dependents(object)) this.#remove(each, 'Foreground');
    return { object: going, gone: false };
  }

  /** True if a terminating object has nothing left to wait for. */
  isOver(type: Resource, { metadata }: ApiObject): boolean {
    if (!metadata.deletionTimestamp || (metadata.finalizers ?? []).length > 0) return false;
    return type.kind !== 'Namespace' && (metadata.deletionGracePeriodSeconds ?? 0) === 0;
  }

  #deleteNamespace(type: Resource, namespace: ApiObject): { object: ApiObject; gone: boolean } {
    const name = namespace.metadata.name!;
    if (permanentNamespaces.includes(name)) throw forbidden(type, name, 'this namespace may not be deleted');
    if (namespace.metadata.deletionTimestamp) return { object: namespace, gone: false };
    const object = this.#store.put(type, {
      ...namespace,
      metadata: { ...namespace.metadata, deletionTimestamp: wholeSeconds() },
      status: { ...fields(namespace.status), phase: 'Terminating' },
    });
    return { object, gone: false };
  }

  /** Deletes the dependents of a deleted object, and a terminating namespace that is now empty. */
  #follow({ type, resource: changed, object }: Change): void {
    if (changed.kind === 'Namespace' && type === 'MODIFIED' && object.metadata.deletionTimestamp)
      this.#empty(object);
    if (type === 'ADDED') {
      const current = this.#store.get(changed, object.metadata.namespace, object.metadata.name!);
      if (current) this.#collect({ type: changed, object: current });
    }
    if (type !== 'DELETED') return;
    for (const each of this.#dependents(object)) this.#collect(each);
    for (const { apiVersion, kind, name } of object.metadata.ownerReferences ?? []) {
      const owners = resourceOfKind(apiVersion, kind);
      const owner =
        owners && this.#store.get(owners, owners.namespaced ? object.metadata.namespace : undefined, name);
      if (owner) this.#finishForeground(owners, owner);
    }
    const within = object.metadata.namespace;
    const namespace = within ? this.#store.get(resource('namespaces'), undefined, within) : undefined;
    if (namespace?.metadata.deletionTimestamp) this.#empty(namespace);
  }

  #empty(namespace: ApiObject): void {
    const name = namespace.metadata.name!;
    const contents = () =>
      resources
        .filter(type => type.namespaced && isStored(type))
        .flatMap(type => this.#store.list(type, name).map(object => ({ type, object })));
    for (const each of contents())
      if (!each.object.metadata.deletionTimestamp) this.#remove(each, 'Background');
    const namespaces = resource('namespaces');
    const current = this.#store.get(namespaces, undefined, name);
    if (current && contents().length === 0 && (current.metadata.finalizers ?? []).length === 0) {
      this.#store.remove(namespaces, current);
    }
  }

  /** Deletes a dependent without owners. Otherwise removes the references to deleted owners. */
  #collect({ type, object }: { type: Resource; object: ApiObject }): void {
    const owners = object.metadata.ownerReferences ?? [];
    const left = owners.filter(owner => this.#exists(owner, object.metadata.namespace));
    if (owners.length === 0 || left.length === owners.length) return;
    if (left.length === 0) this.#remove({ type, object }, 'Background');
    else this.#store.put(type, { ...object, metadata: { ...object.metadata, ownerReferences: left } });
  }

  #finishForeground(type: Resource, owner: ApiObject): void {
    if (!owner.metadata.finalizers?.includes(foreground) || this.#dependents(owner).length > 0) return;
    const finalizers = owner.metadata.finalizers.filter(each => each !== foreground);
    const rest = { ...owner, metadata: { ...owner.metadata, finalizers } };
    if (this.isOver(type, rest)) this.#store.remove(type, rest);
    else this.#store.put(type, rest);
  }

  #orphanDependents(owner: ApiObject): void {
    for (const { type, object } of this.#dependents(owner)) {
      const ownerReferences = object.metadata.ownerReferences?.filter(
        ({ uid }) => uid !== owner.metadata.uid,
      );
      const { ownerReferences: _, ...metadata } = object.metadata;
      const left = ownerReferences?.length ? { ownerReferences } : {};
      this.#store.put(type, { ...object, metadata: { ...metadata, ...left } });
    }
  }

  #dependents(owner: ApiObject): { type: Resource; object: ApiObject }[] {
    const belongs = ({ metadata }: ApiObject) =>
      metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) ?? false;
    return resources.filter(isStored).flatMap(type =>
      this.#store
        .list(type, owner.metadata.namespace)
        .filter(belongs)
        .map(object => ({ type, object })),
    );
  }

  /** Owners of unknown kinds count as existing. */
  #exists({ apiVersion, kind, name, uid }: OwnerReference, namespace: string | undefined): boolean {
    const type = resourceOfKind(apiVersion, kind);
    if (!type) return true;
    return this.#store.get(type, type.namespaced ? namespace : undefined, name)?.metadata.uid === uid;
  }

  #remove(
    { type, object }: { type: Resource; object: ApiObject },
    propagationPolicy: 'Background' | 'Foreground',
  ): void {
    this.delete(type, object, { propagationPolicy });
  }
}

/** Grace period of a pod in seconds. 0 if the pod does not run. */
function gracePeriod(pod: ApiObject, asked: number | undefined): number {
  const spec = fields(pod.spec);
  const phase = fields(pod.status).phase;
  if (!spec.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  const given = spec.terminationGracePeriodSeconds;
  return Math.max(0, asked ?? (typeof given === 'number' ? given : 30));
}
