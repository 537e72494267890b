import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ActionFailed } from '../shared/failures.ts';
import { fakeTools } from '../shared/fake-tools.ts';
import { requestedWait } from './github-errors.ts';
import { type Inputs, parse } from './inputs.ts';
import type { Issue, Issues } from './issues.ts';
import { reportStatus } from './report-status.ts';

const inputs: Inputs = {
  topic: 'smoke',
  status: 'failure',
  title: 'smoke fails',
  diagnosis: 'It broke.',
  diagnosisFile: '',
  label: 'run-status',
  token: 'ghs_x',
  repository: { owner: 'octo', repo: 'lab' },
  run: { id: '7', url: 'https://github.com/octo/lab/actions/runs/7/attempts/1' },
};

/** An unsuccessful response, as octokit throws it. */
function githubError(status: number, message = 'Refused', headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(message), { status, response: { headers } });
}

/** Issues in memory that record their calls. Each entry of `failures` makes one call of that name fail. */
function fakeIssues(failures: [call: keyof Issues, error: Error][] = []) {
  const list: (Issue & { body: string; comments: string[]; closed?: string })[] = [];
  const calls: string[] = [];
  const called = (name: keyof Issues) => {
    calls.push(name);
    const index = failures.findIndex(([call]) => call === name);
    if (index >= 0) throw failures.splice(index, 1)[0]![1];
  };
  const add = (body = '') => {
    const number = list.length + 1;
    const url = `https://github.com/octo/lab/issues/${number}`;
    const issue = { number, url, hasLabel: false, body, comments: [] };
    list.push(issue);
    return issue;
  };
  const issues: Issues = {
    async listOpen() {
      called('listOpen');
      return list.filter(({ closed }) => closed === undefined);
    },
    async create(_, body) {
      called('create');
      return add(body);
    },
    async addLabel({ number }) {
      called('addLabel');
      list[number - 1]!.hasLabel = true;
    },
    async comment({ number }, body) {
      called('comment');
      list[number - 1]!.comments.push(body);
    },
    async close({ number }, reason) {
      called('close');
      list[number - 1]!.closed = reason;
    },
  };
  return { issues, list, calls, add };
}

const report = (status: Inputs['status'], { issues }: { issues: Issues }, tools = fakeTools({})) =>
  reportStatus({ ...inputs, status }, tools, issues);

describe('reportStatus', () => {
  it('opens an issue on failure, comments on further failures, closes it on success, and opens a new one on the next failure', async () => {
    const github = fakeIssues();
    const nothing = { outcome: 'nothing', 'issue-number': '', 'issue-url': '' };
    expect(await report('success', github)).toEqual(nothing);
    const one = { 'issue-number': '1', 'issue-url': 'https://github.com/octo/lab/issues/1' };
    expect(await report('failure', github)).toEqual({ outcome: 'opened', ...one });
    expect(await report('failure', github)).toEqual({ outcome: 'commented', ...one });
    expect(await report('success', github)).toEqual({ outcome: 'closed', ...one });
    expect(await report('success', github)).toEqual(nothing);
    expect(await report('failure', github)).toMatchObject({ outcome: 'opened', 'issue-number': '2' });
    expect(github.list[0]).toMatchObject({
      closed: 'completed',
      comments: [expect.stringContaining('It broke.'), expect.stringContaining('succeeded')],
    });
  });

  it.each(['cancelled', 'skipped'] as const)('sends no request for a run that was %s', async status => {
    const github = fakeIssues();
    github.add();
    expect(await report(status, github)).toMatchObject({ outcome: 'nothing' });
    expect(github.calls).toEqual([]);
  });

  it('closes its own issue if another run opened an older one at the same time', async () => {
    const github = fakeIssues();
    const { create } = github.issues;
    github.issues.create = async (title, body) => {
      github.add('of the other run');
      return create(title, body);
    };
    expect(await report('failure', github)).toMatchObject({ outcome: 'commented', 'issue-number': '1' });
    expect(github.list).toMatchObject([
      { comments: [expect.stringContaining('It broke.')] },
      { closed: 'not_planned', comments: [expect.stringContaining('#1')] },
    ]);
  });

  it('does not depend on the label, and adds it in a later run', async () => {
    const github = fakeIssues([['addLabel', githubError(403, 'Resource not accessible by integration')]]);
    expect(await report('failure', github)).toMatchObject({ outcome: 'opened', 'issue-number': '1' });
    expect(github.list[0]).toMatchObject({ hasLabel: false });
    expect(await report('failure', github)).toMatchObject({ outcome: 'commented', 'issue-number': '1' });
    expect(github.list).toMatchObject([{ hasLabel: true }]);
    expect(await report('failure', github)).toMatchObject({ outcome: 'commented' });
    expect(github.calls.filter(call => call === 'addLabel')).toHaveLength(2);
  });

  it('opens another issue if the listed one was deleted', async () => {
    const github = fakeIssues([['comment', githubError(410, 'This issue was deleted')]]);
    const gone = github.add();
    const { comment } = github.issues;
    github.issues.comment = async (issue, body) => {
      if (issue.number === gone.number) Object.assign(gone, { closed: 'deleted' });
      return comment(issue, body);
    };
    expect(await report('failure', github)).toMatchObject({ outcome: 'opened', 'issue-number': '2' });
  });

  it('opens no issue if GitHub only rejects the comment', async () => {
    const github = fakeIssues([['comment', githubError(404, 'Not Found')]]);
    github.add();
    await expect(report('failure', github)).rejects.toThrow('cannot access the repository "octo/lab"');
    expect(github.list).toHaveLength(1);
  });

  it('adds no comment to a locked issue, and closes it', async () => {
    const locked = githubError(403, 'Unable to create comment because issue is locked.');
    const github = fakeIssues([
      ['comment', locked],
      ['comment', locked],
    ]);
    github.add();
    expect(await report('failure', github)).toMatchObject({ outcome: 'nothing', 'issue-number': '1' });
    expect(await report('success', github)).toMatchObject({ outcome: 'closed', 'issue-number': '1' });
    expect(github.list).toMatchObject([{ comments: [], closed: 'completed' }]);
  });

  it('keeps its own issue if the other run opened a newer one', async () => {
    const github = fakeIssues();
    const { create } = github.issues;
    github.issues.create = async (title, body) => {
      const mine = await create(title, body);
      github.add('of the other run');
      return mine;
    };
    expect(await report('failure', github)).toMatchObject({ outcome: 'opened', 'issue-number': '1' });
    expect(github.list.map(({ closed }) => closed)).toEqual([undefined, undefined]);
    expect(await report('success', github)).toMatchObject({ outcome: 'closed' });
    expect(github.list.map(({ closed }) => closed)).toEqual(['completed', 'completed']);
  });

  it.each([
    ['the server fails', githubError(502)],
    ['the connection breaks', githubError(500, 'fetch failed')],
    [
      'requests come too fast',
      githubError(403, 'You have exceeded a secondary rate limit', { 'retry-after': '60' }),
    ],
    ['there were too many', githubError(429)],
  ])('retries if %s', async (_, error) => {
    const github = fakeIssues([
      ['listOpen', error],
      ['create', error],
    ]);
    const tools = fakeTools({});
    expect(await report('failure', github, tools)).toMatchObject({ outcome: 'opened' });
    expect(github.list).toHaveLength(1);
    expect(tools.time.now()).toBeGreaterThan(2 * requestedWait(error) * 1000);
  });

  it('lists issues again before it retries to open one', async () => {
    const github = fakeIssues();
    const { create } = github.issues;
    let lost = true;
    github.issues.create = async (title, body) => {
      const issue = await create(title, body);
      if (lost) {
        lost = false;
        throw githubError(502);
      }
      return issue;
    };
    expect(await report('failure', github)).toMatchObject({ outcome: 'opened', 'issue-number': '1' });
    expect(github.list).toHaveLength(1);
  });

  it('does not wait for a rate limit that ends after the timeout', async () => {
    const spent = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.now() / 1000 + 3000) };
    const github = fakeIssues([['listOpen', githubError(403, 'API rate limit exceeded', spent)]]);
    const tools = fakeTools({});
    await expect(report('failure', github, tools)).rejects.toThrow('API rate limit exceeded');
    expect(tools.time.now()).toBe(0);
  });

  it.each([
    [401, 'Bad credentials', /does not accept the token/, /input token/],
    [
      403,
      'Resource not accessible by integration',
      /is not allowed to write issues of "octo\/lab"/,
      /permissions:\n +issues: write/,
    ],
    [404, 'Not Found', /cannot access the repository "octo\/lab"/, /issues: write/],
    [410, 'Issues has been disabled in this repository.', /has issues disabled/, /Settings/],
    [422, 'Validation Failed', /does not accept the issue/, /title and label/],
  ])('explains status %i without a retry', async (status, message, what, remedy) => {
    const tools = fakeTools({});
    const github = fakeIssues([['listOpen', githubError(status, message)]]);
    const error = await report('failure', github, tools).catch(thrown => thrown);
    expect(error).toBeInstanceOf(ActionFailed);
    expect(error.message).toMatch(what);
    expect(error.message).toContain(message);
    expect(error.remedy).toMatch(remedy);
    expect(tools.time.now()).toBe(0);
  });

  it('shows the file after the input, and accepts a missing file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'report-status-test-'));
    try {
      const github = fakeIssues();
      const diagnosisFile = join(folder, 'diagnosis.txt');
      await reportStatus({ ...inputs, diagnosisFile }, fakeTools({}), github.issues);
      await writeFile(diagnosisFile, 'The pod said so.');
      await reportStatus({ ...inputs, diagnosisFile }, fakeTools({}), github.issues);
      expect(github.list[0]?.body).toContain('```text\nIt broke.\n```');
      expect(github.list[0]?.comments[0]).toContain('```text\nIt broke.\nThe pod said so.\n```');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('parse', () => {
  const read = (given: Record<string, string>) => (name: string) =>
    ({ topic: 'smoke', status: 'failure', ...given })[name] ?? '';
  const environment = {
    GITHUB_REPOSITORY: 'octo/lab',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_RUN_ID: '7',
    GITHUB_RUN_ATTEMPT: '2',
  };

  it('applies the defaults, and reads the run from the environment', () => {
    expect(parse(environment, read({ diagnosis: ' - with\nspaces ' }))).toEqual({
      ...inputs,
      diagnosis: ' - with\nspaces ',
      token: '',
      run: { id: '7', url: 'https://github.com/octo/lab/actions/runs/7/attempts/2' },
    });
  });

  it.each([
    ['topic', 'Smoke test'],
    ['topic', 'a--b'],
    ['topic', 'x'.repeat(51)],
    ['status', 'Success'],
    ['title', 'x'.repeat(257)],
    ['label', 'a,b'],
  ])('rejects %s %j', (name, value) => {
    expect(() => parse(environment, read({ [name]: value }))).toThrow(name);
  });
});
