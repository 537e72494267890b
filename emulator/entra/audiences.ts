import type { AzureCloud } from '../azure-clouds.ts';

/**
 * The resource that a v2.0 scope names: everything before the last `/.default`, so that the double slash in
 * `https://management.core.windows.net//.default` keeps the resource's own.
 * @param cloud whose services the tenant has
 * @param scope the form field: scopes parted by blanks; OpenID's own (`openid`, `profile`, `offline_access`) are skipped
 * @returns `resource` as the token's audience will show it, and whether the tenant has it; `undefined` where no scope names one
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
