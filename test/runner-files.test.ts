import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Chain } from './support/chain.ts';

// The runner and earlier steps can damage the files of a step.

let chain: Chain;
let journal: string;
beforeAll(async () => {
  chain = await Chain.start();
  journal = join(chain.directory, 'workload-identity-lab', 'stages.jsonl');
});
afterAll(() => chain?.stop());
beforeEach(() => rmSync(join(chain.directory, 'workload-identity-lab'), { recursive: true, force: true }));

const group = 'wilab-runner-files';
const deleteLab = async (environment: Record<string, string> = {}) => {
  const tags = ['--tags', 'managed-by=workload-identity-lab', 'repository=local/workload-identity-lab'];
  await chain.az('group', 'create', '--name', group, '--location', 'eastus', ...tags);
  return chain.run('delete-lab', { 'resource-group': group }, environment);
};
const groupExists = (): Promise<boolean> => chain.az('group', 'exists', '--name', group);

describe('the journal of the job', () => {
  const half = '{"action":"create-cluster","started":"2026-11-28T00:00:00.000Z","end';

  test.each([
    ['ends with half a line of a step that was killed', () => writeFileSync(journal, half)],
    ['contains text of others', () => writeFileSync(journal, 'null\n[]\n{"facts":{"tools":7}}\n\u0000\n')],
    ['is a folder', () => mkdirSync(journal)],
    ['is on a full disk', () => symlinkSync('/dev/full', journal)],
  ])('%s: delete-lab deletes', async (_, prepare) => {
    mkdirSync(join(chain.directory, 'workload-identity-lab'));
    prepare();
    const ended = await deleteLab();
    expect(ended.exitCode, ended.output).toBe(0);
    expect(ended.outputs.deleted).toBe('true');
    expect(await groupExists()).toBe(false);
  });

  test('loses only the incomplete line for summarize-lab', async () => {
    await deleteLab();
    appendFileSync(journal, half);
    await deleteLab();
    const { output, outputs } = await chain.succeed('summarize-lab', {});
    expect(outputs.verdict).toBe('deleted');
    expect(output).toMatch(/^::warning::1 lines of ".*stages\.jsonl" are not stages of this job/m);
    expect(output).toMatch(/critical path: delete-lab .* → delete-lab/);
  });
});

describe('the job summary', () => {
  test('is written if its file was deleted', async () => {
    const file = join(chain.directory, 'deleted-summary');
    const ended = await deleteLab({ GITHUB_STEP_SUMMARY: file });
    expect(ended.exitCode, ended.output).toBe(0);
    expect(ended.output).not.toContain('::warning::');
  });

  test.each(['/no/such/folder/summary', '/dev/full'])('is the only loss if its file is %s', async file => {
    const ended = await deleteLab({ GITHUB_STEP_SUMMARY: file });
    expect(ended.exitCode, ended.output).toBe(0);
    expect(ended.outputs.deleted).toBe('true');
    expect(ended.output).toMatch(/^::warning::The job summary could not be written: /m);
  });
});

describe('the outputs', () => {
  test('fail the step with the reason if they cannot be written', async () => {
    const ended = await deleteLab({ GITHUB_OUTPUT: '/no/such/folder/output' });
    expect(ended.exitCode).toBe(1);
    expect(ended.output).toMatch(
      /^::error::delete-lab: The step did its work, but its output \S+ could not be written to GITHUB_OUTPUT \("\/no\/such\/folder\/output"\): /m,
    );
    expect(ended.summary).toContain('could not be written to GITHUB_OUTPUT');
    expect(await groupExists()).toBe(false);
  });

  test('do not hide why a step fails', async () => {
    await chain.az('group', 'create', '--name', 'wilab-foreign', '--location', 'eastus');
    const ended = await chain.run(
      'delete-lab',
      { 'resource-group': 'wilab-foreign' },
      { GITHUB_OUTPUT: '/no/such/folder/output', GITHUB_STEP_SUMMARY: '/no/such/folder/summary' },
    );
    expect(ended.exitCode).toBe(1);
    expect(ended.output).toMatch(/^::error::delete-lab: .*wilab-foreign/m);
    expect(ended.output).not.toContain('Node.js v');
  });
});

test.each(['/no/such/folder', '/dev/full', '/proc/no-such-folder'])(
  'delete-lab reports %s as RUNNER_TEMP, and deletes nothing',
  async folder => {
    const ended = await deleteLab({ RUNNER_TEMP: folder });
    expect(ended.exitCode).toBe(1);
    expect(ended.output).toMatch(new RegExp(`^::error::delete-lab: .*${folder}/.*RUNNER_TEMP`, 'm'));
    expect(ended.output).not.toContain('Node.js v');
    expect(await groupExists()).toBe(true);
  },
);
