/**
 * What the services of the emulator accept as the audience of an access token. Entra puts the resource there as it
 * was asked for, so each has a form with the trailing slash and one without.
 */
export const audiences = {
  arm: both('https://management.azure.com').concat(both('https://management.core.windows.net')),
  keyVault: both('https://vault.azure.net'),
  graph: both('https://graph.microsoft.com'),
  containerRegistry: both('https://containerregistry.azure.net'),
  /** The server application of clusters that sign their users in with Entra. */
  aks: ['6dae42f8-4368-4678-94ff-3960e28e3630'],
} as const satisfies Record<string, readonly string[]>;

const known: ReadonlySet<string> = new Set(Object.values(audiences).flat());

function both(resource: string): string[] {
  return [resource, `${resource}/`];
}

/**
 * The resource that a v2.0 scope names: everything before the last `/.default`, so that the double slash in
 * `https://management.core.windows.net//.default` keeps the resource's own.
 * @param scope the form field: scopes parted by blanks; OpenID's own (`openid`, `profile`, `offline_access`) are skipped
 * @returns `resource` as the token's audience will show it, and whether the tenant has it; `undefined` where no scope names one
 */
export function resourceOf(scope: string): { resource: string; known: boolean } | undefined {
  const named = scope.split(/\s+/).find(part => part !== '' && !openIdScopes.has(part));
  if (named === undefined) return undefined;
  const resource = named.slice(0, named.lastIndexOf('/'));
  return { resource, known: known.has(resource) };
}

const openIdScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);
