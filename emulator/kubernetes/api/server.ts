import { isDeepStrictEqual } from 'node:util';
import type { GenerateKeyPairResult, JSONWebKeySet } from 'jose';
import { isObject } from '../../http/json.ts';
import type { Reply, Request, Service } from '../../http/service.ts';
import { timestamp } from '../timestamp.ts';
import { PodSecurity } from './admission/pod-security/pod-security.ts';
import { MutatingWebhooks, type WebhookRequest, type WebhookResponse } from './admission/webhooks.ts';
import {
  type Attributes,
  Authorizer,
  type Decision,
  denial,
  type ExternalAuthority,
  type Grant,
  type User,
} from './authorization.ts';
import { fieldValidation, parseJsonText, readObject } from './body.ts';
import { Deletion, readDeleteOptions } from './deletion.ts';
import { apiGroup, apiGroups, apiResources, apiVersions } from './discovery.ts';
import { type ApiObject, type Fields, fields, items, text } from './fields.ts';
import { type LogSource, podLog } from './logs.ts';
import { type ChangeOptions, type ObjectKey, ObjectLifecycle } from './object-lifecycle.ts';
import { openApiDocument, openApiIndex, openApiV2, openApiV2MediaType } from './openapi.ts';
import { readPatch } from './patch/patch.ts';
import { attributesOf, isTrue, parsePath, type ResourcePath, verbOf } from './resource-path.ts';
import { apiVersionOf, findResource, isStored, type Resource, type Verb } from './resources.ts';
import { review } from './reviews.ts';
import { parseFieldSelector, parseLabelSelector, type Selector } from './selectors.ts';
import {
  badRequest,
  cause,
  conflict,
  forbidden,
  invalid,
  methodNotAllowed,
  noSuchPath,
  StatusError,
  unauthorized,
} from './status.ts';
import { Store } from './store.ts';
import { createSystemObjects } from './system-objects.ts';
import { type IncludeObject, table } from './table/table.ts';
import { digest, InvalidToken, ServiceAccountTokens } from './tokens.ts';
import { watch } from './watch.ts';

export type { WebhookRequest, WebhookResponse } from './admission/webhooks.ts';
export type { Attributes, Decision, ExternalAuthority, Grant, PolicyRule, User } from './authorization.ts';
export type { ContainerLog, LogLine, LogQuery, LogSource } from './logs.ts';

export interface ApiServerOptions {
  /** `https://LOCATION.oic.prod-aks.azure.com/TENANT/GUID/`: issuer of service-account tokens, and their default audience. */
  readonly issuer: string;
  /** `1.35.8`, without `v`. */
  readonly kubernetesVersion: string;
  /** PEM; given to pods in the ConfigMap `kube-root-ca.crt` of every namespace. */
  readonly caCertificate: string;
  /** Bearer tokens that are no service-account JWTs, and whom they stand for. */
  readonly tokens: ReadonlyMap<string, User>;
  /** What users and groups may do beside the built-in rules (masters, nodes, discovery, reviews of oneself). */
  readonly grants?: readonly Grant[];
  /** Who else may sign in, where anybody may. */
  readonly outside?: ExternalAuthority;
  /** The RSA key pair of service-account tokens; a new one where none is given. */
  readonly keys?: GenerateKeyPairResult;
  /** Where the logs of containers come from. */
  readonly logs: LogSource;
  /** How admission webhooks are called, `https://SERVICE.NAMESPACE.svc:PORT/…` included. */
  readonly fetch: (url: string, init: WebhookRequest) => Promise<WebhookResponse>;
}

/** A request for a resource, with all that is known before it is answered. */
interface Call {
  readonly request: Request;
  readonly query: URLSearchParams;
  readonly user: User;
  readonly resource: Resource;
  readonly path: ResourcePath;
  readonly change: ChangeOptions;
  /** What the client is to be warned of, in `Warning` headers. */
  readonly warnings: string[];
}

/**
 * A Kubernetes API server in memory. Namespaces `default`, `kube-system`, `kube-public` and `kube-node-lease` exist from
 * the start, and every namespace has its ServiceAccount `default` and ConfigMap `kube-root-ca.crt`.
 */
export class ApiServer {
  /** Answers for `https://{fqdn}`. */
  readonly service: Service;
  readonly #options: ApiServerOptions;
  readonly #store: Store;
  readonly #tokens: ServiceAccountTokens;
  readonly #users: ReadonlyMap<string, User>;
  readonly #authorizer: Authorizer;
  readonly #lifecycle: ObjectLifecycle;
  readonly #closing = new AbortController();

  private constructor(options: ApiServerOptions, store: Store, tokens: ServiceAccountTokens) {
    this.#options = options;
    this.#store = store;
    this.#tokens = tokens;
    this.#users = new Map([...options.tokens].map(([token, user]) => [digest(token), authenticated(user)]));
    this.#authorizer = new Authorizer(options.grants, options.outside);
    const deletion = new Deletion(store);
    const webhooks = new MutatingWebhooks(store, options.fetch);
    const podSecurity = new PodSecurity(store, options.kubernetesVersion);
    this.#lifecycle = new ObjectLifecycle(store, webhooks, podSecurity, deletion);
    createSystemObjects(store, options.caCertificate);
    this.service = request => this.#answer(request);
  }

  /** A server with nothing but what every cluster has. */
  static async create(options: ApiServerOptions): Promise<ApiServer> {
    const store = new Store();
    return new ApiServer(
      options,
      store,
      await ServiceAccountTokens.create(options.issuer, store, options.keys),
    );
  }

  /** The public keys of service-account tokens that verify at this moment, for the issuer's JWKS. */
  get jwks(): JSONWebKeySet {
    return this.#tokens.jwks;
  }

  /** Signs service-account tokens with a new key; the one before verifies for a day, or until the next rotation. */
  rotateSigningKeys(): Promise<void> {
    return this.#tokens.rotate();
  }

  /** Ends every watch and every log that is still followed. */
  close(): void {
    this.#closing.abort();
  }

  async #answer(request: Request): Promise<Reply> {
    try {
      const user = this.#impersonated(request, await this.#authenticate(request));
      const asked = attributesOf(request.method, request.url);
      this.#require(user, asked);
      const path = parsePath(request.url.pathname);
      return path ? await this.#answerResource(request, path, user) : this.#answerOther(request);
    } catch (error) {
      if (error instanceof StatusError) return error.reply();
      throw error;
    }
  }

  /** @throws StatusError 401. Nobody is anonymous here: AKS does not allow it. */
  async #authenticate({ headers }: Request): Promise<User> {
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (!token) throw unauthorized();
    const known = this.#users.get(digest(token));
    if (known) return known;
    const outside = await this.#options.outside?.authenticate(token);
    if (outside) return authenticated(outside);
    try {
      return (await this.#tokens.verify(token)).user;
    } catch (error) {
      if (error instanceof InvalidToken) throw unauthorized();
      throw error;
    }
  }

  /** @throws StatusError 403 */
  #require(user: User, asked: Attributes): void {
    const decision = this.#authorizer.decide(user, asked);
    if (!decision.allowed) throw refusal(user, asked, decision);
  }

  /** Whom `kubectl --as` speaks for. @throws StatusError 403 where that is not allowed */
  #impersonated({ headers }: Request, user: User): User {
    const name = headers['impersonate-user'];
    if (typeof name !== 'string') return user;
    const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
    const asked: Attributes = account
      ? { verb: 'impersonate', group: '', resource: 'serviceaccounts', namespace, name: account }
      : { verb: 'impersonate', group: '', resource: 'users', name };
    const given = [headers['impersonate-group'] ?? []].flat().flatMap(each => each.split(', '));
    const groups = given.map(
      (group): Attributes => ({ verb: 'impersonate', group: '', resource: 'groups', name: group }),
    );
    for (const each of [asked, ...groups]) this.#require(user, each);
    if (account) given.push('system:serviceaccounts', `system:serviceaccounts:${namespace}`);
    return authenticated({ name, groups: given });
  }

  /** What is at no resource's address. */
  #answerOther({ method, url }: Request): Reply {
    const { pathname } = url;
    // What is not below the API itself is answered by another part of the server.
    const known = /^\/(apis?|openapi|openid|version|healthz|livez|readyz)(\/|$)/.test(pathname);
    if (!known) return plainText('404 page not found\n', 404);
    if (method !== 'GET') throw noSuchPath();
    const [, root, group, version] = pathname.split('/');
    if (pathname === '/version' || pathname === '/version/') return json(this.#version());
    if (/^\/(healthz|livez|readyz)$/.test(pathname)) return plainText('ok');
    if (pathname === '/api') return json(apiVersions);
    if (pathname === '/apis') return json(apiGroups());
    if (pathname === '/api/v1') return json(apiResources('v1')!);
    if (pathname === '/openid/v1/jwks')
      return json(this.jwks, { 'content-type': 'application/jwk-set+json' });
    if (pathname === '/openapi/v2') {
      return { status: 200, headers: { 'content-type': openApiV2MediaType }, body: openApiV2 };
    }
    if (pathname === '/openapi/v3') return json(openApiIndex());
    if (pathname.startsWith('/openapi/v3/')) return openApi(url);
    const found =
      root === 'apis' && group
        ? version
          ? apiResources(`${group}/${version}`)
          : apiGroup(group)
        : undefined;
    if (!found) throw noSuchPath();
    return json(found);
  }

  #version(): Fields {
    const [major, minor] = this.#options.kubernetesVersion.split('.');
    return {
      major,
      minor,
      gitVersion: `v${this.#options.kubernetesVersion}`,
      gitTreeState: 'clean',
      goVersion: 'go1.25',
      compiler: 'gc',
      platform: 'linux/amd64',
    };
  }

  async #answerResource(request: Request, path: ResourcePath, user: User): Promise<Reply> {
    const resource = findResource(path.group, path.version, path.resource);
    if (!resource || (path.namespace !== undefined && !resource.namespaced)) throw noSuchPath();
    const query = request.url.searchParams;
    const verb = verbOf(request.method, path, query) as Verb;
    const warnings: string[] = [];
    const warn = (text: string) => {
      if (!warnings.includes(text)) warnings.push(text);
    };
    const change = { user, dryRun: isDryRun(query, verb), warn };
    const call: Call = { request, query, user, resource, path, change, warnings };
    const reply = path.subresource ? await this.#subresource(call, verb) : await this.#whole(call, verb);
    if (call.warnings.length === 0) return reply;
    const warning = call.warnings.map(each => `299 - ${JSON.stringify(each)}`);
    return { ...reply, headers: { ...reply.headers, warning } };
  }

  async #whole(call: Call, verb: Verb): Promise<Reply> {
    const { request, query, user, resource, path, change } = call;
    const { namespace, name } = path;
    // Lists go across namespaces; everything else that has a namespace is in one.
    const reads = verb === 'list' || verb === 'watch';
    if (!resource.verbs.includes(verb) || (resource.namespaced && !namespace && !reads))
      throw methodNotAllowed();
    if (verb === 'create') {
      if (name) throw methodNotAllowed();
      const object = this.#read(call, { apiVersion: apiVersionOf(resource), kind: resource.kind });
      if (isStored(resource))
        return json(await this.#lifecycle.create(resource, namespace, object, change), {}, 201);
      const authenticate = (token: string, audiences: readonly string[]) => this.#review(token, audiences);
      return json(await review(object, user, { authorizer: this.#authorizer, authenticate }), {}, 201);
    }
    if (verb === 'list') return this.#list(call);
    if (verb === 'watch') return this.#watch(call);
    if (verb === 'deletecollection') return this.#deleteCollection(call);
    if (!name) throw methodNotAllowed();
    const place: ObjectKey = { resource, name, ...(namespace && { namespace }) };
    if (verb === 'get') return this.#shown(call, this.#lifecycle.get(place));
    if (verb === 'delete') {
      const options = readDeleteOptions(resource, deleteBody(request), query, change.warn);
      const { object, gone } = await this.#lifecycle.delete(place, options, change);
      return json(gone && !returnsDeleted.includes(resource.kind) ? deletedStatus(resource, object) : object);
    }
    return json(await this.#lifecycle.update(place, undefined, this.#maker(call, verb, resource), change));
  }

  async #subresource(call: Call, verb: Verb): Promise<Reply> {
    const { request, query, resource, path, change } = call;
    const subresource = resource.subresources?.find(({ name }) => name === path.subresource);
    if (!subresource || !path.name) throw noSuchPath();
    if (!subresource.verbs.includes(verb)) throw methodNotAllowed();
    const place: ObjectKey = {
      resource,
      name: path.name,
      ...(path.namespace && { namespace: path.namespace }),
    };
    const object = this.#lifecycle.get(place);
    switch (subresource.name) {
      case 'log': {
        const signal = AbortSignal.any([request.signal, this.#closing.signal]);
        const body = await podLog(object, query, this.#options.logs, signal);
        return { status: 200, headers: { 'content-type': 'text/plain' }, body };
      }
      case 'token': {
        const asked = this.#read(call, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' });
        return json(await this.#tokens.request(object, asked), {}, 201);
      }
      case 'binding': {
        const { target } = this.#read(call, { apiVersion: 'v1', kind: 'Binding' });
        await this.#lifecycle.update(place, 'binding', bind(text(fields(target).name)), change);
        return json(
          { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
          {},
          201,
        );
      }
      case 'scale': {
        if (verb === 'get') return json(scaleOf(object));
        const make = this.#maker(call, verb, { group: 'autoscaling', version: 'v1', kind: 'Scale' });
        return json(
          scaleOf(await this.#lifecycle.update(place, undefined, current => scaled(current, make), change)),
        );
      }
      default:
        if (verb === 'get') return this.#shown(call, object);
        return json(
          await this.#lifecycle.update(place, subresource.name, this.#maker(call, verb, resource), change),
        );
    }
  }

  #read({ request, query, change }: Call, expected: { apiVersion: string; kind: string }): ApiObject {
    const read = readObject(request, expected, fieldValidation(query));
    read.warnings.forEach(change.warn);
    return read.object;
  }

  /** What makes the new object from the current one: the body of a PUT, or the patch of a PATCH. */
  #maker(
    call: Call,
    verb: Verb,
    kind: Pick<Resource, 'group' | 'version' | 'kind'>,
  ): (current: ApiObject) => ApiObject {
    if (verb === 'patch') {
      const patch = readPatch(call.request, kind, fieldValidation(call.query), call.change.warn);
      return current => sameObject(patch(current), current, kind);
    }
    const object = this.#read(call, { apiVersion: apiVersionOf(kind), kind: kind.kind });
    if (!object.metadata.name)
      throw badRequest(`the name of the object () does not match the name on the URL (${call.path.name})`);
    return () => object;
  }

  async #review(token: string, audiences: readonly string[]): Promise<{ user: User; audiences: string[] }> {
    const known = this.#users.get(digest(token));
    const ours = audiences.length === 0 || audiences.includes(this.#options.issuer);
    if (known && ours) return { user: known, audiences: [this.#options.issuer] };
    return this.#tokens.verify(token, audiences);
  }

  #list(call: Call): Reply {
    const { query, resource, path } = call;
    const selects = selector(query, resource);
    const start = readContinue(query.get('continue'));
    const all = this.#store.list(resource, path.namespace).filter(selects);
    const rest = start ? all.filter(object => keyOf(object) > start.after) : all;
    const asked = query.get('limit') ?? '';
    if (!/^-?\d*$/.test(asked))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(asked)}: invalid syntax`);
    const limit = Number(asked) || rest.length;
    const page = rest.slice(0, limit);
    const version = start?.version ?? this.#store.version;
    const last = page.at(-1);
    const left = rest.length - page.length;
    const metadata = {
      resourceVersion: String(version),
      ...(left > 0 && last && { continue: writeContinue(version, keyOf(last)), remainingItemCount: left }),
    };
    const format = tableFormat(call);
    if (format) return json(table(resource.kind, page, metadata, format));
    // The items of a list do not say what they are: the list does.
    const listed = page.map(({ kind: _, apiVersion: __, ...object }) => object);
    return json({
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata,
      items: listed,
    });
  }

  #watch(call: Call): Reply {
    const { request, query, resource, path } = call;
    const named = path.name ? ({ metadata }: ApiObject) => metadata.name === path.name : () => true;
    const selected = selector(query, resource);
    const resourceVersion = query.get('resourceVersion') ?? '';
    if (!/^\d*$/.test(resourceVersion)) {
      const why = `strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`;
      throw new StatusError(500, '', `resourceVersion: Invalid value: "${resourceVersion}": ${why}`);
    }
    const sendInitialEvents = isTrue(query, 'sendInitialEvents');
    if (sendInitialEvents && query.get('resourceVersionMatch') !== 'NotOlderThan') {
      const why = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
      throw invalid('ListOptions.meta.k8s.io', '', [cause.forbidden('resourceVersionMatch', why)]);
    }
    const format = tableFormat(call);
    const body = watch(this.#store, resource, {
      ...(path.namespace && { namespace: path.namespace }),
      selects: object => named(object) && selected(object),
      resourceVersion,
      sendInitialEvents,
      // Where the client does not say, between half an hour and an hour, as in a cluster.
      timeoutSeconds: Number(query.get('timeoutSeconds')) || 1800 * (1 + Math.random()),
      form: format ?? 'json',
      encode: (object, first) =>
        format
          ? table(
              resource.kind,
              [object],
              { resourceVersion: object.metadata.resourceVersion },
              format,
              first,
            )
          : object,
      signal: request.signal,
      closing: this.#closing.signal,
    });
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }

  async #deleteCollection({ request, query, resource, path, change }: Call): Promise<Reply> {
    const options = readDeleteOptions(resource, deleteBody(request), query, change.warn);
    const found = this.#store.list(resource, path.namespace).filter(selector(query, resource));
    const deleted: ApiObject[] = [];
    for (const { metadata } of found) {
      const place = {
        resource,
        name: metadata.name!,
        ...(metadata.namespace && { namespace: metadata.namespace }),
      };
      deleted.push((await this.#lifecycle.delete(place, options, change)).object);
    }
    const metadata = { resourceVersion: String(this.#store.version) };
    return json({
      kind: `${resource.kind}List`,
      apiVersion: apiVersionOf(resource),
      metadata,
      items: deleted,
    });
  }

  /** One object, as JSON or as a table of one row. */
  #shown(call: Call, object: ApiObject): Reply {
    const format = tableFormat(call);
    if (!format) return json(object);
    return json(
      table(call.resource.kind, [object], { resourceVersion: object.metadata.resourceVersion }, format),
    );
  }
}

/** Kinds whose deletion is answered with the object even where it is gone at once. */
const returnsDeleted = ['Pod', 'ServiceAccount'];

function authenticated(user: User): User {
  return { ...user, groups: [...new Set([...user.groups, 'system:authenticated'])] };
}

/** @throws StatusError 422 where a patch would make another object of it */
function sameObject(
  patched: ApiObject,
  { metadata }: ApiObject,
  { group, kind }: Pick<Resource, 'group' | 'kind'>,
): ApiObject {
  const { uid } = patched.metadata;
  if (uid === undefined || uid === metadata.uid) return patched;
  const immutable = cause.invalid('metadata.uid', uid, 'field is immutable');
  // The real server checks it in two places, and says it twice.
  throw invalid(group ? `${kind}.${group}` : kind, metadata.name ?? '', [immutable, immutable]);
}

/** @throws StatusError 422: there is only `All` */
function isDryRun(query: URLSearchParams, verb: Verb): boolean {
  const asked = query.getAll('dryRun');
  if (asked.some(each => each !== 'All')) {
    const options = { create: 'Create', update: 'Update', patch: 'Patch' }[verb as string] ?? 'Delete';
    throw invalid(`${options}Options.meta.k8s.io`, '', [cause.unsupported('dryRun', asked, ['All'])]);
  }
  return asked.length > 0;
}

function refusal(user: User, asked: Attributes, decision: Decision): StatusError {
  const why = denial(user, asked, decision.why);
  if ('path' in asked) return new StatusError(403, 'Forbidden', `forbidden: ${why}`);
  return forbidden({ group: asked.group, plural: asked.resource }, asked.name ?? '', why);
}

function json(value: unknown, headers: Record<string, string> = {}, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

function plainText(body: string, status = 200): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** A document by its address. Under the address with its hash it never changes; another hash leads there. */
function openApi(url: URL): Reply {
  const version = url.pathname.slice('/openapi/v3/'.length).replace(/^api\/(?=v1$)|^apis\//, '');
  const document = openApiDocument(version);
  if (!document) throw noSuchPath();
  const hash = url.searchParams.get('hash');
  if (hash && hash !== document.hash) {
    return { status: 301, headers: { location: `${url.pathname}?hash=${document.hash}` } };
  }
  const forever: Record<string, string> = hash
    ? { 'cache-control': 'public, immutable', expires: new Date(Date.now() + 31_536_000_000).toUTCString() }
    : { 'cache-control': 'no-cache, private' };
  return {
    status: 200,
    headers: { 'content-type': 'application/json', etag: `"${document.hash}"`, ...forever },
    body: document.body,
  };
}

function selector(query: URLSearchParams, resource: Resource): Selector {
  const byLabel = parseLabelSelector(query.get('labelSelector') ?? '');
  const byField = parseFieldSelector(query.get('fieldSelector') ?? '', resource);
  return object => byLabel(object) && byField(object);
}

/** What a client that asks for a table wants behind its rows, undefined where it asks for none. */
function tableFormat({ request, query }: Call): IncludeObject | undefined {
  const accepted = (request.headers.accept ?? '').split(',').map(each => each.replaceAll(' ', ''));
  const first = accepted.find(each => each.startsWith('application/json') || each === '*/*');
  if (!first?.includes('as=Table') || !first.includes('g=meta.k8s.io')) return undefined;
  const include = query.get('includeObject');
  return include === 'None' || include === 'Object' ? include : 'Metadata';
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Where a list went on from: the version it was begun at, and the last object given. */
function writeContinue(version: number, after: string): string {
  return Buffer.from(JSON.stringify({ version, after })).toString('base64url');
}

function readContinue(token: string | null): { version: number; after: string } | undefined {
  if (!token) return undefined;
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (isObject(read) && typeof read.version === 'number' && typeof read.after === 'string') {
      return { version: read.version, after: read.after };
    }
  } catch {
    // Said below, as for a token of the wrong form.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

function deleteBody(request: Request): Fields {
  return request.body.length > 0 ? fields(parseJsonText(request.body.toString('utf8'))) : {};
}

function deletedStatus({ group, plural }: Resource, { metadata }: ApiObject): Fields {
  const details = { name: metadata.name, ...(group && { group }), kind: plural, uid: metadata.uid };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** Puts a pod on a node, once. */
function bind(nodeName: string): (pod: ApiObject) => ApiObject {
  return pod => {
    const spec = fields(pod.spec);
    if (!nodeName) throw badRequest('binding target name is required');
    const { name = '' } = pod.metadata;
    if (spec.nodeName) {
      throw conflict(
        { group: '', plural: 'pods/binding' },
        name,
        `pod ${name} is already assigned to node "${spec.nodeName}"`,
      );
    }
    const others = items(fields(pod.status).conditions).filter(({ type }) => type !== 'PodScheduled');
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: timestamp() };
    return {
      ...pod,
      spec: { ...spec, nodeName },
      status: { ...fields(pod.status), conditions: [...others, scheduled] },
    };
  };
}

/** @see https://kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources/scale-v1/ */
function scaleOf({ metadata, spec, status }: ApiObject): ApiObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const { replicas, selector } = fields(spec);
  const labels = Object.entries(fields(fields(selector).matchLabels)).map(
    ([key, value]) => `${key}=${value}`,
  );
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas },
    status: { replicas: fields(status).replicas ?? 0, selector: labels.join(',') },
  };
}

function scaled(current: ApiObject, make: (scale: ApiObject) => ApiObject): ApiObject {
  const { metadata, spec } = make(scaleOf(current));
  const { resourceVersion } = metadata;
  const changed = { ...fields(current.spec), replicas: fields(spec).replicas ?? 0 };
  return isDeepStrictEqual(changed, current.spec)
    ? current
    : {
        ...current,
        metadata: { ...current.metadata, ...(resourceVersion && { resourceVersion }) },
        spec: changed,
      };
}
