import type { Repositories } from './repositories.ts';
import { type Repository, subjectPrefix } from './repository.ts';

/**
 * `repository` (`OWNER/REPO`), and claims that differ from those of a manual run on the main branch. A `sub` is used
 * unchanged, and the others are derived from it.
 */
export type JobFacts = Readonly<Record<string, unknown>> &
  ({ readonly sub: string } | { readonly repository: string });

/** With GitHub's names. */
export type JobClaims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** @see https://docs.github.com/en/actions/reference/security/oidc */
export function claimsOf(facts: JobFacts, repositories: Repositories): JobClaims {
  const known: Record<string, unknown> = {
    ...(typeof facts.sub === 'string' && claimsFromSubject(facts.sub)),
    ...facts,
  };
  const fullName = String(known.repository ?? '');
  const repository = repositories.find(fullName);
  const [owner = ''] = fullName.split('/');
  const ownerId = String(known.repository_owner_id ?? repository?.owner.id ?? 1);
  const ref = String(known.ref ?? 'refs/heads/main');
  const workflow = `${fullName}/.github/workflows/lab.yml@${ref}`;
  const sha = '0'.repeat(40);
  const claims = {
    repository: fullName,
    repository_id: String(repository?.id ?? 1),
    repository_owner: owner,
    repository_owner_id: ownerId,
    repository_visibility: repository?.isPrivate === false ? 'public' : 'private',
    ref,
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: 'false',
    base_ref: '',
    head_ref: '',
    sha,
    event_name: 'workflow_dispatch',
    actor: owner,
    actor_id: ownerId,
    workflow: 'lab',
    workflow_ref: workflow,
    workflow_sha: sha,
    job_workflow_ref: workflow,
    job_workflow_sha: sha,
    run_id: '1',
    run_number: '1',
    run_attempt: '1',
    runner_environment: 'github-hosted',
    ...known,
  };
  return { ...claims, sub: typeof facts.sub === 'string' ? facts.sub : subjectOf(claims, repository) };
}

/** `repo:OWNER/REPO:environment:NAME`, `…:ref:REF`, `…:pull_request`. */
function claimsFromSubject(subject: string): Record<string, string> {
  const [, owner = '', ownerId, name = '', id, context = ''] =
    /^repo:([^@/:]+)(?:@(\d+))?\/([^@/:]+)(?:@(\d+))?:(.*)$/.exec(subject) ?? [];
  const ref = /^ref:(.+)$/.exec(context)?.[1];
  const environment = /^environment:([^:]+)/.exec(context)?.[1];
  return {
    repository: `${owner}/${name}`,
    ...(ownerId !== undefined && { repository_owner_id: ownerId }),
    ...(id !== undefined && { repository_id: id }),
    ...(ref !== undefined && { ref }),
    ...(environment !== undefined && { environment: environment.replaceAll('%3A', ':') }),
    ...(context === 'pull_request' && { event_name: 'pull_request' }),
  };
}

function subjectOf(claims: Readonly<Record<string, unknown>>, repository: Repository | undefined): string {
  const parts = new Map([
    ['repo', repository ? subjectPrefix(repository) : `repo:${claims.repository}`],
    ['context', contextOf(claims)],
  ]);
  const { useDefault = true, includeClaimKeys = [] } = repository?.subject ?? {};
  const keys = useDefault ? ['repo', 'context'] : includeClaimKeys;
  return keys
    .map(key => parts.get(key) ?? `${key}:${escaped(Object.hasOwn(claims, key) ? claims[key] : '')}`)
    .join(':');
}

/** An environment wins over a pull request, and that over a branch or tag. */
function contextOf({ environment, event_name, ref }: Readonly<Record<string, unknown>>): string {
  if (environment !== undefined) return `environment:${escaped(environment)}`;
  return event_name === 'pull_request' ? 'pull_request' : `ref:${ref}`;
}

function escaped(value: unknown): string {
  return String(value).replaceAll(':', '%3A');
}
