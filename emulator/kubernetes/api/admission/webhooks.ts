import { randomUUID } from 'node:crypto';
import jsonpatch, { type Operation } from 'fast-json-patch';
import { isObject } from '../../../http/json.ts';
import type { User } from '../authorization.ts';
import { type ApiObject, type Fields, fields, items, text } from '../fields.ts';
import { type Resource, resource } from '../resources.ts';
import { matchesLabelSelector } from '../selectors.ts';
import { internalError, StatusError } from '../status.ts';
import type { Store } from '../store.ts';

export interface WebhookRequest {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface WebhookResponse {
  readonly status: number;
  text(): Promise<string>;
}

export interface Admission {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly resource: Resource;
  readonly subresource?: string;
  readonly object: ApiObject;
  readonly oldObject?: ApiObject;
  readonly user: User;
  readonly dryRun: boolean;
}

/** Calls the configured mutating webhooks, as the MutatingAdmissionWebhook plugin does. */
export class MutatingWebhooks {
  readonly #store: Store;
  readonly #fetch: (url: string, init: WebhookRequest) => Promise<WebhookResponse>;

  constructor(store: Store, fetch: (url: string, init: WebhookRequest) => Promise<WebhookResponse>) {
    this.#store = store;
    this.#fetch = fetch;
  }

  /**
   * Applies all matching webhooks, sorted by the names of their configurations.
   * @throws StatusError with the webhook's code if it denies; 500 if the call fails and `failurePolicy` is `Fail`
   * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
   */
  async admit(admission: Admission): Promise<ApiObject> {
    let { object } = admission;
    // A webhook that changes its own configuration could lock out everybody.
    if (admission.resource.group === 'admissionregistration.k8s.io') return object;
    for (const configuration of this.#store.list(resource('mutatingwebhookconfigurations'))) {
      for (const webhook of items(configuration.webhooks)) {
        if (this.#matches(webhook, { ...admission, object }))
          object = await this.#call(webhook, { ...admission, object });
      }
    }
    return object;
  }

  #matches(
    webhook: Fields,
    { operation, resource: asked, subresource, object, oldObject }: Admission,
  ): boolean {
    const named = subresource ? `${asked.plural}/${subresource}` : asked.plural;
    const wildcards = subresource
      ? [named, `${asked.plural}/*`, `*/${subresource}`, '*/*']
      : [named, '*', '*/*'];
    const rules = items(webhook.rules).some(
      rule =>
        among(rule.operations, [operation, '*']) &&
        among(rule.apiGroups, [asked.group, '*']) &&
        among(rule.apiVersions, [asked.version, '*']) &&
        among(rule.resources, wildcards) &&
        (rule.scope === '*' ||
          rule.scope === undefined ||
          (rule.scope === 'Namespaced') === asked.namespaced),
    );
    if (!rules) return false;
    const selector = fields(webhook.objectSelector);
    const selected = [object, oldObject].some(
      each => each && matchesLabelSelector(selector, each.metadata.labels ?? {}),
    );
    if (!selected) return false;
    if (!asked.namespaced) return true;
    const namespace = this.#store.get(resource('namespaces'), undefined, object.metadata.namespace!);
    return matchesLabelSelector(fields(webhook.namespaceSelector), namespace?.metadata.labels ?? {});
  }

  async #call(webhook: Fields, admission: Admission): Promise<ApiObject> {
    const name = text(webhook.name);
    let response: Fields;
    try {
      response = await this.#ask(webhook, admission);
    } catch (error) {
      if (webhook.failurePolicy === 'Ignore') return admission.object;
      const reason = error instanceof Error ? error.message : String(error);
      throw internalError(`failed calling webhook "${name}": ${reason}`);
    }
    if (response.allowed !== true) throw denied(name, fields(response.status));
    if (!response.patch) return admission.object;
    return patched(name, admission.object, text(response.patchType), text(response.patch));
  }

  /** @throws Error with the text after `failed calling webhook` */
  async #ask(webhook: Fields, admission: Admission): Promise<Fields> {
    const uid = randomUUID();
    const seconds = typeof webhook.timeoutSeconds === 'number' ? webhook.timeoutSeconds : 10;
    const url = `${address(fields(webhook.clientConfig))}?timeout=${seconds}s`;
    const signal = AbortSignal.timeout(seconds * 1000);
    const headers = { 'content-type': 'application/json', accept: 'application/json, */*' };
    let status: number;
    let body: string;
    try {
      const reply = await this.#fetch(url, {
        method: 'POST',
        headers,
        body: JSON.stringify(review(uid, admission)),
        signal,
      });
      status = reply.status;
      body = await reply.text();
    } catch (error) {
      throw new Error(`failed to call webhook: Post "${url}": ${transportError(error, signal)}`);
    }
    if (status !== 200) {
      throw new Error(
        `failed to call webhook: an error on the server ("${body.trim() || 'unknown'}") has prevented the request from succeeding`,
      );
    }
    const answer = fields(parsed(body));
    const response = answer.response;
    if (answer.kind !== 'AdmissionReview' || answer.apiVersion !== 'admission.k8s.io/v1') {
      throw new Error(
        `received invalid webhook response: expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${text(answer.apiVersion)}, Kind=${text(answer.kind)}`,
      );
    }
    if (!isObject(response))
      throw new Error('received invalid webhook response: webhook response was absent');
    if (response.uid !== uid) {
      throw new Error(
        `received invalid webhook response: expected response.uid="${uid}", got "${text(response.uid)}"`,
      );
    }
    return response;
  }
}

function review(
  uid: string,
  { operation, resource: asked, subresource, object, oldObject, user, dryRun }: Admission,
): Fields {
  const kind = { group: asked.group, version: asked.version, kind: asked.kind };
  const where = { group: asked.group, version: asked.version, resource: asked.plural };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind,
      resource: where,
      ...(subresource && { subResource: subresource }),
      requestKind: kind,
      requestResource: where,
      ...(subresource && { requestSubResource: subresource }),
      ...(object.metadata.name && { name: object.metadata.name }),
      ...(object.metadata.namespace && { namespace: object.metadata.namespace }),
      operation,
      userInfo: {
        username: user.name,
        ...(user.uid && { uid: user.uid }),
        groups: user.groups,
        extra: user.extra,
      },
      object: operation === 'DELETE' ? null : object,
      oldObject: oldObject ?? null,
      dryRun,
      options: {
        kind: `${operation[0]}${operation.slice(1).toLowerCase()}Options`,
        apiVersion: 'meta.k8s.io/v1',
      },
    },
  };
}

function address({ url, service }: Fields): string {
  if (typeof url === 'string') return url;
  const { namespace, name, port = 443, path = '' } = fields(service);
  return `https://${name}.${namespace}.svc:${port}${path}`;
}

/** Text of Go's net package for a failed connection. */
function transportError(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'context deadline exceeded';
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (reason instanceof Error && 'code' in reason && reason.code === 'ECONNREFUSED') {
    const { address: host, port } = reason as Error & { address?: string; port?: number };
    return `dial tcp ${host}:${port}: connect: connection refused`;
  }
  return reason instanceof Error ? reason.message : String(reason);
}

/** @see https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go */
function denied(webhook: string, status: Fields): StatusError {
  const code = typeof status.code === 'number' && status.code >= 400 ? status.code : 400;
  const reason = text(status.reason);
  const why = text(status.message) || reason;
  const denial = `admission webhook "${webhook}" denied the request`;
  return new StatusError(code, reason, why ? `${denial}: ${why}` : `${denial} without explanation`);
}

function patched(webhook: string, object: ApiObject, patchType: string, patch: string): ApiObject {
  if (patchType !== 'JSONPatch')
    throw internalError(`admission webhook "${webhook}" returned an unsupported patch type "${patchType}"`);
  const operations = parsed(Buffer.from(patch, 'base64').toString('utf8'));
  if (!Array.isArray(operations))
    throw internalError(`admission webhook "${webhook}" returned a patch that is not JSON`);
  try {
    return jsonpatch.applyPatch(structuredClone(object), operations as Operation[], true).newDocument;
  } catch (error) {
    throw internalError(error instanceof Error ? error.message.split('\n')[0]! : String(error));
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function among(list: unknown, values: readonly string[]): boolean {
  return Array.isArray(list) && list.some(each => values.includes(each));
}
