import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { BearerCredentialHandler, fetch, HttpClient } from './http.ts';

const servers: { close(): void }[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  vi.unstubAllEnvs();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Records and refuses each CONNECT. */
async function refusingProxy(): Promise<{ port: number; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer().on('connect', (request, socket) => {
    requests.push(request);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  servers.push(server);
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, requests };
}

describe('fetch', () => {
  test('sends method, headers, and body', async () => {
    const url = await serve(async (request, response) => {
      response
        .setHeader('x-echo', `${request.method} ${request.headers['x-one']}`)
        .setHeader('set-cookie', ['a', 'b']);
      response.writeHead(201, 'Made').end(await text(request));
    });
    const response = await fetch(url, {
      method: 'PATCH',
      headers: { 'x-one': 'é'.normalize('NFC') },
      body: 'größe',
    });
    expect([response.status, response.statusText, await response.text()]).toEqual([201, 'Made', 'größe']);
    expect(response.headers.get('x-echo')).toContain('PATCH');
    expect(response.headers.getSetCookie()).toEqual(['a', 'b']);
  });

  test.each([204, 304])('accepts an answer %d without a body', async status => {
    const url = await serve((_, response) => response.writeHead(status).end());
    expect((await fetch(url)).status).toBe(status);
  });

  test('fails if the connection ends before the whole body has arrived', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(fetch(url)).rejects.toThrow(/aborted/);
  });

  test('fails if nothing listens', async () => {
    const url = await serve(() => {});
    servers.splice(0)[0]?.close();
    await expect(fetch(url)).rejects.toThrow(/ECONNREFUSED/);
  });

  describe('redirects', () => {
    async function record(status: number, options: Parameters<typeof fetch>[1]) {
      const seen: string[] = [];
      const describeRequest = async (request: IncomingMessage) =>
        `${request.method} ${request.headers.authorization ?? '-'} ${await text(request)}`.trim();
      const other = await serve(async (request, response) => {
        seen.push(await describeRequest(request));
        response.end('there');
      });
      const url = await serve(async (request, response) => {
        if (request.url === '/') response.writeHead(status, { location: '/same' }).end();
        else if (request.url === '/away') response.writeHead(status, { location: other }).end();
        else {
          seen.push(await describeRequest(request));
          response.end('here');
        }
      });
      return { seen, url, response: (path: string) => fetch(url + path, options) };
    }

    test.each([
      [301, 'GET', 'GET key'],
      [307, 'POST', 'POST key body'],
      [308, 'POST', 'POST key body'],
      [302, 'POST', 'GET key'],
      [303, 'PATCH', 'GET key'],
    ])('follows %d of a %s as the Fetch standard says', async (status, method, expected) => {
      const body = method === 'GET' ? undefined : 'body';
      const { seen, response } = await record(status, { method, headers: { authorization: 'key' }, body });
      expect(await (await response('/')).text()).toBe('here');
      expect(seen).toEqual([expected]);
    });

    test('does not send credentials to another server', async () => {
      const { seen, response } = await record(307, { headers: { Authorization: 'key' } });
      expect(await (await response('/away')).text()).toBe('there');
      expect(seen).toEqual(['GET -']);
    });

    test('returns the redirect if asked for it', async () => {
      const { seen, response } = await record(301, { redirect: 'manual' });
      expect((await response('/')).status).toBe(301);
      expect(seen).toEqual([]);
    });

    test('ends an endless redirect', async () => {
      const url = await serve((_, response) => response.writeHead(302, { location: '/' }).end());
      await expect(fetch(url)).rejects.toThrow('redirects more than 20 times');
    });

    test('does not leave HTTP for another protocol', async () => {
      const url = await serve((_, response) =>
        response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      );
      await expect(fetch(url)).rejects.toThrow('redirects to file:');
    });
  });

  describe('behind a proxy', () => {
    test.each(['https_proxy', 'HTTPS_PROXY'])('opens a tunnel through the proxy of %s', async name => {
      const proxy = await refusingProxy();
      vi.stubEnv('https_proxy', undefined);
      vi.stubEnv(name, `http://user:p%40ss@127.0.0.1:${proxy.port}`);
      vi.stubEnv('no_proxy', undefined);
      await expect(fetch('https://token.example/x')).rejects.toThrow(/403/);
      const [request] = proxy.requests;
      expect(request?.url).toBe('token.example:443');
      const credentials = Buffer.from(
        request?.headers['proxy-authorization']?.slice(6) ?? '',
        'base64',
      ).toString();
      expect(credentials).toBe('user:p@ss');
    });

    test('sends a plain request to the proxy of http_proxy', async () => {
      const proxy = await serve((request, response) => response.end(request.url));
      vi.stubEnv('http_proxy', proxy);
      vi.stubEnv('no_proxy', undefined);
      expect(await (await fetch('http://token.example/x')).text()).toBe('http://token.example/x');
    });

    test('connects directly to a host of no_proxy', async () => {
      const proxy = await refusingProxy();
      vi.stubEnv('https_proxy', `http://127.0.0.1:${proxy.port}`);
      vi.stubEnv('no_proxy', '.invalid');
      await expect(fetch('https://token.invalid/x')).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
      expect(proxy.requests).toEqual([]);
    });

    test('connects directly to the runner itself', async () => {
      const proxy = await refusingProxy();
      vi.stubEnv('https_proxy', `http://127.0.0.1:${proxy.port}`);
      vi.stubEnv('no_proxy', undefined);
      await expect(fetch(`https://127.0.0.1:${proxy.port}/`)).rejects.toThrow();
      expect(proxy.requests).toEqual([]);
    });

    test('reports a Node.js that cannot use the proxy', async () => {
      vi.stubEnv('https_proxy', 'http://127.0.0.1:1');
      vi.spyOn(process.versions, 'node', 'get').mockReturnValue('24.4.1');
      await expect(fetch('https://token.example/')).rejects.toThrow(
        /A proxy is set .* Node.js 24.4.1 cannot use it/,
      );
    });
  });
});

describe('HttpClient.getJson', () => {
  const get = async (listener: RequestListener) =>
    new HttpClient('agent', [new BearerCredentialHandler('secret')]).getJson(await serve(listener));

  test('sends the token and returns the JSON', async () => {
    const { result } = await get((request, response) =>
      response.end(JSON.stringify([request.headers.authorization, request.headers['user-agent']])),
    );
    expect(result).toEqual(['Bearer secret', 'agent']);
  });

  test('returns null for what is not JSON', async () => {
    expect(await get((_, response) => response.end('<html>'))).toEqual({ result: null });
  });

  test.each([
    ['{"message": "no permission"}', 'no permission'],
    ['<html>', '<html>'],
    ['', 'Forbidden'],
  ])('fails with the status and the message of %j', async (body, message) => {
    const failure = get((_, response) => response.writeHead(403).end(body));
    await expect(failure).rejects.toMatchObject({ statusCode: 403, message });
  });
});
