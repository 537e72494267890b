import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { fetch, ProxyAgent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { azureClouds } from '../azure-clouds.ts';
import { azureErrorFormat } from '../http/error-format.ts';
import { json, type Reply, type Request } from '../http/service.ts';
import { CertificateAuthority } from '../pki/certificate-authority.ts';
import { transientFailures } from '../transient-failures.ts';
import { Faults } from './faults.ts';
import { HostTable } from './hosts.ts';
import { type ProxyServer, startProxy } from './proxy.ts';

const authority = await CertificateAuthority.create();
let proxy: ProxyServer;
let faults: Faults;
let agent: ProxyAgent;
let log: string[];
let service: (request: Request) => Reply | Promise<Reply>;

beforeEach(async () => {
  log = [];
  faults = new Faults(transientFailures, azureClouds.AzureCloud);
  service = request => json(200, { url: request.url.href, length: request.body.length });
  proxy = await startProxy({
    port: 0,
    authority,
    hosts: new HostTable()
      .add('*.vault.azure.net', request => service(request))
      .addPrivate('*.privatelink.azmk8s.io'),
    faults,
    control: {
      service: request => json(200, { control: request.url.pathname }),
      errorFormat: azureErrorFormat,
    },
    log: line => log.push(line),
  });
  agent = new ProxyAgent({ uri: proxy.url, requestTls: { ca: authority.certificate } });
});

afterEach(async () => {
  await agent.destroy();
  await proxy.close();
});

const get = (url: string, init: Parameters<typeof fetch>[1] = {}) =>
  fetch(url, { ...init, dispatcher: agent });

/** Until it closes or `until` arrives. */
async function received(socket: Socket, until?: string): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk.toString('latin1');
    if (until !== undefined && text.includes(until)) break;
  }
  return text;
}

function dial(): Socket {
  return connect(Number(new URL(proxy.url).port), '127.0.0.1');
}

async function tunnel(host: string): Promise<TLSSocket> {
  const socket = dial();
  socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nhost: ${host}:443\r\n\r\n`);
  await received(socket, '\r\n\r\n');
  const tls = connectTls({ socket, servername: host, ca: authority.certificate });
  await once(tls, 'secureConnect');
  return tls;
}

describe('tunnels', () => {
  it('show the certificate of the host, and pass the request to its service', async () => {
    const reply = await get('https://kv.vault.azure.net/secrets/s?api-version=7.4', {
      method: 'PUT',
      body: 'four',
    });
    expect(await reply.json()).toEqual({
      url: 'https://kv.vault.azure.net/secrets/s?api-version=7.4',
      length: 4,
    });
  });

  it('serve several requests, each with the host of CONNECT and not of the header Host', async () => {
    const tls = await tunnel('kv.vault.azure.net');
    expect(tls.alpnProtocol).toBe(false);
    for (const path of ['/one', '/two', '/three']) {
      tls.write(`GET ${path} HTTP/1.1\r\nhost: other.vault.azure.net\r\n\r\n`);
      expect(await received(tls, '}')).toContain(`"url":"https://kv.vault.azure.net${path}"`);
    }
    tls.destroy();
  });

  it('reject a request target with a different host', async () => {
    const tls = await tunnel('kv.vault.azure.net');
    tls.write('GET https://management.azure.com/ HTTP/1.1\r\nhost: kv.vault.azure.net\r\n\r\n');
    expect(await received(tls, '}}')).toContain('400 Bad Request');
    tls.write('GET //management.azure.com/x HTTP/1.1\r\nhost: kv.vault.azure.net\r\n\r\n');
    expect(await received(tls, '}')).toContain('https://kv.vault.azure.net//management.azure.com/x');
    tls.destroy();
  });

  it('reject WebSocket', async () => {
    const tls = await tunnel('kv.vault.azure.net');
    tls.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    expect(await received(tls, '}}')).toMatch(/^HTTP\/1.1 501 /);
    tls.destroy();
  });

  it('are rejected for any other host, port, or label', async () => {
    for (const target of [
      'example.com:443',
      'kv.vault.azure.net:80',
      'kv.vault.azure.net',
      'a.b.vault.azure.net:443',
      'kvxvault.azure.net:443',
      'kv.vault.azure.net.evil.example:443',
      `${'a'.repeat(64)}.vault.azure.net:443`,
      '-kv.vault.azure.net:443',
      '[::1]:443',
    ]) {
      const socket = dial();
      socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`);
      const answer = await received(socket);
      expect(answer).toMatch(/^HTTP\/1.1 403 /);
      expect(answer).toContain(`${target} is not emulated`);
      expect(answer).toContain('no request leaves it for a real cloud');
    }
    await expect(get('https://example.com/')).rejects.toThrow();
    expect(log).toContain('rejected: example.com:443 is not emulated');
  });

  it('are rejected for a private host name, as by a resolver that does not know it', async () => {
    const socket = dial();
    socket.write('CONNECT Lab.privatelink.azmk8s.io:443 HTTP/1.1\r\n\r\n');
    expect(await received(socket)).toMatch(
      /^HTTP\/1\.1 502 dial tcp: lookup lab\.privatelink\.azmk8s\.io: no such host\r\n/,
    );
    expect(log).toEqual(['rejected: lab.privatelink.azmk8s.io:443 exists only in a private network']);
  });

  it('survive a client that does not trust the CA', async () => {
    const suspicious = new ProxyAgent({ uri: proxy.url });
    await expect(fetch('https://kv.vault.azure.net/', { dispatcher: suspicious })).rejects.toThrow();
    await suspicious.destroy();
    expect((await get('https://kv.vault.azure.net/')).status).toBe(200);
  });
});

describe('requests', () => {
  it('are rejected outside a tunnel', async () => {
    const socket = dial();
    socket.write('GET http://example.com/ HTTP/1.1\r\nhost: example.com\r\n\r\n');
    const answer = await received(socket);
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
    expect(answer).toContain('rejected http://example.com');
  });

  it('to the proxy itself reach the control service', async () => {
    expect(await (await fetch(`${proxy.url}/control/status`)).json()).toEqual({ control: '/control/status' });
  });

  it('with a body over the limit are rejected with 413, with and without content-length', async () => {
    const { bodyLimit } = azureErrorFormat;
    const body = Buffer.alloc(bodyLimit + 1);
    expect((await get('https://kv.vault.azure.net/', { method: 'PUT', body })).status).toBe(413);
    const chunked = (async function* () {
      for (let sent = 0; sent <= bodyLimit; sent += 1 << 16) yield body.subarray(0, 1 << 16);
    })();
    const reply = await get('https://kv.vault.azure.net/', { method: 'PUT', body: chunked, duplex: 'half' });
    expect(reply.status).toBe(413);
    const whole = body.subarray(1);
    expect((await get('https://kv.vault.azure.net/', { method: 'PUT', body: whole })).status).toBe(200);
  });

  it('receive a 500 in the format of Azure if the service throws, and the log has no query', async () => {
    service = () => {
      throw new Error('boom');
    };
    const reply = await get('https://kv.vault.azure.net/path?sig=secret');
    expect(reply.status).toBe(500);
    expect(await reply.json()).toMatchObject({ error: { code: 'InternalServerError' } });
    expect(log.join()).toContain('GET https://kv.vault.azure.net/path failed: Error: boom');
    expect(log.join()).not.toContain('secret');
    service = () => ({ status: 200, headers: { 'x-bad': 'a\nb' } });
    expect((await get('https://kv.vault.azure.net/')).status).toBe(500);
  });

  it('receive a waiting fault as often as configured', async () => {
    faults.add({
      host: 'kv.vault.azure.net',
      pathPattern: '^/secrets/',
      method: 'get',
      status: 429,
      headers: { 'retry-after': '1' },
      body: { error: { code: 'Throttled' } },
      times: 2,
    });
    const statuses = [];
    for (const path of ['/keys/k', '/secrets/s', '/secrets/s', '/secrets/s']) {
      const reply = await get(`https://kv.vault.azure.net${path}`);
      statuses.push(reply.status);
      if (reply.status === 429) expect(await reply.json()).toEqual({ error: { code: 'Throttled' } });
    }
    expect(statuses).toEqual([200, 429, 429, 200]);
    expect(faults.size).toBe(0);
  });

  it('are reset only by a matching fault', async () => {
    faults.add({ reset: true, host: '*.vault.azure.net', pathPattern: '^/secrets/' });
    expect((await get('https://kv.vault.azure.net/keys/k')).status).toBe(200);
    const tls = await tunnel('kv.vault.azure.net');
    const failed = once(tls, 'error');
    tls.write('GET /secrets/s HTTP/1.1\r\nhost: x\r\n\r\n');
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET', syscall: 'read' });
    expect((await get('https://kv.vault.azure.net/secrets/s')).status).toBe(200);
    expect(log).toEqual([]);
  });

  it('receive a named failure at the hosts of its cloud', () => {
    const government = new Faults(transientFailures, azureClouds.AzureUSGovernment);
    government.add({ failure: 'throttled' });
    const ask = (host: string) =>
      government.take({
        method: 'GET',
        url: new URL(`https://${host}/`),
        headers: {},
        body: Buffer.alloc(0),
        signal: new AbortController().signal,
      });
    expect(ask('management.azure.com')).toBeUndefined();
    expect(ask('management.usgovcloudapi.net')).toMatchObject({ status: 429 });
  });

  it('receive a named failure only if they match it', async () => {
    faults.add({ failure: 'role-not-seen', times: 2 });
    expect((await get('https://kv.vault.azure.net/keys/k')).status).toBe(200);
    const reply = await get('https://kv.vault.azure.net/secrets/s');
    expect(reply.status).toBe(403);
    expect(await reply.json()).toMatchObject({ error: { innererror: { code: 'ForbiddenByRbac' } } });
    faults.clear();
    faults.add({ failure: 'role-not-seen', pathPattern: '^/secrets/other' });
    expect((await get('https://kv.vault.azure.net/secrets/s')).status).toBe(200);
    faults.add({ failure: 'throttled' });
    expect((await get('https://kv.vault.azure.net/secrets/s')).status).toBe(200);
  });

  it.each([
    ['throttled', 429, 'TooManyRequests'],
    ['operation-in-progress', 409, 'OperationNotAllowed'],
    ['concurrent-update', 409, 'ConcurrentUpdateError'],
    [
      'concurrent-credential-writes',
      409,
      'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity',
    ],
    ['principal-not-found', 400, 'PrincipalNotFound'],
    ['resource-group-not-seen', 404, 'ResourceGroupNotFound'],
    ['resource-not-seen', 404, 'ResourceNotFound'],
    ['subscription-not-seen', 200, '"value":[]'],
    ['identity-not-seen', 400, 'AADSTS700016:'],
    ['credential-not-seen', 401, 'AADSTS70021:'],
    ['subject-not-seen', 401, 'AADSTS700213:'],
    ['role-not-seen', 403, 'ForbiddenByRbac'],
  ] as const)('receive %s with the status and wording of Azure', async (failure, status, words) => {
    faults.add({ failure, host: 'kv.vault.azure.net', pathPattern: '', method: 'PUT' });
    const reply = await get('https://kv.vault.azure.net/', { method: 'PUT', body: '' });
    expect(reply.status).toBe(status);
    expect(await reply.text()).toContain(words);
  });
});

describe('responses', () => {
  it('have a content-length, also if empty', async () => {
    service = () => ({ status: 200, body: 'text' });
    expect((await get('https://kv.vault.azure.net/')).headers.get('content-length')).toBe('4');
    service = () => ({ status: 200 });
    expect((await get('https://kv.vault.azure.net/')).headers.get('content-length')).toBe('0');
    service = () => ({ status: 204 });
    expect((await get('https://kv.vault.azure.net/')).headers.get('content-length')).toBe(null);
  });

  it('to HEAD keep their content-length', async () => {
    service = () => ({ status: 200, headers: { 'content-length': '4096' } });
    const reply = await get('https://kv.vault.azure.net/', { method: 'HEAD' });
    expect(reply.headers.get('content-length')).toBe('4096');
  });

  it('that stream are sent chunk by chunk, and end when the client disconnects', async () => {
    const ended = Promise.withResolvers<string>();
    const asked = Promise.withResolvers<void>();
    service = request => ({
      status: 200,
      body: (async function* () {
        try {
          yield 'first';
          asked.resolve();
          await once(request.signal, 'abort');
          yield 'never read';
        } finally {
          ended.resolve('ended');
        }
      })(),
    });
    const hangUp = new AbortController();
    const reply = await get('https://kv.vault.azure.net/', { signal: hangUp.signal });
    const reader = reply.body!.getReader();
    expect(Buffer.from((await reader.read()).value).toString()).toBe('first');
    await asked.promise;
    hangUp.abort();
    expect(await ended.promise).toBe('ended');
    expect(log).toEqual([]);
  });

  it('that stream wait for a slow client', async () => {
    let produced = 0;
    service = () => ({
      status: 200,
      body: (async function* () {
        for (; produced < 4096; produced++) yield Buffer.alloc(64 * 1024);
      })(),
    });
    const tls = await tunnel('kv.vault.azure.net');
    tls.pause();
    tls.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    // Production stops when the sockets are full.
    let before = -1;
    while (before !== produced || produced === 0) {
      before = produced;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    expect(produced).toBeLessThan(2048);
    tls.destroy();
  });

  it('that fail midway are cut off and logged', async () => {
    service = () => ({
      status: 200,
      body: (async function* () {
        yield 'first';
        throw new Error('broke off');
      })(),
    });
    await expect(get('https://kv.vault.azure.net/').then(reply => reply.text())).rejects.toThrow();
    await expect.poll(() => log.join()).toContain('broke off');
  });
});

describe('a client that stops sending', () => {
  const timeouts = { headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 20 };
  let strict: ProxyServer;

  beforeEach(async () => {
    strict = await startProxy({
      port: 0,
      authority,
      hosts: new HostTable().add('*.vault.azure.net', () => ({ status: 200 })),
      faults,
      control: { service: () => ({ status: 200 }), errorFormat: azureErrorFormat },
      log: line => log.push(line),
      timeouts,
    });
  });

  afterEach(() => strict.close());

  it.each([
    ['before CONNECT', ''],
    ['in the middle of CONNECT', 'CONNECT kv.vault.azure.net:443 HTTP/1.1\r\nhost:'],
    ['before TLS', 'CONNECT kv.vault.azure.net:443 HTTP/1.1\r\nhost: x\r\n\r\n'],
    [
      'in the middle of TLS',
      'CONNECT kv.vault.azure.net:443 HTTP/1.1\r\nhost: x\r\n\r\n\x16\x03\x01\x02\x00\x01',
    ],
  ])('%s is disconnected', async (_, text) => {
    const socket = connect(Number(new URL(strict.url).port), '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.write(Buffer.from(text, 'latin1'));
    await once(socket, 'close');
  });

  it.each([
    ['before its request', ''],
    ['in the middle of a header', 'GET / HTTP/1.1\r\nhost: kv.vault'],
    ['in the middle of a body', 'PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf'],
  ])('%s is disconnected inside its tunnel', async (_, text) => {
    const socket = connect(Number(new URL(strict.url).port), '127.0.0.1');
    socket.write('CONNECT kv.vault.azure.net:443 HTTP/1.1\r\nhost: x\r\n\r\n');
    await received(socket, '\r\n\r\n');
    const tls = connectTls({ socket, servername: 'kv.vault.azure.net', ca: authority.certificate });
    await once(tls, 'secureConnect');
    tls.on('error', () => {}).resume();
    if (text !== '') tls.write(text);
    await once(tls, 'close');
    expect(log).toEqual([]);
  });
});

it('caches the certificates of a limited number of hosts', () => {
  const first = authority.contextFor('first.vault.azure.net');
  expect(authority.contextFor('first.vault.azure.net')).toBe(first);
  for (let n = 0; n < 300; n++) authority.contextFor(`n${n}.vault.azure.net`);
  expect(authority.contextFor('first.vault.azure.net')).not.toBe(first);
  expect(authority.contextFor('n299.vault.azure.net')).toBe(authority.contextFor('n299.vault.azure.net'));
});

it('close() closes open tunnels and open responses', async () => {
  const aborted = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  service = async request => {
    asked.resolve();
    await once(request.signal, 'abort');
    aborted.resolve();
    return { status: 200 };
  };
  const idle = await tunnel('kv.vault.azure.net');
  const hung = get('https://kv.vault.azure.net/').catch(() => 'cut off');
  const idleClosed = once(idle, 'close');
  idle.on('error', () => {});
  await asked.promise;
  await proxy.close();
  await aborted.promise;
  await idleClosed;
  expect(await hung).toBe('cut off');
  proxy = { url: proxy.url, close: async () => {} };
});

it('certificates follow RFC 5280: names, constraints, chain', async () => {
  const ca = new X509Certificate(authority.certificate);
  expect(ca.ca).toBe(true);
  expect(ca.verify(ca.publicKey)).toBe(true);
  const tls = await tunnel('kv.vault.azure.net');
  const leaf = tls.getPeerX509Certificate()!;
  expect(leaf.checkIssued(ca)).toBe(true);
  expect(leaf.verify(ca.publicKey)).toBe(true);
  expect(leaf.checkHost('kv.vault.azure.net')).toBe('kv.vault.azure.net');
  expect(leaf.checkHost('other.vault.azure.net')).toBe(undefined);
  expect(leaf.ca).toBe(false);
  tls.destroy();
});
