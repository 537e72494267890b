import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { LabCopy } from './support/lab-copy.ts';

// smoke.yml and sweep.yml on consecutive nights, on one emulated Azure and GitHub.

const repository = 'local/workload-identity-lab';

interface Issue {
  title: string;
  state: string;
  body: string;
  comments: number;
}

let lab: LabCopy;
beforeAll(async () => {
  lab = new LabCopy();
  const { exitCode, output } = await lab.run('up');
  expect(exitCode, output).toBe(0);
});
afterAll(async () => {
  await lab.run('down');
  await lab.noProcessLeft();
  await lab.remove();
});

/** As the owner of the subscription. */
async function shell(...command: string[]): Promise<string> {
  const { exitCode, output, stdout } = await lab.run('shell', '--', ...command);
  expect(exitCode, output).toBe(0);
  return stdout;
}

const facts = () => JSON.parse(readFileSync(lab.path('.lab', 'emulator.json'), 'utf8')).facts;

/** The token can only read. */
async function issues(): Promise<Issue[]> {
  const request = { permissions: { issues: 'read' }, repository };
  const { token } = (await control(facts(), 'POST /control/github/tokens', request)) as { token: string };
  const url = `https://api.github.com/repos/${repository}/issues?state=all`;
  const text = await shell('curl', '--fail', '--silent', '-H', `authorization: Bearer ${token}`, url);
  return JSON.parse(text.slice(text.indexOf('[')));
}

function newestRun(...names: string[]): string {
  return lab.path('.lab', 'runs', readdirSync(lab.path('.lab', 'runs')).sort().at(-1)!, ...names);
}

/** Of the newest run's artifact whose name begins with this text. */
function readReport(name: string) {
  const artifact = readdirSync(newestRun('artifacts')).find(each => each.startsWith(name))!;
  return JSON.parse(readFileSync(newestRun('artifacts', artifact, 'report.json'), 'utf8'));
}

const ours = ['--tag', 'managed-by=workload-identity-lab'];
/** Includes node resource groups. */
const labs = async () => {
  const text = await shell('az', 'group', 'list', ...ours, '--query', '[].name', '--output', 'json');
  return JSON.parse(text.slice(text.indexOf('['))) as string[];
};

test('a successful run verifies the secret and its denial, deletes the lab, and opens no issue', async () => {
  const { exitCode, output } = await lab.run('--workflow', 'smoke', '--event', 'schedule');
  expect(exitCode, output).toBe(0);
  expect(output).toMatch(/^✓ Verified: /m);
  expect(await issues()).toEqual([]);
  expect(await labs()).toEqual([]);
  const report = readReport('lab-');
  expect(report).toMatchObject({
    verdict: 'verified',
    criticalPath: expect.arrayContaining(['deploy-workload']),
  });
  expect(report.stages.map((stage: { action: string }) => stage.action).sort()).toEqual([
    'build-image',
    'create-cluster',
    'deploy-workload',
    'federate-identity',
    'federate-identity',
    'setup-vault',
  ]);
  expect(report.stages.every((stage: { seconds: number }) => stage.seconds > 0)).toBe(true);
  expect(readReport('deletion-')).toMatchObject({ verdict: 'deleted' });
});

test('a run without the secret and with a failing deletion opens one issue for each', async () => {
  const error = (code: string, message: string) => ({ error: { code, message } });
  const missing = {
    ...{ host: '*.vault.azure.net', method: 'GET', pathPattern: '^/secrets/Secret', status: 404, times: 500 },
    body: error('SecretNotFound', 'A secret with (name/id) Secret was not found in this key vault.'),
  };
  const locked = {
    ...{
      host: 'management.azure.com',
      method: 'DELETE',
      pathPattern: '/resourcegroups/',
      status: 409,
      times: 50,
    },
    body: error(
      'ScopeLocked',
      `The client '${facts().deployer.clientId}' is not allowed to delete what is locked.`,
    ),
  };
  const { exitCode, output } = await lab.run(
    ...['--workflow', 'smoke', '--fault', JSON.stringify(missing), '--fault', JSON.stringify(locked)],
  );
  expect(exitCode, output).toBe(1);
  // The summary shows the observed trust chain.
  expect(readFileSync(newestRun('summary.md'), 'utf8')).toMatch(
    /^ +c0identity -->\|"role: Key Vault Secrets User/m,
  );
  const open = await issues();
  expect(open.map(({ title, state }) => [title, state]).sort()).toEqual([
    ['The smoke test does not verify', 'open'],
    ['The smoke test leaves resources behind', 'open'],
  ]);
  const body = (title: RegExp) => open.find(issue => title.test(issue.title))!.body;
  expect(body(/verify/)).toContain('secret-not-found');
  expect(body(/verify/)).not.toContain('ScopeLocked');
  expect(body(/behind/)).toContain('(ScopeLocked) The client ');
  expect((await labs()).filter(name => !name.startsWith('MC_'))).toHaveLength(1);
});

test('the next successful run closes both issues', async () => {
  const { exitCode, output } = await lab.run('--workflow', 'smoke');
  expect(exitCode, output).toBe(0);
  expect((await issues()).map(({ state, comments }) => [state, comments])).toEqual([
    ['closed', 1],
    ['closed', 1],
  ]);
});

test('reports each half correctly if the outputs of a called workflow do not reach its caller', async () => {
  // As if GitHub dropped the outputs of a failed workflow.
  const file = lab.path('.github', 'workflows', 'lab.yml');
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.replaceAll(/value: \$\{\{ jobs\..*\}\}/g, "value: ''"));
  const locked = {
    ...{
      host: 'management.azure.com',
      method: 'DELETE',
      pathPattern: '/resourcegroups/',
      status: 409,
      times: 50,
    },
    body: { error: { code: 'ScopeLocked', message: 'It is locked.' } },
  };
  const missing = {
    ...{ host: '*.vault.azure.net', method: 'GET', pathPattern: '^/secrets/Secret', status: 404, times: 500 },
    body: { error: { code: 'SecretNotFound', message: 'A secret with (name/id) Secret was not found.' } },
  };
  const openTitles = async () =>
    (await issues()).filter(({ state }) => state === 'open').map(({ title }) => title);
  try {
    const stays = await lab.run('--workflow', 'smoke', '--fault', JSON.stringify(locked));
    expect(stays.exitCode, stays.output).toBe(1);
    expect(await openTitles(), stays.output).toEqual(['The smoke test leaves resources behind']);
    const fails = await lab.run('--workflow', 'smoke', '--fault', JSON.stringify(missing));
    expect(fails.exitCode, fails.output).toBe(1);
    expect(await openTitles(), fails.output).toEqual(['The smoke test does not verify']);
    expect((await issues()).find(({ state }) => state === 'open')!.body).toContain('secret-not-found');
  } finally {
    writeFileSync(file, whole);
  }
});

test('the sweep keeps unexpired labs, only reports in a manual run, and deletes in a scheduled run', async () => {
  const lasting = await lab.run('--workflow', 'lab', '--input', 'name=forgotten', '--keep');
  expect(lasting.exitCode, lasting.output).toBe(0);
  // As if a day had passed.
  const query = ['--query', '[].id', '--output', 'tsv'];
  const inGroup = await shell('az', 'resource', 'list', '--resource-group', 'forgotten', ...query);
  const group = await shell('az', 'group', 'show', '--name', 'forgotten', '--query', 'id', '--output', 'tsv');
  for (const id of `${inGroup}\n${group}`.split('\n').filter(line => line.startsWith('/subscriptions/'))) {
    const past = ['--operation', 'merge', '--tags', 'expires-on=2026-01-01T00:00:00Z'];
    await shell('az', 'tag', 'update', '--resource-id', id, ...past, '--output', 'none');
  }
  // Another owner sets the tags of an expired lab.
  const tags = [
    'managed-by=workload-identity-lab',
    `repository=${repository}`,
    'expires-on=2026-01-01T00:00:00Z',
  ];
  await shell('az', 'group', 'create', '--name', 'team', '--location', 'eastus', '--output', 'none');
  const future = [...tags.slice(0, 2), 'expires-on=2100-01-01T00:00:00Z'];
  const inUse = ['--name', 'in-use', '--location', 'eastus', '--tags', ...future];
  await shell('az', 'group', 'create', ...inUse, '--output', 'none');
  const theirs = ['--name', 'theirs4711', '--resource-group', 'team', '--location', 'eastus'];
  await shell('az', 'keyvault', 'create', ...theirs, '--tags', ...tags, '--output', 'none');

  const manual = await lab.run('--workflow', 'sweep');
  expect(manual.exitCode, manual.output).toBe(0);
  expect(manual.output).toMatch(/forgotten +would be deleted/);
  // The node resource group has the tags of its cluster.
  expect(await labs()).toContain('MC_forgotten_wilab_eastus');
  expect(manual.output).not.toContain('MC_forgotten');
  expect(await labs()).toEqual(expect.arrayContaining(['forgotten', 'in-use']));

  const swept = await lab.run('--workflow', 'sweep', '--event', 'schedule');
  expect(swept.exitCode, swept.output).toBe(0);
  expect(swept.output).toMatch(/forgotten +deleted/);
  expect(swept.output).toMatch(/in-use +left +expires on 2100/);
  expect(swept.output).toMatch(/team +left .*created it/);
  expect(await labs()).toContain('in-use');
  expect((await labs()).join()).not.toContain('forgotten');
  const vaults = await shell('az', 'keyvault', 'list', '--query', '[].name', '--output', 'tsv');
  expect(vaults).toContain('theirs4711');
  const list = ['az', 'keyvault', 'list-deleted', '--resource-type', 'vault', '--query', '[].name'];
  const deleted = await shell(...list);
  expect(JSON.parse(deleted.slice(deleted.indexOf('[')))).toEqual([]);
});
