import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Authorization } from './arm/authorization/authorization.ts';
import { roleDefinitions } from './arm/authorization/role-definitions.ts';
import { clusterVerbs, type Intervention, type Interventions } from './arm/managed-clusters/interventions.ts';
import type { Quotas } from './arm/managed-clusters/quotas.ts';
import type { Registrations } from './arm/registrations.ts';
import type { ResourceLists } from './arm/resource-lists.ts';
import type { Directory, User } from './entra/directory.ts';
import type { SignIns } from './entra/sign-ins.ts';
import type { TokenService } from './entra/tokens.ts';
import type { JobFacts } from './github/claims.ts';
import type { GitHub } from './github/github.ts';
import type { NewRepository } from './github/repositories.ts';
import type { NewToken } from './github/rest/tokens.ts';
import { type ErrorFormat, mebibyte } from './http/error-format.ts';
import { isObject, parseJson } from './http/json.ts';
import { json, type Reply, type Request, type Service } from './http/service.ts';
import type { Vaults } from './key-vault/vaults.ts';
import type { KeyRing } from './pki/key-ring.ts';
import { SigningKey } from './pki/signing-key.ts';
import type { Fault, Faults } from './proxy/faults.ts';
import type { BuildSwitch } from './registry/build-switch.ts';

export interface ControlOptions {
  readonly github: GitHub;
  readonly signIns: SignIns;
  readonly faults: Faults;
  readonly interventions: Interventions;
  readonly quotas: Quotas;
  readonly registrations: Pick<Registrations, 'forget'>;
  readonly lists: ResourceLists;
  readonly vaults: Pick<Vaults, 'takeName' | 'listedAfter'>;
  readonly authorization: Authorization;
  /** Who issues the access tokens of the tenant. */
  readonly accessTokens: Pick<TokenService, 'lifetime'>;
  /** The keys of the tenant. */
  readonly tenantKeys: KeyRing<SigningKey>;
  /** Whether registries run builds. */
  readonly builds: BuildSwitch;
  /** The principals of the tenant, and their groups. */
  readonly directory: Directory;
  /** Who approves device codes. */
  readonly user: User;
  /** What GET /control/status says. */
  readonly status: () => object;
  /** Called for POST /control/stop, after its answer. */
  readonly stop: () => void;
}

export const controlErrorFormat: ErrorFormat = {
  bodyLimit: mebibyte,
  toReply: ({ status, message }) => json(status, { error: message }),
};

/**
 * The control address: what an outsider does to the emulated world that no service of Azure offers. Every request
 * must carry the key, which is new for every start.
 * - `GET /control/status`
 * - `POST /control/github/id-token-requests` `{claims: {repository, environment?, ref?, …}}` → `{url, token}`, for a job that
 *   asks GitHub for ID tokens; with `sub` in the place of `repository` that is their subject, whatever GitHub would say
 * - `PUT /control/github/repositories` `{repository, id?, ownerId?, createdAt?, private?}` → `{id, ownerId}`: a repository, made
 *   where it is not there
 * - `GET /control/github/variables?repository=OWNER/NAME` → `{NAME: value}`, as jobs of the repository see them
 * - `POST /control/github/tokens` `{permissions: {issues: "write", …}, repository?, login?}` → `{token}`, for the REST API: of a
 *   workflow's job, or with `login` that user's own; a repository that is not there is made
 * - `PUT /control/github/id-token-lifetime` `{seconds}`: of the ID tokens that are asked for from then on
 * - `PUT /control/entra/access-token-lifetime` `{seconds?}`: of the access tokens that are issued from then on, whoever they are
 *   for; without `seconds` as Entra decides
 * - `PUT /control/late-roles` `{clientId, roles?, seconds, createdSecondsAgo?}` → `{assignments}`: the role assignments that the
 *   identity has, or those of these roles, take effect in so many seconds only, and report that they were created so long ago
 * - `POST /control/signing-keys/{entra|github}/rotate` `{earlierKeySeconds?}`: how long the key before still verifies; a
 *   day unless it is said (the keys of a cluster's issuer are rotated with az)
 * - `PUT /control/registry-tasks` `{allowed, throttled?}`: whether the subscription may use ACR Tasks, and of how many of the
 *   next builds the base image's registry says that it has had too many requests
 * - `PUT /control/groups/{objectId}` `{members}`: a security group of the tenant, and the client ids or object ids of its members
 * - `POST /control/device-codes/{userCode}/approve`: the seeded user signs in
 * - `POST /control/cluster-operations` with an `Intervention` (arm/managed-clusters/interventions.ts): the next creation,
 *   update, deletion, start or stop of a cluster is held, or fails; `DELETE /control/cluster-operations` lets go on what
 *   is held and forgets those that wait
 * - `PUT /control/quotas` `{location, vcpus?, clusters?}`: how many vCPUs and managed clusters the subscription may have in a region
 * - `DELETE /control/provider-registrations/{namespace}` `{endless?}`: the subscription has never used `Microsoft.KeyVault`, or
 *   another; with `endless: true` its registration never ends
 * - `POST /control/taken-vault-names` `{name}`: a vault of somebody else's subscription has that name
 * - `PUT /control/resource-lists` `{pageSize?, unseen?}`: how many resources Resource Manager lists on a page, and the names of
 *   those that its cache does not know yet
 * - `PUT /control/deleted-vaults` `{listedAfterSeconds}`: how late the list of deleted vaults shows one
 * - `POST /control/faults` with a `Fault` (proxy/faults.ts): the next requests of some kind fail; `DELETE /control/faults` forgets those that wait
 * - `POST /control/stop`
 */
export function createControl(options: ControlOptions): { service: Service; key: string } {
  const key = randomBytes(32).toString('base64url');
  const service: Service = request => {
    if (!authorized(request, key)) return json(401, { error: 'The control key is missing or wrong.' });
    return route(request, options);
  };
  return { service, key };
}

function authorized(request: Request, key: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${key}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function route(request: Request, options: ControlOptions): Reply | Promise<Reply> {
  const { github, signIns, faults, tenantKeys, builds, user } = options;
  const { pathname } = request.url;
  const userCode = /^\/control\/device-codes\/([A-Z0-9]+)\/approve$/.exec(pathname)?.[1];
  if (request.method === 'POST' && userCode !== undefined) {
    return signIns.approve(userCode, user)
      ? json(200, { approvedBy: user.userPrincipalName })
      : json(404, { error: `No sign-in waits for the code ${userCode}.` });
  }
  const group = /^\/control\/groups\/([\da-f-]{36})$/i.exec(pathname)?.[1];
  if (request.method === 'PUT' && group !== undefined) {
    return setGroup(options.directory, group, member(request, 'members'));
  }
  const provider = /^\/control\/provider-registrations\/([\w.]+)$/.exec(pathname)?.[1];
  if (request.method === 'DELETE' && provider !== undefined) {
    options.registrations.forget(provider, member(request, 'endless') === true);
    return { status: 204 };
  }
  switch (`${request.method} ${pathname}`) {
    case 'GET /control/status':
      return json(200, { ...options.status(), faults: faults.size });
    case 'POST /control/github/id-token-requests': {
      const claims = claimsOf(parseJson(request));
      return claims
        ? json(201, github.startJob(claims))
        : json(400, { error: 'claims.sub or claims.repository must be a string.' });
    }
    case 'PUT /control/github/repositories': {
      const asked = repositoryOf(parseJson(request));
      if (!asked)
        return json(400, { error: 'repository must be OWNER/NAME, createdAt a date, ids whole numbers.' });
      const { id, owner } = github.repositories.ensure(asked);
      return json(200, { id, ownerId: owner.id });
    }
    case 'GET /control/github/variables': {
      const repository = github.repositories.find(request.url.searchParams.get('repository') ?? '');
      const variables = [...(repository?.variables.values() ?? [])];
      return json(200, Object.fromEntries(variables.map(({ name, value }) => [name, value])));
    }
    case 'POST /control/github/tokens': {
      const asked = parseJson(request);
      return isNewToken(asked)
        ? json(201, { token: github.tokens.issue(asked) })
        : json(400, { error: 'permissions must map names to read or write; repository is OWNER/NAME.' });
    }
    case 'PUT /control/github/id-token-lifetime': {
      const seconds = member(request, 'seconds');
      if (!isDuration(seconds) || seconds === 0)
        return json(400, { error: 'seconds must be a number above 0.' });
      github.idTokenLifetime = seconds;
      return { status: 204 };
    }
    case 'PUT /control/entra/access-token-lifetime': {
      const seconds = member(request, 'seconds');
      if (seconds !== undefined && (!isDuration(seconds) || seconds === 0))
        return json(400, { error: 'seconds must be a number above 0.' });
      options.accessTokens.lifetime = seconds;
      return { status: 204 };
    }
    case 'PUT /control/late-roles':
      return delayRoles(parseJson(request), options);
    case 'POST /control/signing-keys/entra/rotate':
      return rotate(tenantKeys, member(request, 'earlierKeySeconds'));
    case 'POST /control/signing-keys/github/rotate':
      return rotate(github.keys, member(request, 'earlierKeySeconds'));
    case 'PUT /control/registry-tasks': {
      const allowed = member(request, 'allowed');
      const throttled = member(request, 'throttled') ?? 0;
      if (typeof allowed !== 'boolean' || !isCount(throttled))
        return json(400, { error: 'allowed must be true or false, throttled a whole number.' });
      Object.assign(builds, { allowed, throttled });
      return { status: 204 };
    }
    case 'POST /control/cluster-operations': {
      const intervention = parseJson(request);
      if (!isIntervention(intervention)) {
        return json(400, {
          error: `operation must be one of ${clusterVerbs.join(', ')}; held true or false; error {status?, code, message}.`,
        });
      }
      options.interventions.add(intervention);
      return { status: 201 };
    }
    case 'DELETE /control/cluster-operations':
      options.interventions.release();
      return { status: 204 };
    case 'PUT /control/quotas': {
      const { location, ...quota } = (parseJson(request) ?? {}) as Record<string, unknown>;
      const unknown = Object.keys(quota).filter(name => !['vcpus', 'clusters'].includes(name));
      if (typeof location !== 'string' || unknown.length > 0 || !Object.values(quota).every(isCount))
        return json(400, { error: 'location must be a region; vcpus and clusters whole numbers.' });
      options.quotas.set(location, quota);
      return { status: 204 };
    }
    case 'POST /control/taken-vault-names': {
      const name = member(request, 'name');
      if (typeof name !== 'string') return json(400, { error: 'name must be a string.' });
      options.vaults.takeName(name);
      return { status: 201 };
    }
    case 'PUT /control/resource-lists': {
      const pageSize = member(request, 'pageSize') ?? 1000;
      const unseen = member(request, 'unseen') ?? [];
      if (!isCount(pageSize) || pageSize === 0 || !isTexts(unseen))
        return json(400, { error: 'pageSize must be a whole number above 0, unseen a list of names.' });
      Object.assign(options.lists, { pageSize, unseen });
      return { status: 204 };
    }
    case 'PUT /control/deleted-vaults': {
      const seconds = member(request, 'listedAfterSeconds');
      if (!isDuration(seconds)) return json(400, { error: 'listedAfterSeconds must be a number.' });
      options.vaults.listedAfter = seconds * 1000;
      return { status: 204 };
    }
    case 'POST /control/faults':
      return addFault(parseJson(request), faults);
    case 'DELETE /control/faults':
      faults.clear();
      return { status: 204 };
    case 'POST /control/stop':
      setImmediate(options.stop);
      return { status: 202 };
    default:
      return json(404, { error: `There is no ${request.method} ${pathname}.` });
  }
}

/** A member of a request's body, where it has one. */
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

function setGroup(directory: Directory, groupId: string, members: unknown): Reply {
  if (!Array.isArray(members)) return json(400, { error: 'members must be a list of ids.' });
  const found = members.map(
    id => directory.findByObjectId(String(id)) ?? directory.findByClientId(String(id)),
  );
  const unknown = members.filter((_, index) => found[index] === undefined);
  if (unknown.length > 0) return json(400, { error: `There is nobody with the id ${unknown.join(', ')}.` });
  directory.setGroup(
    groupId,
    found.flatMap(principal => principal?.objectId ?? []),
  );
  return { status: 204 };
}

function delayRoles(body: unknown, { directory, authorization }: ControlOptions): Reply {
  const { clientId, roles, seconds, createdSecondsAgo } = isObject(body) ? body : {};
  if (!isDuration(seconds) || (createdSecondsAgo !== undefined && !isDuration(createdSecondsAgo)))
    return json(400, { error: 'seconds and createdSecondsAgo must be numbers.' });
  const roleIds = roles === undefined ? undefined : roleIdsOf(roles);
  if (roleIds === 'unknown') return json(400, { error: 'roles must be a list of names of built-in roles.' });
  const principal = directory.findByClientId(String(clientId));
  if (!principal) return json(400, { error: `There is nobody with the client id ${clientId}.` });
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

async function rotate(keys: KeyRing<SigningKey>, earlierKeySeconds: unknown): Promise<Reply> {
  if (earlierKeySeconds !== undefined && !isDuration(earlierKeySeconds)) {
    return json(400, { error: 'earlierKeySeconds must be a number.' });
  }
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

function repositoryOf(body: unknown): NewRepository | undefined {
  if (!isObject(body) || !isFullName(body.repository)) return undefined;
  const { repository, id, ownerId, createdAt, private: isPrivate } = body;
  const optionalId = (value: unknown): value is number | undefined =>
    value === undefined || Number.isSafeInteger(value);
  const created = new Date(createdAt === undefined ? Date.now() : String(createdAt));
  if (!optionalId(id) || !optionalId(ownerId) || Number.isNaN(created.getTime())) return undefined;
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
  if (!isFault(body, faults.templateNames))
    return json(400, {
      error: `A fault needs a status from 200 to 599, "reset": true, or a failure: one of ${faults.templateNames.join(', ')}.`,
    });
  try {
    faults.add(body);
  } catch {
    return json(400, { error: 'pathPattern must be a regular expression.' });
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
  const optionalText = (value: unknown) => value === undefined || typeof value === 'string';
  return (
    (status === undefined ? reset === true || failure !== undefined : isStatus(status, 200)) &&
    (failure === undefined || failures.some(name => name === failure)) &&
    [host, pathPattern, method].every(optionalText) &&
    (times === undefined || (Number.isInteger(times) && Number(times) > 0)) &&
    (headers === undefined || (isObject(headers) && Object.values(headers).every(v => typeof v === 'string')))
  );
}
