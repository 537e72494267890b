import type { AzureCloud } from '../azure-clouds.ts';

/**
 * The resource of a v2.0 scope: everything before the last `/.default`. So the resource in
 * `https://management.core.windows.net//.default` keeps its trailing slash.
 * @param scope the form field: scopes separated by spaces. OpenID's own (`openid`, `profile`, …) are ignored.
 * @returns `resource` as in the token's audience, and whether the tenant has it; `undefined` without a resource
 */
export function resourceOf(
  { audiences }: AzureCloud,
  scope: string,
): { resource: string; known: boolean } | undefined {
  const named = scope.split(/\s+/).find(part => part !== '' && !openIdScopes.has(part));
  if (named === undefined) return undefined;
  const resource = named.slice(0, named.lastIndexOf('/'));
  return { resource, known: Object.values(audiences).flat().includes(resource) };
}

const openIdScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);
