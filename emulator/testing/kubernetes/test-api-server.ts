import { generateKeyPair } from 'jose';
import type { Reply, Service } from '../../http/service.ts';
import { type Fields, fields } from '../../kubernetes/api/fields.ts';
import { ApiServer, type ApiServerOptions, type ContainerLog } from '../../kubernetes/api/server.ts';

export interface ApiResponse {
  readonly code: number;
  readonly headers: NonNullable<Reply['headers']>;
  readonly text: string;
  /** Empty if it is not a JSON object. */
  readonly body: Fields;
}

/** Without a connection. */
export type SendRequest = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<ApiResponse>;

/** Strings and buffers are sent as they are, other bodies as JSON. */
export function createRequester(service: Service, token: string): SendRequest {
  return async (method, path, body, headers = {}) => {
    const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body ?? undefined);
    const reply = await service({
      method,
      url: new URL(path, 'https://cluster.test'),
      headers: { authorization: `Bearer ${token}`, ...headers },
      body: Buffer.from(raw ?? ''),
      signal: new AbortController().signal,
    });
    const text = await readAll(reply.body);
    return { code: reply.status, headers: reply.headers ?? {}, text, body: fields(tried(text)) };
  };
}

async function readAll(body: Reply['body']): Promise<string> {
  if (body === undefined || typeof body === 'string') return body ?? '';
  if (body instanceof Uint8Array) return Buffer.from(body).toString('latin1');
  let text = '';
  for await (const chunk of body)
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
  return text;
}

function tried(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface TestApiServer {
  readonly api: ApiServer;
  readonly admin: SendRequest;
  /** By container. */
  readonly logs: Map<string, ContainerLog>;
}

export const issuer = 'https://eastus.oic.prod-aks.azure.com/tenant/cluster/';

/** Generating a pair is slow. */
export const sharedKeyPair = generateKeyPair('RS256');

/** Tokens: `admin`, `node`, and `nobody` (without permissions). */
export async function createTestApiServer(options: Partial<ApiServerOptions> = {}): Promise<TestApiServer> {
  const logs = new Map<string, ContainerLog>();
  const api = await ApiServer.create({
    issuer,
    kubernetesVersion: '1.33.4',
    caCertificate: 'a certificate\n',
    tokens: new Map([
      ['admin', { name: 'clusterAdmin', groups: ['system:masters'] }],
      ['node', { name: 'system:node:node-0', groups: ['system:nodes'] }],
      ['nobody', { name: 'nobody', groups: [] }],
    ]),
    logs: async ({ container, previous }) => (previous ? undefined : logs.get(container)),
    fetch: () => Promise.reject(new Error('no webhooks')),
    keys: await sharedKeyPair,
    ...options,
  });
  return { api, admin: createRequester(api.service, 'admin'), logs };
}

export function pod(name: string, more: Fields = {}, spec: Fields = {}): Fields {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...more },
    spec: { containers: [{ name: 'main', image: 'registry.test/app:1' }], ...spec },
  };
}
