import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Headers, Response } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { azureClouds } from '../../azure-clouds.ts';
import type { ServicePrincipal } from '../../entra/directory.ts';
import { Latency } from '../../latency.ts';
import { packLayer } from '../../oci/layers.ts';
import type { ClusterContext } from '../context.ts';
import { ImageStore } from './images.ts';

const registry = 'lab.azurecr.io';
const repository = 'labs/app';
const never = new AbortController().signal;

const blobs = new Map<string, Buffer>();
const store = (content: Buffer) => {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  blobs.set(digest, content);
  return { digest, size: content.length, mediaType: 'application/octet-stream' };
};

const file = (content: string) => ({
  type: 'File' as const,
  mode: 0o644,
  uid: 0,
  gid: 0,
  content: Buffer.from(content),
});
const layers = [
  packLayer(
    new Map([
      ['app/main.mjs', file('one')],
      ['app/old', file('old')],
    ]),
  ),
  packLayer(
    new Map([
      ['app/.wh.old', file('')],
      ['app/new', file('new')],
    ]),
  ),
].map(layer => store(gzipSync(layer)));
const config = store(Buffer.from(JSON.stringify({ config: { User: '65532', Entrypoint: ['node'] } })));
const manifest = store(Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers })));

/** A registry that accepts one ARM token, or none if the node has no permission to pull. */
function fakeRegistry({ mayPull = true, broken = false }: { mayPull?: boolean; broken?: boolean } = {}) {
  const requests: string[] = [];
  const fetch: ClusterContext['network']['fetch'] = async (address, init) => {
    const url = new URL(String(address));
    requests.push(`${init?.method ?? 'GET'} ${url.pathname}`);
    if (url.hostname !== registry) throw new TypeError('fetch failed', { cause: new Error('Forbidden') });
    const unauthorized = (headers = {}) =>
      Response.json({ errors: [] }, { status: 401, statusText: 'Unauthorized', headers });
    const form = new URLSearchParams(String(init?.body ?? ''));
    if (url.pathname === '/oauth2/exchange') {
      if (!mayPull || form.get('access_token') !== 'arm-token') return unauthorized();
      return Response.json({ refresh_token: 'refresh' });
    }
    if (url.pathname === '/oauth2/token') {
      if (form.get('refresh_token') !== 'refresh') return unauthorized();
      expect(form.get('scope')).toBe(`repository:${repository}:pull`);
      return Response.json({ access_token: 'access' });
    }
    const headers = new Headers(init?.headers);
    if (headers.get('authorization') !== 'Bearer access') {
      const challenge = `Bearer realm="https://${registry}/oauth2/token",service="${registry}",scope="repository:${repository}:pull"`;
      return unauthorized({ 'www-authenticate': challenge });
    }
    const reference = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
    const content = blobs.get(reference === '1.0' || reference === 'latest' ? manifest.digest : reference);
    if (content === undefined) return Response.json({ errors: [] }, { status: 404 });
    return new Response(broken && reference === layers[0]?.digest ? Buffer.from('other') : content);
  };
  return { fetch, requests };
}

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'images-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const identity: ServicePrincipal = {
  kind: 'ManagedIdentity',
  objectId: 'o',
  clientId: 'c',
  displayName: 'kubelet',
  federatedCredentials: [],
};

function imageStore(network: Pick<ClusterContext['network'], 'fetch'>): ImageStore {
  const tokens = {
    issueAccessToken: async (_: unknown, resource: string) => {
      expect(resource).toBe('https://management.azure.com/');
      return { accessToken: 'arm-token', expiresIn: 60 };
    },
  };
  const context = {
    cloud: azureClouds.AzureCloud,
    network,
    tokens,
    tenantId: 'tenant',
    latency: new Latency('fast', () => 0),
  };
  return new ImageStore(context as unknown as ClusterContext, identity, directory);
}

describe('images', () => {
  it.each([
    ['by tag', `${registry}/${repository}:1.0`],
    ['by digest', `${registry}/${repository}@${manifest.digest}`],
    ['as latest', `${registry}/${repository}`],
  ])("are pulled %s with the node's identity", async (_, reference) => {
    const images = imageStore(fakeRegistry());
    expect(images.find(reference)).toBeUndefined();
    const image = await images.pull(reference, never);
    expect(image.id).toBe(`${registry}/${repository}@${manifest.digest}`);
    expect(image.config).toEqual({ User: '65532', Entrypoint: ['node'] });
    expect(readFileSync(join(image.rootFileSystem, 'app/main.mjs'), 'utf8')).toBe('one');
    expect(images.find(reference)).toBe(image);
  });

  it('have their layers applied in order, with whiteouts', async () => {
    const { rootFileSystem } = await imageStore(fakeRegistry()).pull(`${registry}/${repository}:1.0`, never);
    expect(existsSync(join(rootFileSystem, 'app/new'))).toBe(true);
    expect(existsSync(join(rootFileSystem, 'app/old'))).toBe(false);
    expect(existsSync(join(rootFileSystem, 'app/.wh.old'))).toBe(false);
  });

  it('are not downloaded again if the tag still has the same digest', async () => {
    const fake = fakeRegistry();
    const images = imageStore(fake);
    const reference = `${registry}/${repository}:1.0`;
    const first = await images.pull(reference, never);
    const before = fake.requests.filter(request => request.includes('/blobs/')).length;
    expect(await images.pull(reference, never)).toBe(first);
    expect(fake.requests.filter(request => request.includes('/blobs/'))).toHaveLength(before);
  });

  const anonymous = (reference: string) =>
    `failed to pull and unpack image "${reference}": failed to resolve image: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://${registry}/oauth2/token?scope=repository%3Alabs%2Fapp%3Apull&service=${registry}: 401 Unauthorized`;

  it('fail on the anonymous token if the node has no permission to pull', async () => {
    const reference = `${registry}/${repository}:1.0`;
    const images = imageStore(fakeRegistry({ mayPull: false }));
    await expect(images.pull(reference, never)).rejects.toMatchObject({ message: anonymous(reference) });
  });

  it('that do not exist fail with "not found" first, then on the anonymous token', async () => {
    const reference = `${registry}/${repository}:2.0`;
    await expect(imageStore(fakeRegistry()).pull(reference, never)).rejects.toMatchObject({
      message: `[rpc error: code = NotFound desc = failed to pull and unpack image "${reference}": failed to resolve image: ${reference}: not found, ${anonymous(reference)}]`,
    });
  });

  it('of unreachable hosts fail with the reason', async () => {
    const reference = 'mcr.microsoft.com/oss/app:1';
    await expect(imageStore(fakeRegistry()).pull(reference, never)).rejects.toThrow(
      'failed to do request: Get "https://mcr.microsoft.com/v2/oss/app/manifests/1": Forbidden',
    );
  });

  it('are rejected if the content does not match the digest', async () => {
    const pull = imageStore(fakeRegistry({ broken: true })).pull(`${registry}/${repository}:1.0`, never);
    await expect(pull).rejects.toThrow(`does not match ${layers[0]?.digest}`);
  });
});
