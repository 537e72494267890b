import { randomBytes, randomUUID } from 'node:crypto';
import { Router, route } from '../http/router.ts';
import { json, type Reply, type Request, type Service } from '../http/service.ts';
import { KeyRing } from '../pki/key-ring.ts';
import type { SigningKey } from '../pki/signing-key.ts';
import { claimsOf, type JobClaims, type JobFacts } from './claims.ts';
import { Repositories } from './repositories.ts';
import { createRestApi } from './rest/rest-api.ts';
import { GitHubTokens } from './rest/tokens.ts';

/** Claim `iss`. */
export const githubIssuer = 'https://token.actions.githubusercontent.com';

const requestHost = 'https://run-actions.actions.githubusercontent.com';
/** Seconds. */
export const idTokenLifetime = 300;
/** Seconds between `nbf` and now, as captured. */
const backdated = 600;

export interface GitHub {
  /** Answers for `token.actions.githubusercontent.com`. */
  readonly issuer: Service;
  /** Answers for `run-actions.actions.githubusercontent.com`. */
  readonly actions: Service;
  /** @returns values for `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN` */
  startJob(facts: JobFacts): { url: string; token: string };
  /** Answers for `api.github.com`. */
  readonly rest: Service;
  readonly repositories: Repositories;
  readonly tokens: GitHubTokens;
  /** Seconds. */
  idTokenLifetime: number;
  readonly keys: KeyRing<SigningKey>;
}

/**
 * @param lifetime of ID tokens, in seconds
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
export function createGitHub(key: SigningKey, lifetime = idTokenLifetime): GitHub {
  const jobs = new Map<string, JobFacts>();
  const keys = new KeyRing(key);
  const repositories = new Repositories();
  const tokens = new GitHubTokens(repositories);
  const github: GitHub = {
    issuer: request => answerIssuer(request, keys),
    actions: request => answerJobs(request, jobs, github),
    idTokenLifetime: lifetime,
    keys,
    rest: createRestApi(repositories, tokens),
    repositories,
    tokens,
    startJob(facts) {
      const token = randomBytes(32).toString('base64url');
      const path = `/${randomUUID()}//idtoken/${randomUUID()}/${randomUUID()}?api-version=2.0`;
      jobs.set(token, facts);
      return { url: requestHost + path, token };
    },
  };
  return github;
}

const supportedClaims = [
  'sub',
  'aud',
  'exp',
  'iat',
  'iss',
  'jti',
  'nbf',
  'ref',
  'sha',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'repository_visibility',
  'enterprise',
  'enterprise_id',
  'run_id',
  'run_number',
  'run_attempt',
  'actor',
  'actor_id',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'head_ref',
  'base_ref',
  'event_name',
  'ref_type',
  'ref_protected',
  'environment',
  'environment_node_id',
  'job_workflow_ref',
  'job_workflow_sha',
  'runner_environment',
  'issuer_scope',
  'check_run_id',
];

/** @see https://docs.github.com/en/actions/reference/security/oidc */
const issuerRouter = new Router([
  route('GET', '/.well-known/openid-configuration', 'OpenID configuration', (_: KeyRing<SigningKey>) =>
    json(200, {
      issuer: githubIssuer,
      jwks_uri: `${githubIssuer}/.well-known/jwks`,
      subject_types_supported: ['public', 'pairwise'],
      response_types_supported: ['id_token'],
      claims_supported: supportedClaims,
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid'],
    }),
  ),
  route('GET', '/.well-known/jwks', 'JSON web key set', (keys: KeyRing<SigningKey>) =>
    json(200, { keys: keys.valid.map(({ published }) => published) }),
  ),
]);

function answerIssuer({ method, url }: Request, keys: KeyRing<SigningKey>): Reply {
  const { route, parameters } = issuerRouter.match(method, url.pathname);
  return route ? route.handler(keys, parameters) : { status: 404 };
}

/** `//` before `idtoken` is GitHub's. */
const jobsRouter = new Router([{ method: 'GET', path: '/:pool(.*)/idtoken/:job(.*)', name: 'ID token' }]);

async function answerJobs(
  request: Request,
  jobs: ReadonlyMap<string, JobFacts>,
  github: GitHub,
): Promise<Reply> {
  if (!jobsRouter.match(request.method, request.url.pathname).route) return { status: 404 };
  const facts = jobs.get(/^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
  if (facts === undefined) return json(401, { message: 'The request token is not that of a running job.' });
  const claims = claimsOf(facts, github.repositories);
  const audience =
    request.url.searchParams.get('audience') || `https://github.com/${claims.repository_owner}`;
  const value = await signIdToken(claims, audience, github);
  return json(200, { count: value.length, value });
}

function signIdToken(
  claims: JobClaims,
  audience: string,
  { keys, idTokenLifetime }: GitHub,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return keys.current.sign({
    ...claims,
    aud: audience,
    iss: githubIssuer,
    jti: randomUUID(),
    iat: now,
    nbf: now - backdated,
    exp: now + idTokenLifetime,
  });
}
