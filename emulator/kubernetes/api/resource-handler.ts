import type { Reply } from '../../http/service.ts';
import type { Authenticator } from './authentication.ts';
import type { Authorizer } from './authorization.ts';
import { bindTo } from './binding.ts';
import { fieldValidation, readObject } from './body.ts';
import { readDeleteOptions } from './deletion.ts';
import { type ApiObject, type Fields, fields, text } from './fields.ts';
import { listObjects, watchObjects } from './list.ts';
import { type LogSource, podLog } from './logs.ts';
import type { ObjectKey, ObjectLifecycle } from './object-lifecycle.ts';
import { readPatch } from './patch/patch.ts';
import { jsonReply } from './replies.ts';
import { deleteBody, objectReply, type ResourceRequest, selectorOf } from './resource-request.ts';
import { apiVersionOf, isStored, type Resource } from './resources.ts';
import { review } from './reviews.ts';
import { scaled, scaleOf } from './scale.ts';
import { badRequest, cause, invalid, methodNotAllowed, noSuchPath } from './status.ts';
import type { Store } from './store.ts';
import type { ServiceAccountTokens } from './tokens.ts';

export interface ResourceHandlerOptions {
  readonly store: Store;
  readonly lifecycle: ObjectLifecycle;
  readonly tokens: ServiceAccountTokens;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly logs: LogSource;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}

/** Kinds that a DELETE returns as an object also if it is removed immediately. Others return a Status. */
const returnsDeleted = ['Pod', 'ServiceAccount'];

/** Answers requests for resources. */
export class ResourceHandler {
  readonly #store: Store;
  readonly #lifecycle: ObjectLifecycle;
  readonly #tokens: ServiceAccountTokens;
  readonly #authenticator: Authenticator;
  readonly #authorizer: Authorizer;
  readonly #logs: LogSource;
  readonly #closing: AbortSignal;

  constructor(options: ResourceHandlerOptions) {
    this.#store = options.store;
    this.#lifecycle = options.lifecycle;
    this.#tokens = options.tokens;
    this.#authenticator = options.authenticator;
    this.#authorizer = options.authorizer;
    this.#logs = options.logs;
    this.#closing = options.closing;
  }

  /** @throws StatusError */
  answer(call: ResourceRequest): Promise<Reply> {
    return call.path.subresource ? this.#answerSubresource(call) : this.#answerObject(call);
  }

  async #answerObject(call: ResourceRequest): Promise<Reply> {
    const { request, query, user, resource, path, verb, change } = call;
    const { namespace, name } = path;
    // Only a list or watch spans namespaces.
    const reads = verb === 'list' || verb === 'watch';
    if (!resource.verbs.includes(verb) || (resource.namespaced && !namespace && !reads))
      throw methodNotAllowed();
    if (verb === 'create') {
      if (name) throw methodNotAllowed();
      const object = this.#read(call, { apiVersion: apiVersionOf(resource), kind: resource.kind });
      if (isStored(resource))
        return jsonReply(await this.#lifecycle.create(resource, namespace, object, change), {}, 201);
      const authenticate = (token: string, audiences: readonly string[]) =>
        this.#authenticator.reviewToken(token, audiences);
      return jsonReply(await review(object, user, { authorizer: this.#authorizer, authenticate }), {}, 201);
    }
    if (verb === 'list') return listObjects(this.#store, call);
    if (verb === 'watch') return watchObjects(this.#store, call, this.#closing);
    if (verb === 'deletecollection') return this.#deleteCollection(call);
    if (!name) throw methodNotAllowed();
    const key: ObjectKey = { resource, name, ...(namespace && { namespace }) };
    if (verb === 'get') return objectReply(call, this.#lifecycle.get(key));
    if (verb === 'delete') {
      const options = readDeleteOptions(resource, deleteBody(request), query, change.warn);
      const { object, gone } = await this.#lifecycle.delete(key, options, change);
      return jsonReply(
        gone && !returnsDeleted.includes(resource.kind) ? deletedStatus(resource, object) : object,
      );
    }
    return jsonReply(await this.#lifecycle.update(key, undefined, this.#changeOf(call, resource), change));
  }

  async #answerSubresource(call: ResourceRequest): Promise<Reply> {
    const { request, query, resource, path, verb, change } = call;
    const subresource = resource.subresources?.find(({ name }) => name === path.subresource);
    if (!subresource || !path.name) throw noSuchPath();
    if (!subresource.verbs.includes(verb)) throw methodNotAllowed();
    const key: ObjectKey = {
      resource,
      name: path.name,
      ...(path.namespace && { namespace: path.namespace }),
    };
    const object = this.#lifecycle.get(key);
    switch (subresource.name) {
      case 'log': {
        const signal = AbortSignal.any([request.signal, this.#closing]);
        const body = await podLog(object, query, this.#logs, signal);
        return { status: 200, headers: { 'content-type': 'text/plain' }, body };
      }
      case 'token': {
        const tokenRequest = this.#read(call, {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
        });
        return jsonReply(await this.#tokens.request(object, tokenRequest), {}, 201);
      }
      case 'binding': {
        const { target } = this.#read(call, { apiVersion: 'v1', kind: 'Binding' });
        await this.#lifecycle.update(key, 'binding', bindTo(text(fields(target).name)), change);
        return jsonReply(
          { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
          {},
          201,
        );
      }
      case 'scale': {
        if (verb === 'get') return jsonReply(scaleOf(object));
        const changeScale = this.#changeOf(call, { group: 'autoscaling', version: 'v1', kind: 'Scale' });
        return jsonReply(
          scaleOf(
            await this.#lifecycle.update(key, undefined, current => scaled(current, changeScale), change),
          ),
        );
      }
      default:
        if (verb === 'get') return objectReply(call, object);
        return jsonReply(
          await this.#lifecycle.update(key, subresource.name, this.#changeOf(call, resource), change),
        );
    }
  }

  #read(
    { request, query, change }: ResourceRequest,
    expected: { apiVersion: string; kind: string },
  ): ApiObject {
    const read = readObject(request, expected, fieldValidation(query));
    read.warnings.forEach(change.warn);
    return read.object;
  }

  /** Returns what derives the new object from the current one: the body of a PUT, or the patch of a PATCH. */
  #changeOf(
    call: ResourceRequest,
    kind: Pick<Resource, 'group' | 'version' | 'kind'>,
  ): (current: ApiObject) => ApiObject {
    if (call.verb === 'patch') {
      const patch = readPatch(call.request, kind, fieldValidation(call.query), call.change.warn);
      return current => sameObject(patch(current), current, kind);
    }
    const object = this.#read(call, { apiVersion: apiVersionOf(kind), kind: kind.kind });
    if (!object.metadata.name)
      throw badRequest(`the name of the object () does not match the name on the URL (${call.path.name})`);
    return () => object;
  }

  async #deleteCollection({ request, query, resource, path, change }: ResourceRequest): Promise<Reply> {
    const options = readDeleteOptions(resource, deleteBody(request), query, change.warn);
    const found = this.#store.list(resource, path.namespace).filter(selectorOf(query, resource));
    const deleted: ApiObject[] = [];
    for (const { metadata } of found) {
      const key = {
        resource,
        name: metadata.name!,
        ...(metadata.namespace && { namespace: metadata.namespace }),
      };
      deleted.push((await this.#lifecycle.delete(key, options, change)).object);
    }
    const metadata = { resourceVersion: String(this.#store.version) };
    return jsonReply({
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata,
      items: deleted,
    });
  }
}

/** @throws StatusError 422 if a patch changes the uid */
function sameObject(
  patched: ApiObject,
  { metadata }: ApiObject,
  { group, kind }: Pick<Resource, 'group' | 'kind'>,
): ApiObject {
  const { uid } = patched.metadata;
  if (uid === undefined || uid === metadata.uid) return patched;
  const immutable = cause.invalid('metadata.uid', uid, 'field is immutable');
  // kube-apiserver checks it in two places, and reports it twice.
  throw invalid(group ? `${kind}.${group}` : kind, metadata.name ?? '', [immutable, immutable]);
}

function deletedStatus({ group, plural }: Resource, { metadata }: ApiObject): Fields {
  const details = { name: metadata.name, ...(group && { group }), kind: plural, uid: metadata.uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
