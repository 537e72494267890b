import { clusterVerbs, type Intervention, type Interventions } from './aks/interventions.ts';
import type { Quotas } from './aks/quotas.ts';
import type { Authorization } from './arm/authorization/authorization.ts';
import { roleDefinitions } from './arm/authorization/role-definitions.ts';
import type { Registrations } from './arm/registrations.ts';
import type { ResourceLists } from './arm/resource-lists.ts';
import type { Directory, User } from './entra/directory.ts';
import type { SignIns } from './entra/sign-ins.ts';
import type { TokenService } from './entra/tokens.ts';
import type { JobFacts } from './github/claims.ts';
import type { GitHub } from './github/github.ts';
import type { NewRepository } from './github/repositories.ts';
import type { NewToken } from './github/rest/tokens.ts';
import { isObject, parseJson } from './http/json.ts';
import { type Route, route } from './http/router.ts';
import { json, type Reply, type Request } from './http/service.ts';
import type { Vaults } from './key-vault/vaults.ts';
import type { KeyRing } from './pki/key-ring.ts';
import { SigningKey } from './pki/signing-key.ts';
import type { Fault, Faults } from './proxy/faults.ts';
import type { BuildSwitch } from './registry/build-switch.ts';

export interface ControlTargets {
  readonly github: GitHub;
  readonly signIns: SignIns;
  readonly faults: Faults;
  readonly interventions: Interventions;
  readonly quotas: Quotas;
  readonly registrations: Pick<Registrations, 'forget'>;
  readonly lists: ResourceLists;
  readonly vaults: Pick<Vaults, 'takeName' | 'listedAfter'>;
  readonly authorization: Authorization;
  readonly accessTokens: Pick<TokenService, 'lifetime'>;
  readonly tenantKeys: KeyRing<SigningKey>;
  readonly builds: BuildSwitch;
  readonly directory: Directory;
  readonly user: User;
  /** Body of `GET /control/status`, without the number of faults. */
  readonly status: () => object;
  /** Called after the response. */
  readonly stop: () => void;
}

interface ControlCall {
  readonly request: Request;
  readonly targets: ControlTargets;
}

export interface ControlRoute extends Route<ControlCall, Reply | Promise<Reply>> {
  /** Members of body or query; after an arrow, of the response. */
  readonly body: string;
  /** A sentence for the documentation. */
  readonly summary: string;
}

const noContent: Reply = { status: 204 };

/** docs/emulator.md has this as a table. */
export const controlRoutes: readonly ControlRoute[] = [
  {
    ...route('GET', '/control/status', 'Show the status', ({ targets }: ControlCall) =>
      json(200, { ...targets.status(), faults: targets.faults.size }),
    ),
    body: '→ `cloud`, `proxyUrl`, `tenantId`, `subscriptionId`, `hosts`, `residentBytes`, `faults`',
    summary: 'Returns the identity of the emulator, its hosts, and the number of faults that wait.',
  },
  {
    ...route('POST', '/control/faults', 'Add a fault', ({ request, targets }: ControlCall) =>
      addFault(parseJson(request), targets.faults),
    ),
    body: '`failure` or `status` or `reset`; `host?`, `pathPattern?`, `method?`, `headers?`, `body?`, `times?`',
    summary: 'Lets the next requests that match fail.',
  },
  {
    ...route('DELETE', '/control/faults', 'Delete all faults', ({ targets }: ControlCall) => {
      targets.faults.clear();
      return noContent;
    }),
    body: '',
    summary: 'Deletes the faults that wait.',
  },
  {
    ...route(
      'POST',
      '/control/device-codes/:userCode([A-Z0-9]+)/approve',
      'Approve a device code',
      ({ targets: { signIns, user } }: ControlCall, { userCode }) =>
        signIns.approve(userCode, user)
          ? json(200, { approvedBy: user.userPrincipalName })
          : json(404, { error: `No sign-in waits for the code ${JSON.stringify(userCode)}.` }),
    ),
    body: '→ `approvedBy`',
    summary: 'Signs in the user of the tenant.',
  },
  {
    ...route(
      'PUT',
      '/control/groups/:groupId([\\da-fA-F-]{36})',
      'Set a group',
      ({ request, targets }: ControlCall, { groupId }) =>
        setGroup(targets.directory, groupId, member(request, 'members')),
    ),
    body: '`members`',
    summary: 'Creates or replaces a security group of the tenant. Members are client IDs or object IDs.',
  },
  {
    ...route(
      'PUT',
      '/control/entra/access-token-lifetime',
      'Set the lifetime of access tokens',
      ({ request, targets }: ControlCall) => {
        const seconds = member(request, 'seconds');
        if (seconds !== undefined && !isPositive(seconds))
          return invalid('seconds', seconds, 'a number above 0');
        targets.accessTokens.lifetime = seconds;
        return noContent;
      },
    ),
    body: '`seconds?`',
    summary: 'Sets the lifetime of access tokens issued from now on. Without `seconds`, Entra decides.',
  },
  {
    ...route(
      'POST',
      '/control/signing-keys/entra/rotate',
      "Rotate the tenant's signing key",
      rotateTenantKey,
    ),
    body: '`earlierKeySeconds?` → `keyIds`',
    summary: 'Signs with a new key. The earlier key stays valid for `earlierKeySeconds` (default: one day).',
  },
  {
    ...route('POST', '/control/signing-keys/github/rotate', "Rotate GitHub's signing key", rotateGitHubKey),
    body: '`earlierKeySeconds?` → `keyIds`',
    summary: 'As above, for the ID tokens of GitHub Actions. The keys of a cluster are rotated with az.',
  },
  {
    ...route('PUT', '/control/late-roles', 'Delay role assignments', ({ request, targets }: ControlCall) =>
      delayRoles(parseJson(request), targets),
    ),
    body: '`clientId`, `seconds`, `roles?`, `createdSecondsAgo?` → `assignments`',
    summary:
      'Lets the role assignments of an identity, or those of the named roles, take effect only after `seconds`.',
  },
  {
    ...route(
      'DELETE',
      '/control/provider-registrations/:namespace([\\w.]+)',
      'Unregister a resource provider',
      ({ request, targets }: ControlCall, { namespace }) => {
        targets.registrations.forget(namespace, member(request, 'endless') === true);
        return noContent;
      },
    ),
    body: '`endless?`',
    summary: 'Unregisters a resource provider. With `endless: true` its next registration never ends.',
  },
  {
    ...route('PUT', '/control/quotas', 'Set quotas', ({ request, targets }: ControlCall) => {
      const body = parseJson(request);
      const { location, ...quota } = isObject(body) ? body : {};
      const isKnown = (name: string) => ['vcpus', 'clusters'].includes(name);
      if (
        typeof location !== 'string' ||
        !Object.keys(quota).every(isKnown) ||
        !Object.values(quota).every(isCount)
      )
        return invalid('body', body, '{location: string, vcpus?: whole number, clusters?: whole number}');
      targets.quotas.set(location, quota);
      return noContent;
    }),
    body: '`location`, `vcpus?`, `clusters?`',
    summary: 'Sets how many vCPUs and managed clusters the subscription is allowed to use in a region.',
  },
  {
    ...route(
      'PUT',
      '/control/resource-lists',
      'Set how resources are listed',
      ({ request, targets }: ControlCall) => {
        const pageSize = member(request, 'pageSize') ?? 1000;
        const unseen = member(request, 'unseen') ?? [];
        if (!isCount(pageSize) || pageSize === 0)
          return invalid('pageSize', pageSize, 'a whole number above 0');
        if (!isTexts(unseen)) return invalid('unseen', unseen, 'a list of names');
        Object.assign(targets.lists, { pageSize, unseen });
        return noContent;
      },
    ),
    body: '`pageSize?`, `unseen?`',
    summary:
      "Sets the page size of Resource Manager's lists, and the resources that its cache does not list yet.",
  },
  {
    ...route(
      'POST',
      '/control/cluster-operations',
      'Intervene in a cluster operation',
      ({ request, targets }: ControlCall) => {
        const intervention = parseJson(request);
        if (!isIntervention(intervention)) {
          const valid = `{operation: ${clusterVerbs.join(' | ')}, cluster?: string, held?: boolean, error?: {status?, code, message}}`;
          return invalid('body', intervention, valid);
        }
        targets.interventions.add(intervention);
        return { status: 201 };
      },
    ),
    body: '`operation`, `cluster?`, `held?`, `error?` (`status?`, `code`, `message`)',
    summary: 'Holds the next operation on a cluster until it is released or aborted, or lets it fail.',
  },
  {
    ...route(
      'DELETE',
      '/control/cluster-operations',
      'Release cluster operations',
      ({ targets }: ControlCall) => {
        targets.interventions.release();
        return noContent;
      },
    ),
    body: '',
    summary: 'Continues the held operations, and deletes the interventions that wait.',
  },
  {
    ...route(
      'POST',
      '/control/taken-vault-names',
      'Take a vault name',
      ({ request, targets }: ControlCall) => {
        const name = member(request, 'name');
        if (typeof name !== 'string') return invalid('name', name, 'a string');
        targets.vaults.takeName(name);
        return { status: 201 };
      },
    ),
    body: '`name`',
    summary: 'Gives the name to a vault of a different subscription.',
  },
  {
    ...route(
      'PUT',
      '/control/deleted-vaults',
      'Delay the list of deleted vaults',
      ({ request, targets }: ControlCall) => {
        const seconds = member(request, 'listedAfterSeconds');
        if (!isDuration(seconds)) return invalid('listedAfterSeconds', seconds, 'a number, 0 or greater');
        targets.vaults.listedAfter = seconds * 1000;
        return noContent;
      },
    ),
    body: '`listedAfterSeconds`',
    summary: 'Sets how long after its deletion a vault appears in the list of deleted vaults.',
  },
  {
    ...route('PUT', '/control/registry-tasks', 'Allow ACR Tasks', ({ request, targets }: ControlCall) => {
      const allowed = member(request, 'allowed');
      const throttled = member(request, 'throttled') ?? 0;
      if (typeof allowed !== 'boolean') return invalid('allowed', allowed, 'true or false');
      if (!isCount(throttled)) return invalid('throttled', throttled, 'a whole number');
      Object.assign(targets.builds, { allowed, throttled });
      return noContent;
    }),
    body: '`allowed`, `throttled?`',
    summary:
      'Sets whether the subscription is allowed to use ACR Tasks, and how many of the next builds fail with "too many requests".',
  },
  {
    ...route(
      'POST',
      '/control/github/id-token-requests',
      'Start a job that requests ID tokens',
      ({ request, targets }: ControlCall) => {
        const body = parseJson(request);
        const claims = claimsOf(body);
        return claims
          ? json(201, targets.github.startJob(claims))
          : invalid('body', body, '{claims: {repository: "OWNER/NAME", …}} or {claims: {sub: string, …}}');
      },
    ),
    body: '`claims` (`repository` or `sub`; `environment?`, `ref?`, …) → `url`, `token`',
    summary:
      'Starts a job. `url` and `token` are its ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN.',
  },
  {
    ...route(
      'PUT',
      '/control/github/id-token-lifetime',
      'Set the lifetime of ID tokens',
      ({ request, targets }: ControlCall) => {
        const seconds = member(request, 'seconds');
        if (!isPositive(seconds)) return invalid('seconds', seconds, 'a number above 0');
        targets.github.idTokenLifetime = seconds;
        return noContent;
      },
    ),
    body: '`seconds`',
    summary: 'Sets the lifetime of ID tokens issued from now on.',
  },
  {
    ...route(
      'PUT',
      '/control/github/repositories',
      'Create a repository',
      ({ request, targets }: ControlCall) => {
        const body = parseJson(request);
        const wanted = newRepositoryOf(body);
        if (!wanted) {
          const valid =
            '{repository: "OWNER/NAME", id?: whole number, ownerId?: whole number, createdAt?: date, private?: boolean}';
          return invalid('body', body, valid);
        }
        const { id, owner } = targets.github.repositories.ensure(wanted);
        return json(200, { id, ownerId: owner.id });
      },
    ),
    body: '`repository`, `id?`, `ownerId?`, `createdAt?`, `private?` → `id`, `ownerId`',
    summary: 'Creates a repository if it does not exist.',
  },
  {
    ...route('GET', '/control/github/variables', 'Get variables', ({ request, targets }: ControlCall) => {
      const name = request.url.searchParams.get('repository') ?? '';
      const variables = [...(targets.github.repositories.find(name)?.variables.values() ?? [])];
      return json(200, Object.fromEntries(variables.map(each => [each.name, each.value])));
    }),
    body: '`?repository=OWNER/NAME` → name and value of each variable',
    summary: 'Returns the variables that jobs of the repository receive.',
  },
  {
    ...route('POST', '/control/github/tokens', 'Create a token', ({ request, targets }: ControlCall) => {
      const body = parseJson(request);
      return isNewToken(body)
        ? json(201, { token: targets.github.tokens.issue(body) })
        : invalid(
            'body',
            body,
            '{permissions: {NAME: "read" | "write", …}, repository?: "OWNER/NAME", login?: string}',
          );
    }),
    body: '`permissions`, `repository?`, `login?` → `token`',
    summary:
      'Creates a token for the REST API: of a job, or with `login` of that user. Creates the repository if it does not exist.',
  },
  {
    ...route('POST', '/control/stop', 'Stop', ({ targets }: ControlCall) => {
      setImmediate(targets.stop);
      return { status: 202 };
    }),
    body: '',
    summary: 'Stops the emulator after the response.',
  },
];

function invalid(name: string, observed: unknown, valid: string): Reply {
  return json(400, { error: `${name} is ${JSON.stringify(observed) ?? 'missing'}. Valid: ${valid}.` });
}

function member(request: Request, name: string): unknown {
  const body = parseJson(request);
  return isObject(body) ? body[name] : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(each => typeof each === 'string');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isPositive(value: unknown): value is number {
  return isDuration(value) && value > 0;
}

function setGroup(directory: Directory, groupId: string, members: unknown): Reply {
  if (!Array.isArray(members)) return invalid('members', members, 'a list of client IDs or object IDs');
  const found = members.map(
    id => directory.findByObjectId(String(id)) ?? directory.findByClientId(String(id)),
  );
  const unknown = members.filter((_, index) => found[index] === undefined);
  if (unknown.length > 0) {
    const ids = unknown.map(id => JSON.stringify(id)).join(', ');
    return json(400, { error: `The tenant has no principal with the ID ${ids}.` });
  }
  directory.setGroup(
    groupId,
    found.flatMap(principal => principal?.objectId ?? []),
  );
  return noContent;
}

function delayRoles(body: unknown, { directory, authorization }: ControlTargets): Reply {
  const { clientId, roles, seconds, createdSecondsAgo } = isObject(body) ? body : {};
  if (!isDuration(seconds)) return invalid('seconds', seconds, 'a number, 0 or greater');
  if (createdSecondsAgo !== undefined && !isDuration(createdSecondsAgo))
    return invalid('createdSecondsAgo', createdSecondsAgo, 'a number, 0 or greater');
  const roleIds = roles === undefined ? undefined : roleIdsOf(roles);
  if (roleIds === 'unknown') return invalid('roles', roles, 'a list of names of built-in roles');
  const principal = directory.findByClientId(String(clientId));
  if (!principal) return invalid('clientId', clientId, 'the client ID of an identity of the tenant');
  const now = Date.now();
  const assignments = authorization.postpone(principal.objectId, now + seconds * 1000, {
    ...(roleIds && { roleIds }),
    ...(createdSecondsAgo !== undefined && { createdOn: new Date(now - createdSecondsAgo * 1000) }),
  });
  return json(200, { assignments });
}

function roleIdsOf(names: unknown): string[] | 'unknown' {
  if (!Array.isArray(names)) return 'unknown';
  const found = names.map(name => roleDefinitions.find(({ roleName }) => roleName === name)?.id);
  return found.includes(undefined) ? 'unknown' : (found as string[]);
}

function rotateTenantKey({ request, targets }: ControlCall): Promise<Reply> {
  return rotate(targets.tenantKeys, member(request, 'earlierKeySeconds'));
}

function rotateGitHubKey({ request, targets }: ControlCall): Promise<Reply> {
  return rotate(targets.github.keys, member(request, 'earlierKeySeconds'));
}

async function rotate(keys: KeyRing<SigningKey>, earlierKeySeconds: unknown): Promise<Reply> {
  if (earlierKeySeconds !== undefined && !isDuration(earlierKeySeconds))
    return invalid('earlierKeySeconds', earlierKeySeconds, 'a number, 0 or greater');
  keys.rotate(await SigningKey.generate(), earlierKeySeconds);
  return json(200, { keyIds: keys.valid.map(({ kid }) => kid) });
}

function claimsOf(body: unknown): JobFacts | undefined {
  if (!isObject(body) || !isObject(body.claims)) return undefined;
  const { sub, repository } = body.claims;
  if (typeof sub === 'string') return { ...body.claims, sub };
  return sub === undefined && isFullName(repository) ? { ...body.claims, repository } : undefined;
}

function isFullName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.-]+\/[\w.-]+$/.test(value);
}

function newRepositoryOf(body: unknown): NewRepository | undefined {
  if (!isObject(body) || !isFullName(body.repository)) return undefined;
  const { repository, id, ownerId, createdAt, private: isPrivate } = body;
  const isOptionalId = (value: unknown): value is number | undefined =>
    value === undefined || Number.isSafeInteger(value);
  const created = new Date(createdAt === undefined ? Date.now() : String(createdAt));
  if (!isOptionalId(id) || !isOptionalId(ownerId) || Number.isNaN(created.getTime())) return undefined;
  return {
    fullName: repository,
    createdAt: created,
    isPrivate: isPrivate !== false,
    ...(id !== undefined && { id }),
    ...(ownerId !== undefined && { ownerId }),
  };
}

function isNewToken(body: unknown): body is NewToken {
  if (!isObject(body) || !isObject(body.permissions)) return false;
  const { permissions, repository, login } = body;
  return (
    Object.values(permissions).every(level => level === 'read' || level === 'write') &&
    (repository === undefined || isFullName(repository)) &&
    (login === undefined || (typeof login === 'string' && /^[\w-]+(?:\[bot\])?$/.test(login)))
  );
}

function addFault(body: unknown, faults: Faults): Reply {
  if (!isFault(body, faults.templateNames)) {
    const names = faults.templateNames.join(', ');
    const valid = `an object with "status" (200 to 599), "reset": true, or "failure" (${names})`;
    return invalid('body', body, valid);
  }
  try {
    faults.add(body);
  } catch {
    return invalid('pathPattern', body.pathPattern, 'a regular expression');
  }
  return { status: 201 };
}

function isIntervention(body: unknown): body is Intervention {
  if (!isObject(body)) return false;
  const { operation, cluster, held, error } = body;
  return (
    clusterVerbs.some(verb => verb === operation) &&
    (cluster === undefined || typeof cluster === 'string') &&
    (held === undefined || typeof held === 'boolean') &&
    (error === undefined || isClusterError(error))
  );
}

function isClusterError(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { status, code, message } = value;
  return (
    typeof code === 'string' && typeof message === 'string' && (status === undefined || isStatus(status, 400))
  );
}

function isStatus(value: unknown, least: number): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= 599;
}

function isFault(body: unknown, failures: readonly string[]): body is Fault {
  if (!isObject(body)) return false;
  const { status, reset, failure, host, pathPattern, method, times, headers } = body;
  const isOptionalText = (value: unknown) => value === undefined || typeof value === 'string';
  return (
    (status === undefined ? reset === true || failure !== undefined : isStatus(status, 200)) &&
    (failure === undefined || failures.some(name => name === failure)) &&
    [host, pathPattern, method].every(isOptionalText) &&
    (times === undefined || (Number.isInteger(times) && Number(times) > 0)) &&
    (headers === undefined || (isObject(headers) && Object.values(headers).every(v => typeof v === 'string')))
  );
}
