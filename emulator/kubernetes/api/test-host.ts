import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecureContext } from 'node:tls';
import { generateKeyPair } from 'jose';
import { serveRequest } from '../../http/serve-request.ts';
import type { Reply, Service } from '../../http/service.ts';
import { type Fields, fields } from './objects.ts';
import { ApiServer, type ApiServerOptions, type ContainerLog } from './server.ts';
import { kubernetesErrorFormat } from './status.ts';

/** A service on a plain loopback address, for tests. */
export interface TestHost {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a service on a free port of 127.0.0.1: over HTTP or, where a certificate is given, over HTTPS as `localhost`.
 */
export async function listen(service: Service, certificate?: SecureContext): Promise<TestHost> {
  const host = { service, errorFormat: kubernetesErrorFormat };
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    void serveRequest(incoming, outgoing, 'https://cluster.test', host, line => console.error(line));
  };
  const server = certificate
    ? createSecureServer({ SNICallback: (_, done) => done(null, certificate) }, listener)
    : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${certificate ? 'https://localhost' : 'http://127.0.0.1'}:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real kubectl, with a home and caches of its own. */
export interface Kubectl {
  /**
   * @param input goes to its standard input
   * @param settings further environment variables
   */
  (args: readonly string[], input?: string, settings?: Readonly<Record<string, string>>): Promise<Finished>;
  readonly directory: string;
  remove(): Promise<void>;
}

/** What a kubectl is given beside its server. */
export interface KubectlOptions {
  /** PEM; for a server with a certificate. */
  readonly certificateAuthority?: string;
  readonly token?: string;
  /** The program, where it is not the one on the PATH. */
  readonly program?: string;
}

/**
 * A kubectl for one server. A bearer token is not sent over plain HTTP by kubectl, so a proxying service adds it there.
 * @param server `http://127.0.0.1:PORT`, `https://localhost:PORT`
 */
export async function kubectlFor(
  server: string,
  { certificateAuthority, token, program = 'kubectl' }: KubectlOptions = {},
): Promise<Kubectl> {
  const directory = await mkdtemp(join(tmpdir(), 'kubectl-'));
  const kubeconfig = join(directory, 'config');
  const authority = certificateAuthority && Buffer.from(certificateAuthority).toString('base64');
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(content), { mode: 0o600 });
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: join(directory, 'cache'),
  };
  const run: (...call: Parameters<Kubectl>) => Promise<Finished> = (args, input = '', settings = {}) =>
    new Promise<Finished>((resolve, reject) => {
      const child = execFile(
        program,
        [...args],
        { env: { ...env, ...settings }, timeout: 60_000 },
        (error, stdout, stderr) => {
          if (error && typeof error.code !== 'number') return reject(error);
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
        },
      );
      child.stdin?.end(input);
    });
  return Object.assign(run, { directory, remove: () => rm(directory, { recursive: true, force: true }) });
}

/** An answer, read whole. */
export interface Answer {
  readonly code: number;
  readonly headers: NonNullable<Reply['headers']>;
  readonly text: string;
  /** The body as JSON; an empty object where it is none. */
  readonly body: Fields;
}

/** Asks a service directly, without a connection between. */
export type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

/**
 * @param token the bearer
 * @returns what asks the service; a body that is no string or buffer is sent as JSON
 */
export function asking(service: Service, token: string): Ask {
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

/** What tests are served by, with the parts that they look at. */
export interface TestServer {
  readonly api: ApiServer;
  readonly admin: Ask;
  /** The logs that the server shows, by container. */
  readonly logs: Map<string, ContainerLog>;
}

export const issuer = 'https://eastus.oic.prod-aks.azure.com/tenant/cluster/';

/** The keys of all test servers: making a pair takes longer than most tests do. */
export const sharedKeys = generateKeyPair('RS256');

/**
 * A server with an administrator's token `admin`, a node's `node` and a powerless one `nobody`.
 * @param options further ones
 */
export async function testServer(options: Partial<ApiServerOptions> = {}): Promise<TestServer> {
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
    keys: await sharedKeys,
    ...options,
  });
  return { api, admin: asking(api.service, 'admin'), logs };
}

/** A pod with one container. */
export function pod(name: string, more: Fields = {}, spec: Fields = {}): Fields {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...more },
    spec: { containers: [{ name: 'main', image: 'registry.test/app:1' }], ...spec },
  };
}
