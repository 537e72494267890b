import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { wholeSeconds } from '../../timestamps.ts';
import type { PodSecurity } from './admission/pod-security/pod-security.ts';
import { admitPod, suffix } from './admission/pods.ts';
import type { Admission, MutatingWebhooks } from './admission/webhooks.ts';
import type { User } from './authorization.ts';
import { setDefaults } from './defaults.ts';
import type { DeleteOptions, Deletion } from './deletion.ts';
import { type ApiObject, type Fields, fields } from './fields.ts';
import { kindOf, type Resource, resource } from './resources.ts';
import { alreadyExists, badRequest, conflict, forbidden, invalid, notFound } from './status.ts';
import type { Store } from './store.ts';
import { validate, validateUpdate } from './validation/validate.ts';

export interface ChangeOptions {
  readonly user: User;
  /** Do everything except storing. */
  readonly dryRun: boolean;
  /** Receives warnings for the client. */
  readonly warn: (text: string) => void;
}

export interface ObjectKey {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name: string;
}

/** Changes objects: admission, defaults, validation, and storage, the same for all kinds. */
export class ObjectLifecycle {
  readonly #store: Store;
  readonly #webhooks: MutatingWebhooks;
  readonly #podSecurity: PodSecurity;
  readonly #deletion: Deletion;

  constructor(store: Store, webhooks: MutatingWebhooks, podSecurity: PodSecurity, deletion: Deletion) {
    this.#store = store;
    this.#webhooks = webhooks;
    this.#podSecurity = podSecurity;
    this.#deletion = deletion;
  }

  /** @throws StatusError 404 */
  get({ resource: type, namespace, name }: ObjectKey): ApiObject {
    const object = this.#store.get(type, namespace, name);
    if (!object) throw notFound(type, name);
    return object;
  }

  /**
   * Stores a new object.
   * @param object changed in place
   * @throws StatusError 400, 403 from admission, 404 for the namespace, 409 if the name exists, 422
   */
  async create(
    type: Resource,
    namespace: string | undefined,
    object: ApiObject,
    change: ChangeOptions,
  ): Promise<ApiObject> {
    if (type.namespaced) this.#enterNamespace(type, namespace!, object);
    if (object.metadata.resourceVersion) {
      throw badRequest('resourceVersion should not be set on objects to be created');
    }
    setDefaults(object);
    if (type.kind === 'Pod') admitPod(this.#store, object);
    const admission: Admission = { operation: 'CREATE', resource: type, object, ...change };
    const admitted = await this.#webhooks.admit(admission);
    // The namespace might be gone after the webhooks.
    if (type.namespaced) this.#enterNamespace(type, namespace!, admitted);
    setDefaults(admitted);
    // A webhook can add containers, which need the same mounts.
    if (type.kind === 'Pod' && admitted !== object) admitPod(this.#store, admitted);

    const created = plain({
      ...admitted,
      ...initialStatus(type, admitted),
      metadata: newMetadata(type, admitted),
    });
    prepareSpec(type, created);
    const causes = validate(type, created);
    const { name = '' } = created.metadata;
    if (causes.length > 0) throw invalid(kindOf(type), name, causes);
    this.#podSecurity.review({ ...admission, object: created }).forEach(change.warn);
    if (this.#store.get(type, namespace, name)) throw alreadyExists(type, name);
    return change.dryRun ? created : this.#store.put(type, created);
  }

  /**
   * Changes an object, or only its `subresource` (`status`, `finalize`, `binding`). Stores nothing if nothing
   * changes.
   * @param make derives the new object from the current one; called again after a concurrent change
   * @throws StatusError 404, 409 for an outdated `resourceVersion`, 422
   */
  async update(
    place: ObjectKey,
    subresource: string | undefined,
    make: (current: ApiObject) => ApiObject,
    change: ChangeOptions,
  ): Promise<ApiObject> {
    const { resource: type, namespace, name } = place;
    while (true) {
      const current = this.get(place);
      const made = make(current);
      this.#checkIdentity(place, made, current);
      const object = structuredClone(allowedPart(subresource, made, current));
      setDefaults(object);
      const admission: Admission = {
        operation: 'UPDATE',
        resource: type,
        object,
        oldObject: current,
        ...change,
        ...(subresource && { subresource }),
      };
      const admitted = await this.#webhooks.admit(admission);
      // Another change came first while the webhooks ran.
      if (this.#store.get(type, namespace, name) !== current) continue;

      prepareSpec(type, admitted);
      const updated = plain({ ...admitted, metadata: keptMetadata(admitted, current) });
      if (isDeepStrictEqual(updated, current)) return current;
      // A binding does not change the desired state.
      if (
        subresource !== 'binding' &&
        type.generation &&
        !isDeepStrictEqual(desired(updated), desired(current))
      ) {
        updated.metadata.generation = (current.metadata.generation ?? 0) + 1;
      }
      // Only a binding is allowed to set the node of a pod.
      const causes =
        subresource === 'binding' ? validate(type, updated) : validateUpdate(type, updated, current);
      if (causes.length > 0) throw invalid(kindOf(type), name, causes);
      this.#podSecurity.review({ ...admission, object: updated }).forEach(change.warn);
      if (change.dryRun) return updated;
      if (this.#deletion.isOver(type, updated)) return this.#store.remove(type, updated);
      return this.#store.put(type, updated);
    }
  }

  /**
   * @returns the object now, and whether it is gone
   * @throws StatusError 403, 404, 409
   */
  async delete(
    place: ObjectKey,
    options: DeleteOptions,
    change: ChangeOptions,
  ): Promise<{ object: ApiObject; gone: boolean }> {
    const before = this.get(place);
    await this.#webhooks.admit({
      operation: 'DELETE',
      resource: place.resource,
      object: before,
      oldObject: before,
      ...change,
    });
    const object = this.get(place);
    return change.dryRun ? { object, gone: true } : this.#deletion.delete(place.resource, object, options);
  }

  /** @throws StatusError 404 or 403 if the namespace does not exist or is terminating */
  #enterNamespace(type: Resource, namespace: string, object: ApiObject): void {
    object.metadata.namespace ||= namespace;
    if (object.metadata.namespace !== namespace) {
      throw badRequest(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    }
    const namespaces = resource('namespaces');
    const found = this.#store.get(namespaces, undefined, namespace);
    if (!found) throw notFound(namespaces, namespace);
    if (found.metadata.deletionTimestamp) {
      const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
      throw forbidden(type, object.metadata.name ?? '', why);
    }
  }

  #checkIdentity(
    { resource: type, namespace, name }: ObjectKey,
    object: ApiObject,
    current: ApiObject,
  ): void {
    const { metadata } = object;
    if (metadata.name !== undefined && metadata.name !== name) {
      throw badRequest(
        `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
      );
    }
    if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
      throw badRequest(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    }
    if (metadata.uid !== undefined && metadata.uid !== current.metadata.uid) {
      const why = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${current.metadata.uid}`;
      throw conflict(type, name, why);
    }
    if (metadata.resourceVersion && metadata.resourceVersion !== current.metadata.resourceVersion) {
      throw conflict(type, name);
    }
  }
}

function newMetadata(type: Resource, { metadata }: ApiObject): ApiObject['metadata'] {
  const { name, generateName, deletionTimestamp: _, deletionGracePeriodSeconds: __, ...rest } = metadata;
  return {
    ...(name || generateName ? { name: name || `${generateName!.slice(0, 58)}${suffix()}` } : {}),
    ...(generateName && { generateName }),
    ...rest,
    uid: randomUUID(),
    creationTimestamp: wholeSeconds(),
    ...(type.generation && { generation: 1 }),
  };
}

/** Restores the metadata that clients are not allowed to change. */
function keptMetadata({ metadata }: ApiObject, { metadata: current }: ApiObject): ApiObject['metadata'] {
  const kept: (keyof typeof current)[] = [
    'name',
    'namespace',
    'generateName',
    'uid',
    'resourceVersion',
    'generation',
  ];
  kept.push('creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds');
  return { ...metadata, ...Object.fromEntries(kept.map(field => [field, current[field]])) };
}

/** A request changes everything except the status. `/status` changes only the status. A binding changes both. */
function allowedPart(subresource: string | undefined, made: ApiObject, current: ApiObject): ApiObject {
  if (subresource === 'binding') return made;
  if (subresource === 'status') {
    const { resourceVersion: _, ...metadata } = current.metadata;
    return { ...current, metadata, status: made.status };
  }
  const { status: _, ...rest } = made;
  return current.status === undefined ? rest : { ...rest, status: current.status };
}

/** The desired state. */
function desired({ metadata: _, status: __, ...rest }: ApiObject): Fields {
  return rest;
}

function initialStatus(type: Resource, object: ApiObject): Fields {
  if (type.kind === 'Pod') return { status: { phase: 'Pending', qosClass: qosClass(object) } };
  // A kubelet registers its node with a status.
  if (type.kind === 'Node' || type.kind === 'Namespace') return {};
  return type.subresources?.some(({ name }) => name === 'status') ? { status: {} } : {};
}

/** @see https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
function qosClass({ spec }: ApiObject): string {
  const containers = ['containers', 'initContainers'].flatMap(
    list => (fields(spec)[list] as Fields[] | undefined) ?? [],
  );
  const resources = containers.map(each => fields(each.resources));
  const named = (part: unknown) => Object.keys(fields(part)).some(key => key === 'cpu' || key === 'memory');
  if (!resources.some(({ requests, limits }) => named(requests) || named(limits))) return 'BestEffort';
  const guaranteed = resources.every(
    ({ requests, limits }) =>
      ['cpu', 'memory'].every(key => fields(limits)[key] !== undefined) &&
      isDeepStrictEqual(fields(requests), fields(limits)),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

/** Changes that some kinds need before storage. @param object changed in place */
function prepareSpec(type: Resource, object: ApiObject): void {
  if (type.kind === 'Secret' && object.stringData) {
    const plainText = Object.entries(fields(object.stringData)).map(([key, value]) => [
      key,
      Buffer.from(String(value)).toString('base64'),
    ]);
    object.data = { ...fields(object.data), ...Object.fromEntries(plainText) };
    delete object.stringData;
  }
  const spec = fields(object.spec);
  if (type.kind === 'Job' && !spec.selector && !spec.manualSelector) {
    const { uid = '', name = '' } = object.metadata;
    const template = fields(spec.template);
    const metadata = fields(template.metadata);
    const both = (suffixes: Fields) =>
      Object.fromEntries(
        Object.entries(suffixes).flatMap(([key, value]) => [
          [key, value],
          [`batch.kubernetes.io/${key}`, value],
        ]),
      );
    spec.selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
    const labels = { ...fields(metadata.labels), ...both({ 'controller-uid': uid, 'job-name': name }) };
    // A job without labels gets the labels of its pods.
    object.metadata.labels ??= labels as Record<string, string>;
    spec.template = {
      ...template,
      metadata: {
        ...metadata,
        labels,
      },
    };
  }
}

/** A copy without undefined fields, and without empty lists and maps in the metadata. */
function plain(object: Fields): ApiObject {
  const copy: ApiObject = JSON.parse(JSON.stringify(object));
  const { metadata } = copy;
  for (const [field, value] of Object.entries(metadata)) {
    if (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
      delete metadata[field];
  }
  return copy;
}
