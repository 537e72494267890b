import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Host, serveRequest } from '../http/serve-request.ts';
import type { CertificateAuthority } from '../pki/certificate-authority.ts';
import type { Faults } from './faults.ts';
import type { HostTable } from './hosts.ts';

export interface ProxyOptions {
  /** On 127.0.0.1; 0 selects a free one. */
  readonly port: number;
  readonly authority: CertificateAuthority;
  readonly hosts: HostTable;
  readonly faults: Faults;
  /** For requests to the proxy itself. */
  readonly control: Host;
  readonly log: (line: string) => void;
  /** Milliseconds to the first byte of a request, including TLS, and to the last. Default: Node's. */
  readonly timeouts?: Pick<
    ServerOptions,
    'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval'
  >;
}

export interface ProxyServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Also during a response. */
  close(): Promise<void>;
}

/**
 * Rejects hosts without a service, so that nothing reaches a real cloud.
 * @throws Error if the port is in use
 */
export async function startProxy(options: ProxyOptions): Promise<ProxyServer> {
  const { authority, hosts, control, log, timeouts = {} } = options;
  const sockets = new Set<Socket>();
  const tunnels = new WeakMap<Socket, { readonly origin: string; readonly host: Host }>();

  // Receives the sockets inside the tunnels.
  const inside = withKeepAlive(
    new Server(timeouts, (incoming, response) => {
      const tunnel = tunnels.get(incoming.socket);
      if (tunnel) void serveRequest(incoming, response, tunnel.origin, tunnel.host, log);
    }),
  );
  // Node starts its timeouts when a server listens.
  inside.emit('listening');

  const outside = withKeepAlive(
    createServer(timeouts, (incoming, response) => {
      if (incoming.url?.startsWith('/')) void serveRequest(incoming, response, origin, control, log);
      else rejectForwarding(incoming, response, hosts);
    }),
  );

  outside.on('connection', socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });

  outside.on('connect', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    const target = (incoming.url ?? '').toLowerCase();
    const name = target.replace(/:443$/, '');
    const host = hosts.find(name);
    if (name === target || host === undefined) {
      log(
        `rejected: ${target} ${hosts.isPrivate(name) ? 'exists only in a private network' : 'is not emulated'}`,
      );
      socket.end(rejection(target, hosts));
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    // Belongs to the tunnel.
    if (head.length > 0) socket.unshift(head);
    const tls = new TLSSocket(socket, {
      isServer: true,
      secureContext: authority.contextFor(name),
      ALPNProtocols: ['http/1.1'],
    });
    let secure = false;
    tls.once('secure', () => {
      secure = true;
    });
    tls.on('error', (error: NodeJS.ErrnoException) => {
      // Later errors: the client did not send HTTP and already received an error.
      if (!secure && error.code !== 'ECONNRESET')
        log(`TLS with a client of ${name} failed: ${error.message}`);
      tls.destroy();
    });
    tunnels.set(tls, { origin: `https://${name}`, host: withFaults(host, options.faults, socket) });
    inside.emit('connection', tls);
  });

  outside.listen(options.port, '127.0.0.1');
  await once(outside, 'listening');
  const origin = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;

  return {
    url: origin,
    async close() {
      const closed = once(outside, 'close');
      outside.close();
      inside.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Clients reuse connections between polls. Node's default of 5 s would close them during a request. */
function withKeepAlive(server: Server): Server {
  server.keepAliveTimeout = 240_000;
  return server;
}

function withFaults({ service, errorFormat }: Host, faults: Faults, socket: Socket): Host {
  return {
    errorFormat,
    service: request => {
      const fault = faults.take(request);
      if (fault !== 'reset') return fault ?? service(request);
      socket.resetAndDestroy();
      // As if the client had disconnected: no response is sent.
      throw Object.assign(new Error('The connection was reset on purpose.'), { code: 'ECONNRESET' });
    },
  };
}

/** Many clients, az among them, show only the status line. */
function rejection(target: string, hosts: HostTable): string {
  const name = target.replace(/[^\w.:[\]-]/g, '');
  const host = name.replace(/:\d+$/, '').toLowerCase();
  const [status, body] = hosts.isPrivate(host)
    ? [`502 dial tcp: lookup ${host}: no such host`, 'This host name exists only in a private network.\n']
    : [`403 ${name} is not emulated`, explain(target, hosts)];
  return [
    `HTTP/1.1 ${status}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

function rejectForwarding(incoming: IncomingMessage, response: ServerResponse, hosts: HostTable): void {
  incoming.resume();
  const target = URL.parse(incoming.url ?? '')?.host ?? incoming.url ?? '';
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(explain(`http://${target}`, hosts));
}

function explain(target: string, hosts: HostTable): string {
  return `The emulator rejected ${target}: no request leaves it for a real cloud. It answers HTTPS requests on port 443 of ${hosts.patterns.join(', ')}.\n`;
}
