import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getOctokit } from '@actions/github';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator.ts';
import { Network } from '../../network.ts';

const lab = { owner: 'octo', repo: 'lab' };
let directory: string;
let emulator: Emulator;
let network: Network;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'github-rest-test-'));
  emulator = await startEmulator({
    stateDir: directory,
    githubSubjects: ['repo:octo/lab:environment:azure-lab'],
  });
  network = new Network(emulator);
});

afterAll(async () => {
  await network.close();
  await emulator.close();
  await rm(directory, { recursive: true });
});

async function control(operation: string, body: unknown) {
  const [method = '', path = ''] = operation.split(' ');
  const reply = await fetch(`${emulator.control.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${emulator.control.key}` },
    body: JSON.stringify(body),
  });
  return (await reply.json()) as Record<string, string>;
}

/** The real client, through the proxy. */
function client(token: string) {
  const through = (url: string, options: Parameters<Network['fetch']>[1]) => network.fetch(url, options);
  return getOctokit(token, { request: { fetch: through } });
}

async function tokenFor(asked: object): Promise<string> {
  return (await control('POST /github/tokens', asked)).token!;
}

async function octokit(asked: object = {}) {
  return client(await tokenFor({ permissions: {}, repository: 'octo/lab', ...asked }));
}

const job = () => octokit({ permissions: { issues: 'write' } });
const owner = () =>
  octokit({
    login: 'octo',
    permissions: {
      actions: 'write',
      actions_variables: 'write',
      administration: 'write',
      deployments: 'write',
      environments: 'write',
      issues: 'write',
    },
  });

async function repository(name: string, more: object = {}) {
  await control('PUT /github/repositories', { repository: `octo/${name}`, ...more });
  return { owner: 'octo', repo: name };
}

async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    error => error,
  );
  return { status: error?.status, ...error?.response?.data, headers: error?.response?.headers };
}

/** A request that no client would send. */
async function raw(
  path: string,
  headers: Record<string, string>,
  init: { method?: string; body?: string } = {},
) {
  const reply = await network.fetch(`https://api.github.com${path}`, { ...init, headers });
  return { status: reply.status, body: (await reply.json()) as { message?: string }, headers: reply.headers };
}

describe('tokens', () => {
  it('rejects a token that it did not issue', async () => {
    expect(await failure(client('ghs_wrong').rest.repos.get(lab))).toMatchObject({
      status: '401',
      message: 'Bad credentials',
      documentation_url: 'https://docs.github.com/rest',
    });
  });

  it('hides a private repository from requesters without access', async () => {
    const other = await octokit({ repository: 'octo/other' });
    const stranger = await octokit({ repository: undefined, login: 'mallory' });
    for (const one of [other, stranger]) {
      expect(await failure(one.rest.repos.get(lab))).toMatchObject({ status: '404', message: 'Not Found' });
    }
    expect((await raw('/repos/octo/lab', { 'user-agent': 'x' })).status).toBe(404);
  });

  it('rejects requests without the permission and returns the accepted ones', async () => {
    const reader = await octokit({ permissions: { issues: 'read' } });
    expect((await reader.rest.issues.listForRepo(lab)).status).toBe(200);
    const refused = await failure(reader.rest.issues.create({ ...lab, title: 'x' }));
    expect(refused).toMatchObject({
      status: '403',
      message: 'Resource not accessible by integration',
      documentation_url: 'https://docs.github.com/rest/issues/issues#create-an-issue',
    });
    expect(refused.headers['x-accepted-github-permissions']).toBe('issues=write');
    // Labels also need the pull request permission, which has a hyphen in a workflow.
    const labeller = await octokit({ permissions: { 'pull-requests': 'write' } });
    expect((await labeller.rest.issues.createLabel({ ...lab, name: 'new' })).status).toBe(201);
    const user = await octokit({ login: 'octo' });
    expect(await failure(user.rest.issues.listForRepo(lab))).toMatchObject({
      message: 'Resource not accessible by personal access token',
    });
  });

  it('allows everybody to read a public repository and to write in its issues', async () => {
    const open = await repository('open', { private: false });
    expect((await raw('/repos/octo/open/issues', { 'user-agent': 'x' })).status).toBe(200);
    const anonymous = await raw(
      '/repos/octo/open/issues',
      { 'user-agent': 'x' },
      { method: 'POST', body: '{"title":"x"}' },
    );
    expect([anonymous.status, anonymous.body.message]).toEqual([401, 'Requires authentication']);
    const stranger = await octokit({
      login: 'mallory',
      repository: undefined,
      permissions: { issues: 'write', administration: 'write' },
    });
    const { data } = await stranger.rest.issues.create({ ...open, title: 'Hi', labels: ['bug'] });
    expect(data).toMatchObject({ user: { login: 'mallory', type: 'User' }, labels: [] });
    expect(await failure(stranger.rest.repos.update({ ...open, has_issues: false }))).toMatchObject({
      status: '403',
    });
    const workflow = await job();
    expect(await failure(workflow.rest.issues.create({ ...open, title: 'x' }))).toMatchObject({
      status: '403',
    });
  });

  it('returns the viewer: GraphQL to everybody, REST only to users', async () => {
    const query = '{ viewer { login databaseId } }';
    const bot = { login: 'github-actions[bot]', databaseId: 41_898_282 };
    expect(await (await job()).graphql(query)).toEqual({ viewer: bot });
    expect(await failure((await job()).rest.users.getAuthenticated())).toMatchObject({ status: '403' });
    expect((await (await owner()).rest.users.getAuthenticated()).data.login).toBe('octo');
    await expect((await job()).graphql('{ rateLimit { cost } }')).rejects.toThrow(
      'supports only the GraphQL query',
    );
  });

  it('counts requests and rejects them at the limit', async () => {
    const { headers } = await (await job()).rest.repos.get(lab);
    expect(headers).toMatchObject({
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': '999',
      'x-ratelimit-used': '1',
      'x-ratelimit-resource': 'core',
    });
    let reply = await raw('/repos/octo/none', { 'user-agent': 'x' });
    for (let count = 0; count < 60; count++) reply = await raw('/repos/octo/none', { 'user-agent': 'x' });
    expect(reply.status).toBe(403);
    expect(reply.body.message).toMatch(/^API rate limit exceeded/);
    expect(reply.headers.get('x-ratelimit-remaining')).toBe('0');
    const fresh = await octokit();
    expect((await fresh.rest.rateLimit.get()).data.rate.used).toBe(0);
  });
});

describe('requests', () => {
  it('rejects requests that are not of this API', async () => {
    expect((await raw('/', { 'user-agent': '' })).status).toBe(403);
    expect((await raw('/repos/octo', { 'user-agent': 'x', authorization: 'token x' })).status).toBe(401);
    const token = await tokenFor({ permissions: { issues: 'write' }, repository: 'octo/lab' });
    const headers = { 'user-agent': 'x', authorization: `Bearer ${token}` };
    expect((await raw('/repos/octo/lab/%E0%A4%A', headers)).status).toBe(404);
    expect((await raw('/rate_limit', { ...headers, 'x-github-api-version': '1999-01-01' })).status).toBe(400);
    for (const [body, message] of [
      ['{', 'Problems parsing JSON'],
      ['[]', 'Body should be a JSON object'],
    ]) {
      const reply = await raw('/repos/octo/lab/issues', headers, { method: 'POST', body: body! });
      expect([reply.status, reply.body.message]).toEqual([400, message]);
    }
  });
});

describe('issues', () => {
  it('creates, lists, comments on, closes, and reopens issues', async () => {
    const where = await repository('issues');
    const { rest } = await octokit({ repository: 'octo/issues', permissions: { issues: 'write' } });
    const { data: issue } = await rest.issues.create({ ...where, title: 'One', body: 'x', labels: ['lab'] });
    expect(issue).toMatchObject({
      number: 1,
      state: 'open',
      html_url: 'https://github.com/octo/issues/issues/1',
      user: { login: 'github-actions[bot]', type: 'Bot' },
      labels: [{ name: 'lab', color: 'ededed' }],
    });
    expect((await rest.issues.listLabelsForRepo(where)).data.map(({ name }) => name)).toEqual(['lab']);
    await rest.issues.create({ ...where, title: 'Two' });
    const listed = async (more: object) =>
      (await rest.issues.listForRepo({ ...where, ...more })).data.map(({ number }) => number);
    expect(await listed({})).toEqual([2, 1]);
    expect(await listed({ labels: 'LAB' })).toEqual([1]);
    expect(await listed({ creator: 'octo' })).toEqual([]);
    expect(await listed({ creator: 'github-actions[bot]', direction: 'asc' })).toEqual([1, 2]);

    const on = { ...where, issue_number: 1 };
    await rest.issues.createComment({ ...on, body: 'first' });
    expect((await rest.issues.listComments(on)).data).toMatchObject([{ body: 'first' }]);
    const { data: closed } = await rest.issues.update({ ...on, state: 'closed' });
    expect(closed).toMatchObject({ state: 'closed', state_reason: 'completed', comments: 1 });
    expect(closed.closed_at).toEqual(expect.any(String));
    expect(await listed({})).toEqual([2]);
    expect(await listed({ state: 'all' })).toEqual([2, 1]);
    expect((await rest.issues.update({ ...on, state: 'open' })).data).toMatchObject({
      state: 'open',
      state_reason: 'reopened',
      closed_at: null,
    });
  });

  it('returns long lists in pages', async () => {
    const where = await repository('pages');
    const { rest, paginate } = await octokit({ repository: 'octo/pages', permissions: { issues: 'write' } });
    for (let count = 0; count < 5; count++) await rest.issues.create({ ...where, title: `${count}` });
    const first = await rest.issues.listForRepo({ ...where, per_page: 2 });
    expect(first.data).toHaveLength(2);
    expect(first.headers.link).toMatch(
      /^<https:\/\/api\.github\.com\/repositories\/\d+\/issues\?per_page=2&page=2>; rel="next", <.*page=3>; rel="last"$/,
    );
    const all = await paginate(rest.issues.listForRepo, { ...where, per_page: 2 });
    expect(all.map(({ number }) => number)).toEqual([5, 4, 3, 2, 1]);
  });

  it('rejects what GitHub rejects', async () => {
    const { rest } = await job();
    expect(await failure(rest.issues.create({ ...lab } as never))).toMatchObject({
      status: '422',
      message: expect.stringContaining('"title" wasn\'t supplied'),
    });
    expect(await failure(rest.issues.create({ ...lab, title: 'x', body: 'y'.repeat(65_537) }))).toMatchObject(
      {
        status: '422',
        message: 'Validation Failed',
        errors: [
          {
            resource: 'Issue',
            code: 'custom',
            field: 'body',
            message: 'body is too long (maximum is 65536 characters)',
          },
        ],
      },
    );
    expect(await failure(rest.issues.get({ ...lab, issue_number: 99 }))).toMatchObject({ status: '404' });
  });

  it('answers 410 if the repository has issues disabled', async () => {
    const where = await repository('mute');
    const admin = await octokit({
      login: 'octo',
      repository: 'octo/mute',
      permissions: { administration: 'write' },
    });
    await admin.rest.repos.update({ ...where, has_issues: false });
    const { rest } = await octokit({ repository: 'octo/mute', permissions: { issues: 'write' } });
    expect((await rest.issues.listForRepo(where)).data).toEqual([]);
    expect(await failure(rest.issues.create({ ...where, title: 'x' }))).toMatchObject({
      status: '410',
      message: 'Issues has been disabled in this repository.',
    });
  });
});

describe('variables', () => {
  it('stores variables of repositories, but not for the token of a job', async () => {
    const { rest } = await owner();
    await rest.actions.createRepoVariable({ ...lab, name: 'azure_client_id', value: 'a' });
    const one = { ...lab, name: 'AZURE_CLIENT_ID' };
    expect((await rest.actions.getRepoVariable(one)).data).toMatchObject({
      name: 'AZURE_CLIENT_ID',
      value: 'a',
    });
    expect(await failure(rest.actions.createRepoVariable({ ...one, value: 'b' }))).toMatchObject({
      status: '409',
    });
    await rest.actions.updateRepoVariable({ ...one, value: 'b' });
    expect((await rest.actions.listRepoVariables(lab)).data).toMatchObject({
      total_count: 1,
      variables: [{ name: 'AZURE_CLIENT_ID', value: 'b' }],
    });
    expect(
      await failure(rest.actions.createRepoVariable({ ...lab, name: 'GITHUB_X', value: '' })),
    ).toMatchObject({
      status: '422',
    });
    expect(
      await failure((await job()).rest.actions.createRepoVariable({ ...lab, name: 'X', value: '' })),
    ).toMatchObject({ status: '403', message: 'Resource not accessible by integration' });
    await rest.actions.deleteRepoVariable(one);
    expect(await failure(rest.actions.getRepoVariable(one))).toMatchObject({ status: '404' });
  });
});

describe('environments', () => {
  it('have branch policies and variables', async () => {
    const { rest } = await owner();
    const one = { ...lab, environment_name: 'azure/lab' };
    expect(await failure(rest.repos.getEnvironment(one))).toMatchObject({ status: '404' });
    const { data } = await rest.repos.createOrUpdateEnvironment({
      ...one,
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    expect(data).toMatchObject({
      name: 'azure/lab',
      protection_rules: [{ type: 'branch_policy' }],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    await rest.repos.createDeploymentBranchPolicy({ ...one, name: 'main' });
    const { data: policies } = await rest.repos.listDeploymentBranchPolicies(one);
    expect(policies).toMatchObject({ total_count: 1, branch_policies: [{ name: 'main', type: 'branch' }] });
    await rest.actions.createEnvironmentVariable({ ...one, name: 'A', value: '1' });
    expect((await rest.actions.listEnvironmentVariables(one)).data.total_count).toBe(1);
    const same = { protected_branches: true, custom_branch_policies: true };
    expect(
      await failure(rest.repos.createOrUpdateEnvironment({ ...one, deployment_branch_policy: same })),
    ).toMatchObject({ status: '422' });
    expect((await rest.repos.getAllEnvironments(lab)).data.total_count).toBe(1);
    expect(await failure((await job()).rest.repos.createOrUpdateEnvironment(one))).toMatchObject({
      status: '403',
    });
    await rest.repos.deleteAnEnvironment(one);
    expect(await failure(rest.actions.listEnvironmentVariables(one))).toMatchObject({ status: '404' });
  });

  it('have deployments', async () => {
    const { rest } = await octokit({ permissions: { deployments: 'write' } });
    const { data } = await rest.repos.createDeployment({ ...lab, ref: 'main', environment: 'azure-lab' });
    const { id: deployment_id } = data as { id: number };
    await rest.repos.createDeploymentStatus({ ...lab, deployment_id, state: 'success' });
    expect((await rest.repos.listDeploymentStatuses({ ...lab, deployment_id })).data).toMatchObject([
      { state: 'success', environment: 'azure-lab' },
    ]);
    expect((await rest.repos.listDeployments({ ...lab, environment: 'other' })).data).toEqual([]);
  });
});

describe('the subject of ID tokens', () => {
  async function subjectOf(claims: object): Promise<string | undefined> {
    const { url, token } = await control('POST /github/id-token-requests', { claims });
    const reply = await network.fetch(url!, { headers: { authorization: `Bearer ${token}` } });
    return decodeJwt(((await reply.json()) as { value: string }).value).sub;
  }

  /** For all repositories. */
  const admin = () => octokit({ login: 'octo', repository: undefined, permissions: { actions: 'write' } });

  async function settings(where: typeof lab) {
    const { data } = await (await admin()).rest.actions.getCustomOidcSubClaimForRepo(where);
    // The client's types do not have these members yet.
    return data as typeof data & { sub_claim_prefix: string; use_immutable_subject: boolean };
  }

  it('has no IDs in an older repository, until a client requests them', async () => {
    const where = await repository('old', { createdAt: '2024-05-01T00:00:00Z', id: 22, ownerId: 11 });
    const { rest } = await admin();
    const claims = { repository: 'octo/old', environment: 'azure-lab' };
    expect(await settings(where)).toEqual({
      use_default: true,
      use_immutable_subject: false,
      sub_claim_prefix: 'repo:octo/old',
    });
    expect(await subjectOf(claims)).toBe('repo:octo/old:environment:azure-lab');
    await rest.actions.setCustomOidcSubClaimForRepo({
      ...where,
      use_default: true,
      use_immutable_subject: true,
    });
    const { sub_claim_prefix, use_immutable_subject } = await settings(where);
    expect(use_immutable_subject).toBe(true);
    expect(sub_claim_prefix).toMatch(/^repo:octo@\d+\/old@22$/);
    expect(await subjectOf(claims)).toBe(`${sub_claim_prefix}:environment:azure-lab`);
  });

  it('has IDs in a new repository, whatever the setting is', async () => {
    const where = await repository('new');
    const { sub_claim_prefix, use_immutable_subject } = await settings(where);
    expect(use_immutable_subject).toBe(false);
    expect(sub_claim_prefix).toMatch(/^repo:octo@\d+\/new@\d+$/);
    const { data } = await (await octokit({ repository: 'octo/new' })).rest.repos.get(where);
    expect(sub_claim_prefix).toBe(`repo:octo@${data.owner.id}/new@${data.id}`);
    const claims = { repository: 'octo/new', ref: 'refs/heads/next' };
    expect(await subjectOf(claims)).toBe(`${sub_claim_prefix}:ref:refs/heads/next`);
    expect(await subjectOf({ ...claims, event_name: 'pull_request' })).toBe(
      `${sub_claim_prefix}:pull_request`,
    );
  });

  it('follows the template', async () => {
    const where = await repository('custom', { createdAt: '2024-05-01T00:00:00Z' });
    const { rest } = await admin();
    await rest.actions.setCustomOidcSubClaimForRepo({
      ...where,
      use_default: false,
      include_claim_keys: ['repo', 'context', 'job_workflow_ref'],
    });
    expect(await settings(where)).toMatchObject({
      use_default: false,
      include_claim_keys: ['repo', 'context', 'job_workflow_ref'],
    });
    expect(
      await subjectOf({ repository: 'octo/custom', environment: 'a:b', job_workflow_ref: 'o/a/x.yml@v1' }),
    ).toBe('repo:octo/custom:environment:a%3Ab:job_workflow_ref:o/a/x.yml@v1');
    expect(
      await failure(
        rest.actions.setCustomOidcSubClaimForRepo({
          ...where,
          use_default: false,
          include_claim_keys: ['a b'],
        }),
      ),
    ).toMatchObject({ status: '422' });
  });

  it('is the subject that the emulated Azure trusts', async () => {
    expect((await settings(lab)).sub_claim_prefix).toBe('repo:octo/lab');
    expect(await subjectOf({ repository: 'octo/lab', environment: 'azure-lab' })).toBe(
      'repo:octo/lab:environment:azure-lab',
    );
  });
});
