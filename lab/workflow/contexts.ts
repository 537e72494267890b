import { randomInt } from 'node:crypto';
import type { Workflow } from './workflow.ts';
import type { Inputs } from './workflow-inputs.ts';

export type Event =
  | { readonly name: 'workflow_dispatch'; readonly inputs: Inputs }
  /** `cron` as in the workflow. */
  | { readonly name: 'schedule'; readonly cron: string };

/** @see https://docs.github.com/actions/reference/workflows-and-actions/contexts#github-context */
export function githubContext(
  { repository, path, name }: Workflow,
  event: Event,
): Readonly<Record<string, unknown>> {
  const [owner = ''] = repository.name.split('/');
  const { ref, sha } = repository;
  return {
    workflow: name,
    workflow_ref: `${repository.name}/${path}@${ref}`,
    workflow_sha: sha,
    repository: repository.name,
    repository_id: '1',
    repository_owner: owner,
    repository_owner_id: '1',
    repositoryUrl: `git://github.com/${repository.name}.git`,
    repository_visibility: 'private',
    ref,
    ref_name: ref.replace(/^refs\/(heads|tags)\//, ''),
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: false,
    sha,
    head_ref: '',
    base_ref: '',
    run_id: String(randomInt(10_000_000_000, 100_000_000_000)),
    run_number: '1',
    run_attempt: '1',
    retention_days: '90',
    actor: owner,
    actor_id: '1',
    triggering_actor: owner,
    event_name: event.name,
    event: {
      ...(event.name === 'schedule'
        ? { schedule: event.cron }
        : {
            inputs: Object.fromEntries(
              Object.entries(event.inputs).map(([input, value]) => [input, String(value)]),
            ),
            ref,
          }),
      repository: { full_name: repository.name, owner: { login: owner } },
      sender: { login: owner },
      workflow: path,
    },
    server_url: 'https://github.com',
    api_url: 'https://api.github.com',
    graphql_url: 'https://api.github.com/graphql',
    secret_source: 'Actions',
  };
}

// https://docs.github.com/actions/reference/workflows-and-actions/variables#default-environment-variables
const exported = [
  'actor',
  'actor_id',
  'api_url',
  'base_ref',
  'event_name',
  'graphql_url',
  'head_ref',
  'ref',
  'ref_name',
  'ref_protected',
  'ref_type',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'retention_days',
  'run_attempt',
  'run_id',
  'run_number',
  'server_url',
  'sha',
  'triggering_actor',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'workspace',
  'job',
  'action',
  'event_path',
];

export function githubEnvironment(github: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    exported.map(name => [`GITHUB_${name.toUpperCase()}`, String(github[name] ?? '')]),
  );
}

/**
 * Without the subject and the IDs, which GitHub adds.
 * @param called the workflow whose file contains the job. The claims `workflow…` describe the
 * started workflow.
 * @see https://docs.github.com/actions/reference/security/oidc#oidc-token-claims
 */
export function idTokenClaims(
  github: Readonly<Record<string, unknown>>,
  called: Workflow,
  environment: string,
): Record<string, string> {
  const names = [
    'actor',
    'base_ref',
    'event_name',
    'head_ref',
    'ref',
    'ref_protected',
    'ref_type',
    'repository',
    'repository_owner',
    'run_attempt',
    'run_id',
    'run_number',
    'sha',
    'workflow',
    'workflow_ref',
    'workflow_sha',
  ];
  const { repository, path } = called;
  return {
    ...Object.fromEntries(names.map(name => [name, String(github[name] ?? '')])),
    ...(environment && { environment }),
    job_workflow_ref: `${repository.name}/${path}@${repository.ref}`,
    job_workflow_sha: repository.sha,
    runner_environment: 'github-hosted',
  };
}
