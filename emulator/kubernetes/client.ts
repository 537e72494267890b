import { setTimeout as delay } from 'node:timers/promises';
import type { Network } from '../network.ts';
import type { KubernetesObject, ObjectList } from './objects.ts';

/** Response of the API server other than 2xx. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly code: number;
  /** `NotFound`, `Conflict`, …; empty if the response was not a `Status`. */
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

/** The first events of a watch are the existing objects. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

export interface DeleteRequest {
  readonly gracePeriodSeconds?: number;
  /** Delete only the object with this UID. */
  readonly uid?: string;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

/** HTTPS client of a component of the cluster. */
export class ApiClient {
  readonly #network: Pick<Network, 'fetch'>;
  readonly #server: string;
  readonly #token: string;
  readonly #userAgent: string;

  /**
   * @param server `https://HOST[:PORT]`
   * @param token bearer token
   * @param userAgent name of the component
   */
  constructor(network: Pick<Network, 'fetch'>, server: string, token: string, userAgent: string) {
    this.#network = network;
    this.#server = server;
    this.#token = token;
    this.#userAgent = userAgent;
  }

  /**
   * @param path absolute, with the query: `/api/v1/namespaces/default/pods/p1`
   * @param body sent as JSON
   * @throws ApiError for every response other than 2xx
   * @throws TypeError if the server cannot be reached
   */
  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
    signal?: AbortSignal,
  ): Promise<T> {
    const response = await this.#send(method, path, body, contentType, signal);
    return (await response.json()) as T;
  }

  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.request<T>('GET', path, undefined, undefined, signal);
  }

  create<T>(path: string, body: unknown): Promise<T> {
    return this.request<T>('POST', path, body);
  }

  /** Creates an object unless it exists. */
  async ensure(path: string, body: unknown): Promise<void> {
    try {
      await this.create(path, body);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 409)) throw error;
    }
  }

  /** Replaces an object that has the same `resourceVersion`. */
  replace<T>(path: string, object: unknown): Promise<T> {
    return this.request<T>('PUT', path, object);
  }

  /** A JSON merge patch (RFC 7386). */
  mergePatch<T>(path: string, patch: unknown): Promise<T> {
    return this.request<T>('PATCH', path, patch, 'application/merge-patch+json');
  }

  /** Deletes an object. Ignores 404 and 409 (another UID). */
  async delete(path: string, options: DeleteRequest = {}): Promise<void> {
    const { uid, ...rest } = options;
    try {
      await this.request('DELETE', path, {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        ...rest,
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      });
    } catch (error) {
      if (!(error instanceof ApiError && (error.code === 404 || error.code === 409))) throw error;
    }
  }

  /**
   * Lists a collection, then watches it. Watches again after an end or an error, and lists again if the server has
   * forgotten the version. Objects deleted in between yield DELETED.
   * @param path `/api/v1/pods`
   * @param query further parameters, such as a selector
   */
  async *follow<T extends KubernetesObject>(
    path: string,
    query: Record<string, string>,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    const known = new Map<string, T>();
    let resourceVersion: string | undefined;
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (resourceVersion === undefined) {
          const list = await this.get<ObjectList<T>>(`${path}?${new URLSearchParams(query)}`, signal);
          const listed = new Set(list.items.map(uidOf));
          for (const [uid, object] of known) {
            if (!listed.has(uid)) {
              known.delete(uid);
              yield { type: 'DELETED', object };
            }
          }
          for (const object of list.items) {
            const type = known.has(uidOf(object)) ? 'MODIFIED' : 'ADDED';
            known.set(uidOf(object), object);
            yield { type, object };
          }
          resourceVersion = list.metadata.resourceVersion ?? '';
        }
        const parameters = new URLSearchParams({
          ...query,
          watch: 'true',
          allowWatchBookmarks: 'true',
          resourceVersion,
        });
        for await (const event of this.#watch<T>(`${path}?${parameters}`, signal)) {
          failures = 0;
          if (event.type === 'ERROR') {
            resourceVersion = undefined;
            break;
          }
          resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
          if (event.type === 'BOOKMARK') continue;
          if (event.type === 'DELETED') known.delete(uidOf(event.object));
          else known.set(uidOf(event.object), event.object);
          yield { type: event.type, object: event.object };
        }
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        if (error instanceof ApiError) resourceVersion = undefined;
      }
      // Watch again soon after a timeout of the server, and later after an error.
      await delay(Math.min(20 + failures * 100, 5000), undefined, { signal }).catch(() => {});
    }
  }

  async *#watch<T>(
    path: string,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T> | { type: 'BOOKMARK' | 'ERROR'; object: T }> {
    const response = await this.#send('GET', path, undefined, 'application/json', signal);
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line);
    }
  }

  async #send(method: string, path: string, body: unknown, contentType: string, signal?: AbortSignal) {
    const response = await this.#network.fetch(this.#server + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: 'application/json',
        'user-agent': this.#userAgent,
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!response.ok) throw statusError(response.status, await response.text());
    return response;
  }
}

/**
 * Retries until it works: a component can start before the name of its API server resolves.
 * @param log receives a line for every 100 failures
 */
export async function untilDone(
  work: () => Promise<unknown>,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (failures % 100 === 99) log(`still retrying a request to the API server: ${error}`);
      await delay(20, undefined, { signal }).catch(() => {});
    }
  }
}

function statusError(code: number, body: string): ApiError {
  try {
    const status = JSON.parse(body) as { reason?: string; message?: string };
    return new ApiError(code, status.reason ?? '', status.message ?? `HTTP ${code}`);
  } catch {
    return new ApiError(code, '', `HTTP ${code}`);
  }
}

function uidOf(object: KubernetesObject): string {
  return object.metadata.uid ?? `${object.metadata.namespace}/${object.metadata.name}`;
}
