import { armRoutes } from '../../emulator/arm/routes.ts';
import { graphRoutes } from '../../emulator/entra/graph.ts';
import { loginRoutes } from '../../emulator/entra/login.ts';
import { restRouter } from '../../emulator/github/rest/rest-api.ts';
import { type RouteDeclaration, Router } from '../../emulator/http/router.ts';
import { secretsRouter } from '../../emulator/key-vault/data-plane.ts';
import { contentRouter, signInRouter } from '../../emulator/registry/data-plane.ts';
import type { AzureFixture } from './azure-fixture.ts';
import type { SampleRequest } from './sample-request.ts';

/** Kubernetes and the resource providers declare resource types instead. */
interface DeclaredService extends Pick<SampleRequest, 'host' | 'errorStyle' | 'token'> {
  readonly routes: readonly RouteDeclaration[];
  readonly query?: string;
}

function declaredServices({ vaultHost, registryHost }: AzureFixture): readonly DeclaredService[] {
  return [
    {
      host: 'management.azure.com',
      errorStyle: 'azure',
      token: 'arm',
      routes: armRoutes,
      query: '?api-version=2022-04-01',
    },
    { host: 'login.microsoftonline.com', errorStyle: 'entra', routes: loginRoutes },
    { host: 'graph.microsoft.com', errorStyle: 'graph', token: 'graph', routes: graphRoutes },
    {
      host: vaultHost,
      errorStyle: 'azure',
      token: 'vault',
      routes: secretsRouter.routes,
      query: '?api-version=7.6',
    },
    {
      host: registryHost,
      errorStyle: 'oci',
      token: 'registry',
      routes: [...contentRouter.routes, ...signInRouter.routes],
    },
    { host: 'api.github.com', errorStyle: 'github', token: 'github', routes: restRouter.routes },
  ];
}

export function samplesOfUnusedRoutes(
  azure: AzureFixture,
  samples: readonly SampleRequest[],
): SampleRequest[] {
  return declaredServices(azure).flatMap(({ routes, query = '', ...service }) =>
    unusedRoutes(
      routes,
      samples.filter(({ host }) => host === service.host),
    ).map(route => ({
      ...service,
      method: route.method,
      path: fillPattern(route.path, azure) + query,
      ...(['PATCH', 'POST', 'PUT'].includes(route.method) && { body: {}, contentType: 'application/json' }),
    })),
  );
}

/** `PUT /secrets/:name`. */
export function listUnusedRoutes(azure: AzureFixture, samples: readonly SampleRequest[]): string[] {
  return declaredServices(azure).flatMap(({ host, routes }) =>
    unusedRoutes(
      routes,
      samples.filter(sample => sample.host === host),
    ).map(({ method, path }) => `${method} ${host}${path}`),
  );
}

function unusedRoutes(
  routes: readonly RouteDeclaration[],
  samples: readonly SampleRequest[],
): readonly RouteDeclaration[] {
  const router = new Router(routes, { ignoreCase: true });
  const used = new Set(
    samples.map(({ method, path }) => router.match(method, decodeURIComponent(path.split('?')[0]!)).route),
  );
  return routes.filter(route => !used.has(route));
}

function fillPattern(path: string, { ready, subscription }: AzureFixture): string {
  const values: Readonly<Record<string, string>> = {
    scope: `${subscription}/resourceGroups/fuzz`,
    subscription: ready.subscriptionId,
    namespace: 'Microsoft.KeyVault',
    tenant: ready.tenantId,
    repository: 'fuzz/image',
    digest: `sha256:${'0'.repeat(64)}`,
    id: '11111111-2222-3333-4444-555555555555',
    owner: 'octo',
    repo: 'fuzz',
    number: '1',
  };
  // At most two levels of parentheses.
  return path.replace(
    /:(\w+)(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\+)?/g,
    (_, name: string) => values[name] ?? 'fuzz',
  );
}
