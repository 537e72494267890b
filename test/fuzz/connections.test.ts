import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import { AzureFixture } from './azure-fixture.ts';
import { reportsDefect } from './error-checks.ts';
import { connectTo, dial, Tunnel } from './tunnel.ts';

let stateDir: string;
let emulator: Emulator;
let azure: AzureFixture;
const log: string[] = [];
const rejections: unknown[] = [];
const onRejection = (reason: unknown) => rejections.push(reason);

beforeAll(async () => {
  process.on('unhandledRejection', onRejection);
  stateDir = await mkdtemp(join(tmpdir(), 'emulator-connections-'));
  emulator = await startEmulator({ stateDir, log: line => log.push(line) });
  azure = await new AzureFixture(emulator).createResources();
  idleSockets = openSockets() + 10;
});

afterAll(async () => {
  await azure?.close();
  await emulator?.close();
  await rm(stateDir, { recursive: true });
  process.off('unhandledRejection', onRejection);
});

// The emulator answers, logs no defect, and has no additional sockets.
afterEach(async () => {
  await expect.poll(openSockets, { timeout: 20_000 }).toBeLessThanOrEqual(idleSockets);
  const [mine] = azure.readers;
  const url = `https://${azure.vaultHost}/secrets/${mine!.secretName}?api-version=7.6`;
  expect((await azure.ask(url, { token: mine!.vaultToken })).value).toBe(mine!.mark);
  expect(log.filter(reportsDefect)).toEqual([]);
  expect(rejections).toEqual([]);
}, 30_000);

/** Of client, cluster, and emulator. Their number varies. */
let idleSockets: number;

function openSockets(): number {
  return process.getActiveResourcesInfo().filter(name => /^(TCPSocketWrap|TLSWrap)$/.test(name)).length;
}

function read(by: number, of: number, extra = ''): string {
  const { vaultToken } = azure.readers[by]!;
  return `GET /secrets/${azure.readers[of]!.secretName}?api-version=7.6 HTTP/1.1\r\nhost: ${azure.vaultHost}\r\nauthorization: Bearer ${vaultToken}\r\n${extra}\r\n`;
}

const vaultTunnel = () => Tunnel.open(emulator, azure.vaultHost);

/** As the administrator. */
function kube(method: string, path: string, body = ''): string {
  return `${method} ${path} HTTP/1.1\r\nhost: ${azure.clusterHost}\r\nauthorization: Bearer ${azure.tokens.cluster}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const times = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('connections', () => {
  it('1,000 parallel clients each get only their own answers', async () => {
    const tunnels = await Promise.all(times(1000).map(vaultTunnel));
    // Alternating. Each also requests the other's secret.
    const answers = await Promise.all(
      tunnels.map(async (tunnel, n) => {
        const me = n % 2;
        const mine = await tunnel.exchange(read(me, me), 'GET');
        const others = await tunnel.exchange(read(me, 1 - me), 'GET');
        const again = await tunnel.exchange(read(me, me), 'GET');
        return { me, allowed: [mine!, again!], refused: others! };
      }),
    );
    for (const { me, allowed, refused } of answers) {
      const [mark, other] = [me, 1 - me].map(each => azure.readers[each]!.mark);
      for (const answer of allowed) {
        expect(answer.status).toBe(200);
        expect(JSON.parse(answer.body.toString('utf8')).value).toBe(mark);
        expect(answer.body.toString('utf8')).not.toContain(other);
      }
      expect(refused.status).toBe(403);
      expect(refused.body.toString('utf8')).not.toContain('mark-of');
    }
    for (const tunnel of tunnels) tunnel.close();
  }, 120_000);

  it('answers pipelined requests in order, each for its caller', async () => {
    const tunnel = await vaultTunnel();
    const callers = times(200).map(n => (n * 7) % 2);
    tunnel.socket.write(callers.map(me => read(me, me)).join(''));
    for (const me of callers) {
      const answer = await tunnel.answer('GET');
      expect(JSON.parse(answer!.body.toString('utf8')).value).toBe(azure.readers[me]!.mark);
    }
    tunnel.close();
  }, 60_000);

  it('rejects many CONNECT requests to unknown hosts, and survives clients that hang up', async () => {
    const refused = await Promise.all(
      times(500).map(async n => {
        const socket = dial(emulator);
        const status = await connectTo(socket, `host-${n}.example.com:443`);
        socket.destroy();
        return status;
      }),
    );
    expect(new Set(refused.map(line => line.slice(0, 12)))).toEqual(new Set(['HTTP/1.1 403']));
    // The client does not wait for the certificate.
    await Promise.all(
      times(500).map(async n => {
        const socket = dial(emulator);
        expect(await connectTo(socket, `flood-${n}.vault.azure.net:443`)).toContain(' 200 ');
        socket.destroy();
      }),
    );
  }, 120_000);
});

describe('a client that disconnects', () => {
  it('during its request', async () => {
    const request = `PUT /secrets/x?api-version=7.6 HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"value":`;
    await Promise.all(
      times(200).map(async n => {
        const tunnel = await vaultTunnel();
        // In the request line, the headers, or the body.
        const { promise, resolve } = Promise.withResolvers<unknown>();
        tunnel.socket.write(request.slice(0, [20, 60, request.length][n % 3]), resolve);
        await promise;
        tunnel.close();
      }),
    );
  }, 60_000);

  it('before and during its answer: a watch, a large document', async () => {
    const paths = [
      '/api/v1/namespaces?watch=true',
      '/api/v1/events?watch=true&resourceVersion=0',
      '/api/v1/pods?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
      '/openapi/v2',
      '/openapi/v3/api/v1',
    ];
    await Promise.all(
      times(200).map(async n => {
        const tunnel = await Tunnel.open(emulator, azure.clusterHost);
        tunnel.socket.write(kube('GET', paths[n % paths.length]!));
        // Half of the clients wait for the first bytes.
        if (n % 2 === 0) await once(tunnel.socket, 'data');
        tunnel.close();
      }),
    );
  }, 60_000);
});

describe('a slow client', () => {
  it('sends byte by byte', async () => {
    const tunnel = await vaultTunnel();
    for (const byte of read(0, 0)) {
      tunnel.socket.write(byte);
      await next();
    }
    expect((await tunnel.answer('GET'))?.status).toBe(200);
    tunnel.close();
  }, 60_000);

  it('does not delay other clients when it reads a large document', async () => {
    const slow = await Promise.all(times(20).map(() => Tunnel.open(emulator, azure.clusterHost)));
    for (const tunnel of slow) {
      tunnel.socket.pause();
      tunnel.socket.write(kube('GET', '/openapi/v2').repeat(20));
    }
    const other = await Tunnel.open(emulator, azure.clusterHost);
    expect((await other.exchange(kube('GET', '/version'), 'GET'))?.status).toBe(200);
    other.close();
    for (const tunnel of slow) tunnel.close();
  }, 60_000);
});

/** One turn of the event loop. */
function next(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

describe('a failed TLS handshake', () => {
  /** Without TLS. */
  async function bare(): Promise<Socket> {
    const socket = dial(emulator);
    await connectTo(socket, `${azure.vaultHost}:443`);
    return socket;
  }

  it('with garbage, plain HTTP, half a ClientHello, or no data', async () => {
    const beginnings = ['', '\x16\x03\x01\x02\x00\x01', 'GET / HTTP/1.1\r\n\r\n', '\x00'.repeat(2000)];
    const sockets = await Promise.all(
      times(200).map(async n => {
        const socket = await bare();
        socket.write(Buffer.from(beginnings[n % beginnings.length]!, 'latin1'));
        return socket;
      }),
    );
    for (const socket of sockets) socket.destroy();
  }, 60_000);

  it('with a client that does not trust the CA', async () => {
    await Promise.all(
      times(50).map(async () => {
        const tls = connectTls({ socket: await bare(), servername: azure.vaultHost });
        await once(tls, 'error');
        tls.destroy();
      }),
    );
  }, 60_000);
});
