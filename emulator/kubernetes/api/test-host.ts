import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Service } from '../../http.ts';

/** A service on a plain loopback address, for tests. */
export interface TestHost {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a service over HTTP on a free port of 127.0.0.1. */
export async function listen(service: Service): Promise<TestHost> {
  const server = createServer(async (incoming, outgoing) => {
    const hangUp = new AbortController();
    outgoing.on('close', () => hangUp.abort());
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const reply = await service({
      method: incoming.method ?? 'GET',
      url: new URL(incoming.url ?? '/', 'https://cluster.test'),
      headers: incoming.headers,
      body: Buffer.concat(chunks),
      signal: hangUp.signal,
    });
    outgoing.writeHead(reply.status, { ...reply.headers } as Record<string, string | string[]>);
    await send(reply.body, outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function send(body: Awaited<ReturnType<Service>>['body'], outgoing: ServerResponse): Promise<void> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    outgoing.end(body);
    return;
  }
  outgoing.flushHeaders();
  for await (const chunk of body) outgoing.write(chunk);
  outgoing.end();
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real kubectl, with a home and caches of its own. */
export interface Kubectl {
  /** @param input goes to its standard input */
  (args: readonly string[], input?: string): Promise<Finished>;
  readonly directory: string;
  remove(): Promise<void>;
}

/**
 * A kubectl for one server. A bearer token is not sent over plain HTTP by kubectl, so a proxying service adds it.
 * @param server `http://127.0.0.1:PORT`
 */
export async function kubectlFor(server: string): Promise<Kubectl> {
  const directory = await mkdtemp(join(tmpdir(), 'kubectl-'));
  const kubeconfig = join(directory, 'config');
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server } }],
    users: [{ name: 'test', user: {} }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(content), { mode: 0o600 });
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: join(directory, 'cache'),
  };
  const run = (args: readonly string[], input = '') =>
    new Promise<Finished>((resolve, reject) => {
      const child = execFile('kubectl', [...args], { env, timeout: 60_000 }, (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') return reject(error);
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
      child.stdin?.end(input);
    });
  return Object.assign(run, { directory, remove: () => rm(directory, { recursive: true, force: true }) });
}
