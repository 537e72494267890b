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
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  readonly authority: CertificateAuthority;
  readonly hosts: HostTable;
  readonly faults: Faults;
  /** Answers requests that are addressed to the proxy itself. */
  readonly control: Host;
  readonly log: (line: string) => void;
  /**
   * How long a client may take for its request: to its first byte, TLS included, and to its last. Milliseconds; Node's
   * own (one minute and five) where they are missing.
   */
  readonly patience?: Pick<
    ServerOptions,
    'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval'
  >;
}

/** A proxy that is listening. */
export interface ProxyServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Ends every connection, and every answer that is still being given. */
  close(): Promise<void>;
}

/**
 * Starts the forward proxy that stands between a client and Azure: it opens the tunnels that are asked for (CONNECT),
 * shows each host's certificate, and gives the requests inside to the host's service. A host without a service is
 * refused, so that nothing leaves for a real cloud.
 * @throws Error where the port is taken
 */
export async function startProxy(options: ProxyOptions): Promise<ProxyServer> {
  const { authority, hosts, control, log, patience = {} } = options;
  const sockets = new Set<Socket>();
  const tunnels = new WeakMap<Socket, { readonly origin: string; readonly host: Host }>();

  // Never listens: it is handed the sockets inside the tunnels.
  const inside = keepingConnections(
    new Server(patience, (incoming, response) => {
      const tunnel = tunnels.get(incoming.socket);
      if (tunnel) void serveRequest(incoming, response, tunnel.origin, tunnel.host, log);
    }),
  );
  // Node begins to watch over slow clients when a server listens; one that never does has to be told.
  inside.emit('listening');

  const outside = keepingConnections(
    createServer(patience, (incoming, response) => {
      if (incoming.url?.startsWith('/')) void serveRequest(incoming, response, origin, control, log);
      else refuseForwarding(incoming, response, hosts);
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
        `refused: ${target} ${hosts.isPrivate(name) ? 'is known in a private network only' : 'is not emulated'}`,
      );
      socket.end(refusal(target, hosts));
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    // What the client sent along with the request already belongs to the tunnel.
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
      // Later ones are the client's: what it sent was no HTTP, and it has been told so.
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

/** Clients keep connections between two polls of a long operation; the default of 5 s would cut them under a request. */
function keepingConnections(server: Server): Server {
  server.keepAliveTimeout = 240_000;
  return server;
}

/** @param socket of the client's connection to the proxy */
function withFaults({ service, errorFormat }: Host, faults: Faults, socket: Socket): Host {
  return {
    errorFormat,
    service: request => {
      const fault = faults.take(request);
      if (fault !== 'reset') return fault ?? service(request);
      socket.resetAndDestroy();
      // As if the client had gone: nobody is left to answer.
      throw Object.assign(new Error('The connection was reset on purpose.'), { code: 'ECONNRESET' });
    },
  };
}

/** The reason stands in the status line as well, for many clients (az among them) show nothing else. */
function refusal(target: string, hosts: HostTable): string {
  const name = target.replace(/[^\w.:[\]-]/g, '');
  const host = name.replace(/:\d+$/, '').toLowerCase();
  const [status, body] = hosts.isPrivate(host)
    ? [`502 dial tcp: lookup ${host}: no such host`, 'This name is known in a private network only.\n']
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

function refuseForwarding(incoming: IncomingMessage, response: ServerResponse, hosts: HostTable): void {
  incoming.resume();
  const target = URL.parse(incoming.url ?? '')?.host ?? incoming.url ?? '';
  response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(explain(`http://${target}`, hosts));
}

function explain(target: string, hosts: HostTable): string {
  return `${target} is refused: nothing leaves this emulator for a real cloud. It answers, by HTTPS on port 443, for ${hosts.patterns.join(', ')}.\n`;
}
