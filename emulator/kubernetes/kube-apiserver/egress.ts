import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { serveRequest } from '../../http/serve-request.ts';
import type { Service } from '../../http/service.ts';
import type { Credentials } from '../../pki/certificate-authority.ts';
import { kubernetesErrorFormat } from '../api/status.ts';

/** A server inside the cluster. */
export interface Endpoint {
  readonly service: Service;
  readonly credentials: Credentials;
  /** Require a client certificate, as a kubelet does. A webhook does not. */
  readonly apiServerOnly: boolean;
}

export interface EgressOptions {
  /** PEM: CA of the API server's certificate, which every client must present. */
  readonly authority: string;
  /** The proxy's own certificate, for 127.0.0.1. */
  readonly credentials: Credentials;
  /** Returns the endpoint at `ADDRESS:PORT` of the cluster's network. */
  readonly find: (target: string) => Endpoint | undefined;
  readonly log: (line: string) => void;
}

/**
 * Proxy from the API server into the cluster's network, which is Konnectivity on AKS. The API server requests tunnels
 * (CONNECT) to nodes and Services. The tunnels end at local endpoints.
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/
 */
export async function startEgress(options: EgressOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { authority: ca, credentials, find, log } = options;
  const sockets = new Set<Duplex>();
  const servers = new Map<string, Server>();

  /** Never listens: it receives the sockets inside the tunnels. */
  const serverOf = (target: string): Server | undefined => {
    const known = servers.get(target);
    if (known) return known;
    const endpoint = find(target);
    if (endpoint === undefined) return undefined;
    const { certificate: cert, key } = endpoint.credentials;
    const host = { service: endpoint.service, errorFormat: kubernetesErrorFormat };
    const server = createServer(
      { cert, key, ca, requestCert: endpoint.apiServerOnly },
      (incoming, response) => {
        void serveRequest(incoming, response, `https://${target}`, host, log);
      },
    );
    server.on('tlsClientError', error =>
      log(`The TLS handshake of the API server with "${target}" failed: ${error.message}`),
    );
    servers.set(target, server);
    return server;
  };

  const { certificate: cert, key } = credentials;
  const proxy = createServer(
    { cert, key, ca, requestCert: true, rejectUnauthorized: true },
    (_, response) => {
      response.writeHead(405).end();
    },
  );
  proxy.on('connection', socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  proxy.on('connect', ({ url: target = '' }, socket) => {
    socket.on('error', () => socket.destroy());
    const server = serverOf(target);
    if (server === undefined) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    server.emit('connection', socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async close() {
      const closed = once(proxy, 'close');
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
