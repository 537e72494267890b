import { randomBytes, randomUUID } from 'node:crypto';
import { json, type Reply, type Request, type Service } from '../http/service.ts';
import { KeyRing } from '../pki/key-ring.ts';
import type { SigningKey } from '../pki/signing-key.ts';
import { claimsOf, type JobClaims, type JobFacts } from './claims.ts';
import { Repositories } from './repositories.ts';
import { createRest } from './rest/rest.ts';
import { Tokens } from './rest/tokens.ts';

/** Where GitHub publishes the keys of its OIDC issuer, and what `iss` says. */
export const githubIssuer = 'https://token.actions.githubusercontent.com';

const requestHost = 'https://run-actions.actions.githubusercontent.com';
/** How long GitHub's ID tokens live, in seconds. */
export const idTokenLifetime = 300;
/** GitHub dates them ten minutes back; captured tokens say the same. Seconds. */
const backdated = 600;

/** GitHub's OIDC issuer, the address at which a job of a run asks it for ID tokens, and the REST API. */
export interface GitHub {
  /** Answers for `token.actions.githubusercontent.com`. */
  readonly issuer: Service;
  /** Answers for `run-actions.actions.githubusercontent.com`. */
  readonly actions: Service;
  /**
   * Starts a job that may ask for ID tokens.
   * @returns what the runner would set as `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN`
   */
  startJob(facts: JobFacts): { url: string; token: string };
  /** Answers for `api.github.com`. */
  readonly rest: Service;
  readonly repositories: Repositories;
  /** The tokens that the REST API takes. */
  readonly tokens: Tokens;
  /** How long ID tokens live that are asked for from now on, in seconds. */
  idTokenLifetime: number;
  /** The keys of the issuer. */
  readonly keys: KeyRing<SigningKey>;
}

/**
 * @param key signs the ID tokens, until another takes its place in `keys`
 * @param lifetime of an ID token in seconds; GitHub's own where it is missing
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
export function createGitHub(key: SigningKey, lifetime = idTokenLifetime): GitHub {
  const jobs = new Map<string, JobFacts>();
  const keys = new KeyRing(key);
  const repositories = new Repositories();
  const tokens = new Tokens(repositories);
  const github: GitHub = {
    issuer: request => answerIssuer(request, keys),
    actions: request => answerActions(request, jobs, github),
    idTokenLifetime: lifetime,
    keys,
    rest: createRest(repositories, tokens),
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

function answerIssuer(request: Request, keys: KeyRing<SigningKey>): Reply {
  switch (`${request.method} ${request.url.pathname}`) {
    case 'GET /.well-known/openid-configuration':
      return json(200, {
        issuer: githubIssuer,
        jwks_uri: `${githubIssuer}/.well-known/jwks`,
        subject_types_supported: ['public', 'pairwise'],
        response_types_supported: ['id_token'],
        claims_supported: supportedClaims,
        id_token_signing_alg_values_supported: ['RS256'],
        scopes_supported: ['openid'],
      });
    case 'GET /.well-known/jwks':
      return json(200, { keys: keys.valid.map(({ published }) => published) });
    default:
      return { status: 404 };
  }
}

async function answerActions(
  request: Request,
  jobs: ReadonlyMap<string, JobFacts>,
  github: GitHub,
): Promise<Reply> {
  if (request.method !== 'GET' || !request.url.pathname.includes('/idtoken/')) return { status: 404 };
  const facts = jobs.get(/^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
  if (facts === undefined) return json(401, { message: 'The request token is not that of a running job.' });
  const claims = claimsOf(facts, github.repositories);
  const audience =
    request.url.searchParams.get('audience') || `https://github.com/${claims.repository_owner}`;
  const value = await idToken(claims, audience, github);
  return json(200, { count: value.length, value });
}

function idToken(claims: JobClaims, audience: string, { keys, idTokenLifetime }: GitHub): Promise<string> {
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
