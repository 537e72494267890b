import type { GenerateKeyPairResult, JSONWebKeySet } from 'jose';
import type { Reply, Request, Service } from '../../http/service.ts';
import { PodSecurity } from './admission/pod-security/pod-security.ts';
import { MutatingWebhooks, type WebhookRequest, type WebhookResponse } from './admission/webhooks.ts';
import { Authenticator, impersonate } from './authentication.ts';
import {
  type Attributes,
  Authorizer,
  type Decision,
  denial,
  type ExternalAuthority,
  type Grant,
  type User,
} from './authorization.ts';
import { Deletion } from './deletion.ts';
import type { LogSource } from './logs.ts';
import { answerNonResourcePath } from './non-resource-paths.ts';
import { ObjectLifecycle } from './object-lifecycle.ts';
import { ResourceHandler } from './resource-handler.ts';
import { attributesOf, parsePath, type ResourcePath, verbOf } from './resource-path.ts';
import { isDryRun } from './resource-request.ts';
import { findResource, type Verb } from './resources.ts';
import { forbidden, noSuchPath, StatusError } from './status.ts';
import { Store } from './store.ts';
import { createSystemObjects } from './system-objects.ts';
import { ServiceAccountTokens } from './tokens.ts';

export type { WebhookRequest, WebhookResponse } from './admission/webhooks.ts';
export type { Attributes, Decision, ExternalAuthority, Grant, PolicyRule, User } from './authorization.ts';
export type { ContainerLog, LogLine, LogQuery, LogSource } from './logs.ts';

export interface ApiServerOptions {
  /** `https://LOCATION.oic.prod-aks.azure.com/TENANT/GUID/`: issuer and default audience of service account tokens. */
  readonly issuer: string;
  /** `1.35.8`, without `v`. */
  readonly kubernetesVersion: string;
  /** PEM, for the ConfigMap `kube-root-ca.crt` of every namespace. */
  readonly caCertificate: string;
  /** Static bearer tokens and their users. */
  readonly tokens: ReadonlyMap<string, User>;
  /** Permissions in addition to the default rules. */
  readonly grants?: readonly Grant[];
  /** Authenticates and authorizes users from outside the cluster. */
  readonly outside?: ExternalAuthority;
  /** RSA key pair of service account tokens. The default is a new pair. */
  readonly keys?: GenerateKeyPairResult;
  readonly logs: LogSource;
  /** Calls an admission webhook, also at `https://SERVICE.NAMESPACE.svc:PORT/…`. */
  readonly fetch: (url: string, init: WebhookRequest) => Promise<WebhookResponse>;
}

/**
 * A Kubernetes API server in memory. The system namespaces exist from the start. Every namespace has the
 * ServiceAccount `default` and the ConfigMap `kube-root-ca.crt`.
 */
export class ApiServer {
  /** Answers for `https://{fqdn}`. */
  readonly service: Service;
  readonly #options: ApiServerOptions;
  readonly #tokens: ServiceAccountTokens;
  readonly #authenticator: Authenticator;
  readonly #authorizer: Authorizer;
  readonly #handler: ResourceHandler;
  readonly #closing = new AbortController();

  private constructor(options: ApiServerOptions, store: Store, tokens: ServiceAccountTokens) {
    this.#options = options;
    this.#tokens = tokens;
    const { issuer, outside, logs } = options;
    this.#authenticator = new Authenticator(issuer, options.tokens, tokens, outside);
    this.#authorizer = new Authorizer(options.grants, outside);
    const webhooks = new MutatingWebhooks(store, options.fetch);
    const podSecurity = new PodSecurity(store, options.kubernetesVersion);
    this.#handler = new ResourceHandler({
      store,
      lifecycle: new ObjectLifecycle(store, webhooks, podSecurity, new Deletion(store)),
      tokens,
      authenticator: this.#authenticator,
      authorizer: this.#authorizer,
      logs,
      closing: this.#closing.signal,
    });
    createSystemObjects(store, options.caCertificate);
    this.service = request => this.#answer(request);
  }

  static async create(options: ApiServerOptions): Promise<ApiServer> {
    const store = new Store();
    return new ApiServer(
      options,
      store,
      await ServiceAccountTokens.create(options.issuer, store, options.keys),
    );
  }

  /** Public keys that are valid now. */
  get jwks(): JSONWebKeySet {
    return this.#tokens.jwks;
  }

  /** Signs tokens with a new key. The previous key stays valid for a day, or until the next rotation. */
  rotateSigningKeys(): Promise<void> {
    return this.#tokens.rotate();
  }

  /** Ends all watches and followed logs. */
  close(): void {
    this.#closing.abort();
  }

  async #answer(request: Request): Promise<Reply> {
    try {
      const authenticated = await this.#authenticator.authenticate(request);
      const user = impersonate(request, authenticated, (...asked) => this.#require(...asked));
      this.#require(user, attributesOf(request.method, request.url));
      const path = parsePath(request.url.pathname);
      if (path) return await this.#answerResource(request, path, user);
      const { kubernetesVersion } = this.#options;
      return answerNonResourcePath(request, { kubernetesVersion, jwks: this.jwks });
    } catch (error) {
      if (error instanceof StatusError) return error.reply();
      throw error;
    }
  }

  /** @throws StatusError 403 */
  #require(user: User, asked: Attributes): void {
    const decision = this.#authorizer.decide(user, asked);
    if (!decision.allowed) throw accessDenied(user, asked, decision);
  }

  async #answerResource(request: Request, path: ResourcePath, user: User): Promise<Reply> {
    const resource = findResource(path.group, path.version, path.resource);
    if (!resource || (path.namespace !== undefined && !resource.namespaced)) throw noSuchPath();
    const query = request.url.searchParams;
    const verb = verbOf(request.method, path, query) as Verb;
    const warnings = new Set<string>();
    const change = { user, dryRun: isDryRun(query, verb), warn: (text: string) => warnings.add(text) };
    const reply = await this.#handler.answer({ request, query, user, resource, path, verb, change });
    if (warnings.size === 0) return reply;
    const warning = [...warnings].map(each => `299 - ${JSON.stringify(each)}`);
    return { ...reply, headers: { ...reply.headers, warning } };
  }
}

function accessDenied(user: User, asked: Attributes, decision: Decision): StatusError {
  const why = denial(user, asked, decision.why);
  if ('path' in asked) return new StatusError(403, 'Forbidden', `forbidden: ${why}`);
  return forbidden({ group: asked.group, plural: asked.resource }, asked.name ?? '', why);
}
