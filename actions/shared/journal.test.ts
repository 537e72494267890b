import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readStages, recordStage, type Stage } from './journal.ts';

const stage: Stage = {
  ...{ action: 'setup-vault', started: '2026-11-28T00:00:00Z', ended: '2026-11-28T00:01:00Z' },
  ...{ outcome: 'success', steps: [{ what: 'Vault', name: 'v', outcome: 'created', took: 1 }] },
  facts: { issuer: 'https://issuer' },
};

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-test-'));
  file = join(folder, 'workload-identity-lab', 'stages.jsonl');
  mkdirSync(join(folder, 'workload-identity-lab'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function read(): Promise<{ stages: Stage[]; warnings: string[] }> {
  const warnings: string[] = [];
  const stages = await readStages(folder, text => void warnings.push(text));
  return { stages, warnings };
}

it('is empty before the first stage', async () => {
  expect(await read()).toEqual({ stages: [], warnings: [] });
});

it.each([1, 20, 100])(
  'skips a line of which a killed step wrote only the first %d characters',
  async length => {
    await recordStage(stage, folder);
    appendFileSync(file, JSON.stringify(stage).slice(0, length));
    await recordStage(stage, folder);
    expect(await read()).toEqual({
      stages: [stage, stage],
      warnings: [`1 lines of "${file}" are not stages of this job and were skipped.`],
    });
  },
);

it.each([
  ['null', null],
  ['a list', []],
  ['a number', 4],
  ['no facts', { ...stage, facts: undefined }],
  ['another time', { ...stage, ended: 'yesterday' }],
  ['another outcome', { ...stage, outcome: '<img>' }],
  ['steps that are none', { ...stage, steps: [null] }],
  ['a trust chain that is none', { ...stage, facts: { trustChain: ['x'] } }],
])('skips %s', async (_, foreign) => {
  writeFileSync(file, `${JSON.stringify(foreign)}\n`);
  await recordStage(stage, folder);
  expect((await read()).stages).toEqual([stage]);
});

it('skips binary content', async () => {
  writeFileSync(file, Buffer.from([0xff, 0x00, 0x0a, 0xc3]));
  await recordStage(stage, folder);
  expect((await read()).stages).toEqual([stage]);
});

it('reads the end of a huge file', async () => {
  writeFileSync(file, 'x'.repeat(40 * 1024 * 1024));
  await recordStage(stage, folder);
  expect((await read()).stages).toEqual([stage]);
});

it.each(['a folder', 'a named pipe'])('says that %s in its place cannot be read', async what => {
  if (what === 'a folder') mkdirSync(file);
  else execFileSync('mkfifo', [file]);
  const { stages, warnings } = await read();
  expect(stages).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(/^The journal of this job could not be read: /)]);
});

it('is readable for this user only', async () => {
  rmSync(join(folder, 'workload-identity-lab'), { recursive: true });
  await recordStage(stage, folder);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(stage)}\n`);
});
