import { randomBytes, randomInt } from 'node:crypto';
import type { Machine } from './machine.ts';
import type { Workflow } from './workflow.ts';

/** The facts of one run, in the names of the `github` context. */
export interface RunFacts {
  readonly github: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, string | boolean | number>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * Draws the identity of a run that was started by hand.
 * @see https://docs.github.com/actions/reference/workflows-and-actions/contexts#github-context
 */
export function startFacts(
  workflow: Workflow,
  machine: Machine,
  inputs: RunFacts['inputs'],
  workspace: string,
): RunFacts {
  const [owner = ''] = machine.repository.split('/');
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  return {
    inputs,
    secrets: { GITHUB_TOKEN: token },
    github: {
      token,
      workflow: workflow.name,
      workflow_ref: `${machine.repository}/${workflow.path}@${machine.ref}`,
      workflow_sha: machine.sha,
      repository: machine.repository,
      repository_id: '1',
      repository_owner: owner,
      repository_owner_id: '1',
      repositoryUrl: `git://github.com/${machine.repository}.git`,
      repository_visibility: 'private',
      ref: machine.ref,
      ref_name: machine.ref.replace(/^refs\/(heads|tags)\//, ''),
      ref_type: machine.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
      ref_protected: false,
      sha: machine.sha,
      head_ref: '',
      base_ref: '',
      run_id: String(randomInt(10_000_000_000, 100_000_000_000)),
      run_number: '1',
      run_attempt: '1',
      retention_days: '90',
      actor: owner,
      actor_id: '1',
      triggering_actor: owner,
      event_name: 'workflow_dispatch',
      event: {
        inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)])),
        ref: machine.ref,
        repository: { full_name: machine.repository, owner: { login: owner } },
        sender: { login: owner },
        workflow: workflow.path,
      },
      server_url: 'https://github.com',
      api_url: 'https://api.github.com',
      graphql_url: 'https://api.github.com/graphql',
      secret_source: 'Actions',
      workspace,
    },
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

/** GITHUB_SHA and its like, from the `github` context. */
export function githubEnvironment(github: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    exported.map(name => [`GITHUB_${name.toUpperCase()}`, String(github[name] ?? '')]),
  );
}

/**
 * The claims of the ID tokens of a job.
 * @param environment the job's environment; it wins over the ref in `sub`
 * @see https://docs.github.com/actions/reference/security/oidc#oidc-token-claims
 */
export function idTokenClaims(
  github: Readonly<Record<string, unknown>>,
  environment: string,
): Record<string, string> {
  const names = [
    'actor',
    'actor_id',
    'base_ref',
    'event_name',
    'head_ref',
    'ref',
    'ref_protected',
    'ref_type',
    'repository',
    'repository_id',
    'repository_owner',
    'repository_owner_id',
    'repository_visibility',
    'run_attempt',
    'run_id',
    'run_number',
    'sha',
    'workflow',
    'workflow_ref',
    'workflow_sha',
  ];
  const context = environment ? `environment:${environment.replaceAll(':', '%3A')}` : `ref:${github.ref}`;
  return {
    ...Object.fromEntries(names.map(name => [name, String(github[name] ?? '')])),
    sub: `repo:${github.repository}:${context}`,
    ...(environment && { environment }),
    job_workflow_ref: String(github.workflow_ref),
    job_workflow_sha: String(github.workflow_sha),
    runner_environment: 'github-hosted',
  };
}
