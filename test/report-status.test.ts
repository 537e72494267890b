import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getOctokit } from '@actions/github';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Emulator, startEmulator } from '../emulator/emulator.ts';
import { Network } from '../emulator/network.ts';
import { readEntries } from '../lab/workflow/file-commands.ts';

const action = 'actions/report-status';
let directory: string;
let emulator: Emulator;
let network: Network;
let steps = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'report-status-'));
  emulator = await startEmulator({ stateDir: join(directory, 'emulator') });
  network = new Network(emulator);
});

afterAll(async () => {
  await network.close();
  await emulator.close();
  rmSync(directory, { recursive: true });
});

async function control(operation: string, body: object): Promise<Record<string, string>> {
  const [method = '', path = ''] = operation.split(' ');
  const answer = await fetch(`${emulator.control.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${emulator.control.key}` },
    body: JSON.stringify(body),
  });
  return (
    answer.status === 201 && answer.headers.get('content-type') === null ? {} : await answer.json()
  ) as Record<string, string>;
}

async function jobToken(repository: string, permissions: object = { issues: 'write' }): Promise<string> {
  return (await control('POST /github/tokens', { repository, permissions })).token!;
}

/** @param repository that the user is a member of; if missing, the user is a member of none */
async function person(login: string, permissions: object, repository?: string) {
  const { token } = await control('POST /github/tokens', { login, permissions, repository });
  const through = (url: string, init: Parameters<Network['fetch']>[1]) => network.fetch(url, init);
  return getOctokit(token!, { request: { fetch: through } }).rest;
}

async function run(repository: string, inputs: Record<string, string>) {
  const declared = parse(readFileSync(join(action, 'action.yml'), 'utf8')).inputs;
  const step = join(directory, `step-${++steps}`);
  mkdirSync(step);
  for (const file of ['output', 'summary']) writeFileSync(join(step, file), '');
  const given: Record<string, string> = { topic: 'smoke', token: await jobToken(repository), ...inputs };
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HTTPS_PROXY: emulator.proxyUrl,
    NODE_EXTRA_CA_CERTS: emulator.caFile,
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: String(4700 + steps),
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_OUTPUT: join(step, 'output'),
    GITHUB_STEP_SUMMARY: join(step, 'summary'),
    RUNNER_TEMP: step,
    ...Object.fromEntries(
      Object.entries<{ default?: string }>(declared).map(([name, { default: value = '' }]) => [
        `INPUT_${name.toUpperCase()}`,
        given[name] ?? value,
      ]),
    ),
  };
  const child = spawn(process.execPath, [join(action, 'dist/index.js')], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      output += text;
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const outputs = Object.fromEntries(readEntries(readFileSync(join(step, 'output'), 'utf8')));
  return { exitCode, output, outputs, summary: readFileSync(join(step, 'summary'), 'utf8') };
}

const where = (repository: string) => {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
};

describe('report-status', () => {
  test('opens an issue on failure, comments on further failures, closes it on success, and opens a new one on the next failure', async () => {
    const repository = 'octo/turns';
    const rest = await person('octo', { issues: 'read' }, repository);
    const turn = async (status: string, inputs: Record<string, string> = {}) => {
      const ended = await run(repository, { status, ...inputs });
      expect(ended.exitCode, ended.output).toBe(0);
      return [ended.outputs.outcome, ended.outputs['issue-number'] ?? ''];
    };
    expect(await turn('success')).toEqual(['nothing', '']);
    expect(await turn('failure', { title: 'The smoke run fails', diagnosis: 'AADSTS700213' })).toEqual([
      'opened',
      '1',
    ]);
    expect(await turn('cancelled')).toEqual(['nothing', '']);
    expect(await turn('failure', { diagnosis: 'AADSTS700024' })).toEqual(['commented', '1']);
    expect(await turn('failure', { topic: 'sweep' })).toEqual(['opened', '2']);
    expect(await turn('success')).toEqual(['closed', '1']);
    expect(await turn('success')).toEqual(['nothing', '']);
    expect(await turn('failure')).toEqual(['opened', '3']);

    const { data: first } = await rest.issues.get({ ...where(repository), issue_number: 1 });
    expect(first).toMatchObject({
      title: 'The smoke run fails',
      state: 'closed',
      state_reason: 'completed',
      user: { login: 'github-actions[bot]' },
      labels: [{ name: 'run-status' }],
    });
    expect(first.body).toContain('(https://github.com/octo/turns/actions/runs/4702/attempts/1)');
    expect(first.body).toContain('```text\nAADSTS700213\n```');
    const { data: comments } = await rest.issues.listComments({ ...where(repository), issue_number: 1 });
    expect(comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('AADSTS700024'),
      expect.stringContaining('succeeded'),
    ]);
    const open = await rest.issues.listForRepo({ ...where(repository), state: 'open' });
    expect(open.data.map(({ number }) => number)).toEqual([3, 2]);
  });

  test('does not change an issue of another author or app with the same title and marker', async () => {
    const repository = 'octo/open';
    await control('PUT /github/repositories', { repository, private: false });
    await run(repository, { status: 'failure' });
    const { issues } = await person('mallory', { issues: 'write' });
    const owner = await person('octo', { issues: 'write' }, repository);
    const { data: real } = await owner.issues.get({ ...where(repository), issue_number: 1 });
    await run(repository, { status: 'success' });

    const forged = await issues.create({ ...where(repository), title: real.title, body: real.body! });
    const withLabel = { ...where(repository), issue_number: forged.data.number, labels: ['run-status'] };
    await owner.issues.addLabels(withLabel);
    const bot = await person('other-app[bot]', { issues: 'write' }, repository);
    await bot.issues.create({
      ...where(repository),
      title: real.title,
      body: real.body!,
      labels: ['run-status'],
    });

    expect((await run(repository, { status: 'success' })).outputs.outcome).toBe('nothing');
    expect((await run(repository, { status: 'failure' })).outputs).toMatchObject({
      outcome: 'opened',
      'issue-number': '4',
    });
    for (const issue_number of [2, 3]) {
      const { data } = await owner.issues.get({ ...where(repository), issue_number });
      expect(data).toMatchObject({ state: 'open', comments: 0 });
    }
  });

  test('reports the missing permission', async () => {
    const repository = 'octo/readers';
    for (const permissions of [{}, { issues: 'read' }, { contents: 'write' }]) {
      const { exitCode, output } = await run(repository, {
        status: 'failure',
        token: await jobToken(repository, permissions),
      });
      expect(exitCode).toBe(1);
      expect(output).toMatch(
        /::error::report-status: The token is not allowed to write issues of "octo\/readers"\./,
      );
      expect(output).toContain('permissions:%0A      issues: write');
    }
  });

  test('explains an invalid token, and a repository with issues disabled', async () => {
    const wrong = await run('octo/any', { status: 'failure', token: 'ghs_wrong' });
    expect(wrong.output).toContain('GitHub does not accept the token.');
    // Only in the command that masks it.
    expect(wrong.output.split('\n').filter(line => line.includes('ghs_wrong'))).toEqual([
      '::add-mask::ghs_wrong',
    ]);
    const other = await run('octo/any', { status: 'failure', token: await jobToken('octo/elsewhere') });
    expect(other.output).toContain('The token cannot access the repository "octo/any".');

    const owner = await person('octo', { administration: 'write' }, 'octo/mute');
    await owner.repos.update({ ...where('octo/mute'), has_issues: false });
    const mute = await run('octo/mute', { status: 'failure' });
    expect([mute.exitCode, mute.output]).toEqual([
      1,
      expect.stringContaining('The repository "octo/mute" has issues disabled.'),
    ]);
    expect((await run('octo/mute', { status: 'success' })).exitCode).toBe(0);
  });

  test('retries transient failures', async () => {
    const fault = { host: 'api.github.com', pathPattern: '/issues', body: { message: 'Server Error' } };
    await control('POST /faults', { ...fault, status: 502, method: 'GET' });
    await control('POST /faults', { ...fault, status: 503, method: 'POST' });
    const ended = await run('octo/shaky', { status: 'failure' });
    expect(ended.outputs).toMatchObject({ outcome: 'opened', 'issue-number': '1' });
    expect(ended.output).toContain('(502)');
    expect(ended.output).toContain('(503)');
  });

  test('leaves one issue if two runs fail at the same time', async () => {
    const repository = 'octo/race';
    await run(repository, { status: 'failure' });
    // The second run lists issues before the first run opens one.
    await control('POST /faults', { host: 'api.github.com', pathPattern: '/issues', status: 200, body: [] });
    const { outputs } = await run(repository, { status: 'failure' });
    expect(outputs).toMatchObject({ outcome: 'commented', 'issue-number': '1' });
    const rest = await person('octo', { issues: 'read' }, repository);
    const { data } = await rest.issues.listForRepo({ ...where(repository), state: 'all', direction: 'asc' });
    expect(data).toMatchObject([
      { number: 1, state: 'open', comments: 1 },
      { number: 2, state: 'closed', state_reason: 'not_planned', comments: 1 },
    ]);
  });

  test('finds an issue that has no label', async () => {
    const repository = 'octo/labels';
    const owner = await person('octo', { issues: 'write' }, repository);
    const first = { ...where(repository), issue_number: 1 };
    const refused = { host: 'api.github.com', method: 'POST', pathPattern: '/issues/1/labels', status: 403 };
    await control('POST /faults', { ...refused, body: { message: 'Must have triage access.' } });
    const opened = await run(repository, { status: 'failure' });
    expect([opened.exitCode, opened.outputs.outcome], opened.output).toEqual([0, 'opened']);
    expect(opened.output).toMatch(/could not add the label "run-status" to \S+: "Must have triage access/);
    expect((await owner.issues.get(first)).data.labels).toEqual([]);

    // Also after a person deleted the label from the repository.
    for (const change of [
      async () => {},
      () => owner.issues.deleteLabel({ ...where(repository), name: 'run-status' }),
      () => owner.issues.update({ ...first, labels: [] }),
    ]) {
      await change();
      const { outputs } = await run(repository, { status: 'failure' });
      expect(outputs).toMatchObject({ outcome: 'commented', 'issue-number': '1' });
      expect((await owner.issues.get(first)).data.labels).toMatchObject([{ name: 'run-status' }]);
    }
    await owner.issues.update({ ...first, labels: [] });
    expect((await run(repository, { status: 'success' })).outputs.outcome).toBe('closed');
    const all = await owner.issues.listForRepo({ ...where(repository), state: 'all' });
    expect(all.data).toHaveLength(1);
  });

  test('opens no second issue if GitHub never applies the label', async () => {
    const repository = 'octo/nights';
    const refused = {
      host: 'api.github.com',
      method: 'POST',
      pathPattern: '/issues/\\d+/labels',
      status: 403,
    };
    await control('POST /faults', { ...refused, body: { message: 'Forbidden' }, times: 4 });
    for (const outcome of ['opened', 'commented', 'commented', 'commented'])
      expect((await run(repository, { status: 'failure' })).outputs).toMatchObject({
        outcome,
        'issue-number': '1',
      });
  });

  test('finds its issue among more than one page of others', async () => {
    const repository = 'octo/many';
    await run(repository, { status: 'failure' });
    const owner = await person('octo', { issues: 'write' }, repository);
    for (let count = 0; count < 205; count++)
      await owner.issues.create({ ...where(repository), title: `Other ${count}` });
    expect((await run(repository, { status: 'failure' })).outputs).toMatchObject({
      outcome: 'commented',
      'issue-number': '1',
    });
    expect((await run(repository, { status: 'success' })).outputs).toMatchObject({ outcome: 'closed' });
  });

  test('does not comment on or replace a locked issue, and closes it on success', async () => {
    const repository = 'octo/locked';
    const owner = await person('octo', { issues: 'write' }, repository);
    const first = { ...where(repository), issue_number: 1 };
    await run(repository, { status: 'failure' });
    await owner.issues.lock(first);
    const failed = await run(repository, { status: 'failure' });
    expect(failed.outputs, failed.output).toMatchObject({ outcome: 'nothing', 'issue-number': '1' });
    expect(failed.output).toContain('issues/1 is locked');
    expect((await run(repository, { status: 'success' })).outputs).toMatchObject({ outcome: 'closed' });
    expect((await owner.issues.get(first)).data).toMatchObject({ state: 'closed', comments: 0 });
  });

  test.each([
    ['deleted', 410, { message: 'This issue was deleted' }, {}],
    [
      'transferred',
      301,
      { message: 'Moved Permanently' },
      { location: 'https://api.github.com/repositories/1/issues/9' },
    ],
  ])('replaces an issue that was %s after it was listed', async (what, status, body, headers) => {
    const repository = `octo/${what}`;
    await run(repository, { status: 'failure' });
    const at = { host: 'api.github.com' };
    // Only the first list still shows it.
    await control('POST /faults', {
      ...{ ...at, method: 'POST', pathPattern: '/issues/1/comments', status, body, headers },
    });
    const owner = await person('octo', { issues: 'write' }, repository);
    const listed = await owner.issues.listForRepo({ ...where(repository), state: 'open' });
    const list = { ...at, method: 'GET', pathPattern: '/issues\\?', status: 200 };
    await control('POST /faults', { ...list, body: listed.data });
    await control('POST /faults', { ...list, body: [], times: 3 });
    const ended = await run(repository, { status: 'failure' });
    expect(ended.outputs, ended.output).toMatchObject({ outcome: 'opened', 'issue-number': '2' });
    expect(ended.output).toContain('issues/1 is no longer in this repository');
  });

  test('recognizes an edited issue that still begins with the marker', async () => {
    const repository = 'octo/edited';
    const owner = await person('octo', { issues: 'write' }, repository);
    const first = { ...where(repository), issue_number: 1 };
    await run(repository, { status: 'failure' });
    const { data } = await owner.issues.get(first);
    await owner.issues.update({
      ...first,
      title: 'Something else',
      body: `${data.body!.replaceAll('\n', '\r\n')}\r\nMine now?`,
    });
    expect((await run(repository, { status: 'failure' })).outputs).toMatchObject({ outcome: 'commented' });
    // Without the marker the action ignores the issue and opens one new issue, not one per run.
    await owner.issues.update({ ...first, body: 'Taken over by a person.' });
    for (const [outcome, number] of [
      ['opened', '2'],
      ['commented', '2'],
    ])
      expect((await run(repository, { status: 'failure' })).outputs).toMatchObject({
        outcome,
        'issue-number': number,
      });
    expect((await owner.issues.get(first)).data).toMatchObject({ state: 'open', comments: 1 });
  });

  test('does not assign an issue to the topic of a marker in its diagnosis', async () => {
    const repository = 'octo/markers';
    const marker = '<!-- workload-identity-lab:report-status:sweep -->';
    await run(repository, { status: 'failure', diagnosis: marker });
    expect((await run(repository, { status: 'success', topic: 'sweep' })).outputs.outcome).toBe('nothing');
    expect((await run(repository, { status: 'failure', topic: 'sweep' })).outputs['issue-number']).toBe('2');
  });

  test('waits for a secondary rate limit, and explains an issue that GitHub rejects', async () => {
    const fault = { host: 'api.github.com', pathPattern: '/issues', method: 'POST' };
    const limit = { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' };
    await control('POST /faults', { ...fault, status: 403, body: limit, headers: { 'retry-after': '1' } });
    const ended = await run('octo/limited', { status: 'failure' });
    expect(ended.outputs, ended.output).toMatchObject({ outcome: 'opened', 'issue-number': '1' });
    expect(ended.output).toContain('limits the rate');

    const body = { message: 'Validation Failed', errors: [{ resource: 'Issue', code: 'custom' }] };
    await control('POST /faults', { ...fault, status: 422, body });
    const refused = await run('octo/ruled', { status: 'failure' });
    expect([refused.exitCode, refused.output]).toEqual([
      1,
      expect.stringContaining('GitHub does not accept the issue.%0AGitHub answered 422'),
    ]);
  });

  test('closes a new issue whose author differs from the token’s login', async () => {
    const repository = 'octo/authors';
    const viewer = { data: { viewer: { login: 'somebody-else' } } };
    await control('POST /faults', {
      ...{ host: 'api.github.com', pathPattern: '/graphql', status: 200, body: viewer },
    });
    const { exitCode, output } = await run(repository, { status: 'failure' });
    expect(exitCode).toBe(1);
    expect(output).toContain('with the author "github-actions[bot]", but the token acts as "somebody-else"');
    expect(output).toContain('G-author');
    const owner = await person('octo', { issues: 'write' }, repository);
    expect((await owner.issues.listForRepo({ ...where(repository), state: 'open' })).data).toEqual([]);
  });

  test('does not publish the target of a link', async () => {
    const link = join(directory, 'link.txt');
    symlinkSync('/etc/hostname', link);
    const { exitCode, output } = await run('octo/links', { status: 'failure', 'diagnosis-file': link });
    expect([exitCode, output]).toEqual([1, expect.stringContaining('is not a regular file')]);
  });

  test('shows hostile text unchanged, and the runner executes no command in it', async () => {
    const repository = 'octo/hostile';
    const text = [
      '@octo @octo/team see #1',
      '````````',
      '<script>alert(1)</script> <!-- --> </details>',
      '# Heading [link](https://evil.test) ![image](https://evil.test/x.png)',
      '\u001b[31mred\u001b[0m\u0000',
      '::set-output name=outcome::forged',
      '::error::forged',
      '##[error]forged',
    ].join('\n');
    const diagnosis = text.replace('\u0000', '');
    const file = join(directory, 'diagnosis.txt');
    writeFileSync(file, `${text}\n${`${'`'.repeat(4000)}😀\n`.repeat(250)}`);
    const ended = await run(repository, { status: 'failure', diagnosis, 'diagnosis-file': file });
    expect(ended.outputs).toMatchObject({ outcome: 'opened', 'issue-number': '1' });
    expect(ended.output + ended.summary).not.toContain('forged');

    const rest = await person('octo', { issues: 'read' }, repository);
    const { data } = await rest.issues.get({ ...where(repository), issue_number: 1 });
    const lines = data.body!.split('\n');
    const fence = lines.find(line => line.startsWith('```'))!.replace('text', '');
    // All of the text is between the two fences.
    expect(lines.filter(line => line.trim().startsWith(fence)).length).toBe(2);
    const inside = lines.slice(lines.indexOf(`${fence}text`) + 1, lines.lastIndexOf(fence)).join('\n');
    expect(inside).toContain('@octo @octo/team see #1\n````````\n<script>alert(1)</script>');
    expect(inside).toContain('\nred\n');
    expect(data.body!.length).toBeLessThanOrEqual(65_536);
    expect(lines.at(-1)).toMatch(/^Each further run that fails/);
  });

  test('rejects invalid inputs before it sends a request', async () => {
    const ended = await run('octo/any', { topic: 'Smoke Test', status: 'red', token: '' });
    expect(ended.exitCode).toBe(1);
    expect(ended.output).toMatch(/2 inputs are not valid/);
  });
});
