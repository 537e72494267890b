import type { JSONWebKeySet } from 'jose';
import type { Reply, Request } from '../../http/service.ts';
import { apiGroup, apiGroups, apiResources, apiVersions } from './discovery.ts';
import type { Fields } from './fields.ts';
import { openApiDocument, openApiIndex, openApiV2, openApiV2MediaType } from './openapi.ts';
import { jsonReply, plainTextReply } from './replies.ts';
import { noSuchPath } from './status.ts';

/** Answers a request that is not for a resource: version, health, discovery, OpenAPI, and keys. */
export function answerNonResourcePath(
  { method, url }: Request,
  { kubernetesVersion, jwks }: { readonly kubernetesVersion: string; readonly jwks: JSONWebKeySet },
): Reply {
  const { pathname } = url;
  // kube-apiserver answers paths outside the API in plain text.
  const known = /^\/(apis?|openapi|openid|version|healthz|livez|readyz)(\/|$)/.test(pathname);
  if (!known) return plainTextReply('404 page not found\n', 404);
  if (method !== 'GET') throw noSuchPath();
  const [, root, group, version] = pathname.split('/');
  if (pathname === '/version' || pathname === '/version/') return jsonReply(versionInfo(kubernetesVersion));
  if (/^\/(healthz|livez|readyz)$/.test(pathname)) return plainTextReply('ok');
  if (pathname === '/api') return jsonReply(apiVersions);
  if (pathname === '/apis') return jsonReply(apiGroups());
  if (pathname === '/api/v1') return jsonReply(apiResources('v1')!);
  if (pathname === '/openid/v1/jwks') return jsonReply(jwks, { 'content-type': 'application/jwk-set+json' });
  if (pathname === '/openapi/v2') {
    return { status: 200, headers: { 'content-type': openApiV2MediaType }, body: openApiV2 };
  }
  if (pathname === '/openapi/v3') return jsonReply(openApiIndex());
  if (pathname.startsWith('/openapi/v3/')) return openApi(url);
  const found =
    root === 'apis' && group ? (version ? apiResources(`${group}/${version}`) : apiGroup(group)) : undefined;
  if (!found) throw noSuchPath();
  return jsonReply(found);
}

function versionInfo(kubernetesVersion: string): Fields {
  const [major, minor] = kubernetesVersion.split('.');
  return {
    major,
    minor,
    gitVersion: `v${kubernetesVersion}`,
    gitTreeState: 'clean',
    goVersion: 'go1.25',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}

/** Clients cache a document under the address with its hash forever. Another hash redirects there. */
function openApi(url: URL): Reply {
  const version = url.pathname.slice('/openapi/v3/'.length).replace(/^api\/(?=v1$)|^apis\//, '');
  const document = openApiDocument(version);
  if (!document) throw noSuchPath();
  const hash = url.searchParams.get('hash');
  if (hash && hash !== document.hash) {
    return { status: 301, headers: { location: `${url.pathname}?hash=${document.hash}` } };
  }
  const forever: Record<string, string> = hash
    ? { 'cache-control': 'public, immutable', expires: new Date(Date.now() + 31_536_000_000).toUTCString() }
    : { 'cache-control': 'no-cache, private' };
  return {
    status: 200,
    headers: { 'content-type': 'application/json', etag: `"${document.hash}"`, ...forever },
    body: document.body,
  };
}
