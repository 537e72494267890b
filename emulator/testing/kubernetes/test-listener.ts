import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContext } from 'node:tls';
import { serveRequest } from '../../http/serve-request.ts';
import type { Service } from '../../http/service.ts';
import { kubernetesErrorFormat } from '../../kubernetes/api/status.ts';

export interface TestListener {
  readonly url: string;
  close(): Promise<void>;
}

/** On 127.0.0.1; with a certificate, as `localhost`. */
export async function listenOnLoopback(service: Service, certificate?: SecureContext): Promise<TestListener> {
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
