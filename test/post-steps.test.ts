import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface ActionFile {
  inputs: Record<string, { default?: string }>;
  runs: { main: string; post?: string };
}

const actions = globSync('actions/*/action.yml')
  .map(file => ({ folder: dirname(file), ...(parse(readFileSync(file, 'utf8')) as ActionFile) }))
  .filter(({ runs }) => runs.post !== undefined);

/** With these, the main work of an action would begin. */
const VALID: Readonly<Record<string, string>> = {
  'resource-group': 'my-lab',
  'cluster-name': 'wilab',
  'registry-name': 'wilab4521',
  'identity-name': 'wi-demo-identity',
};

let directory: string;
let temp: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'post-steps-'));
  temp = join(directory, 'temp');
  for (const name of ['bin', 'temp', 'temp/kubeconfig-of-another', 'temp/workload-identity-lab'])
    mkdirSync(join(directory, name));
  writeFileSync(join(temp, 'kubeconfig-of-another/config'), 'token');
  writeFileSync(join(temp, 'workload-identity-lab/stages.jsonl'), '');
  for (const tool of ['az', 'kubectl', 'docker', 'kubelogin']) {
    const file = join(directory, 'bin', tool);
    writeFileSync(file, `#!/bin/sh\necho "$0 $*" >> '${directory}/started'\n`);
    chmodSync(file, 0o755);
  }
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The inputs of the step, and its saved state, as on the runner. */
function runPost({ folder, inputs, runs }: (typeof actions)[number], state: Record<string, string> = {}) {
  const given = Object.entries(inputs).map(([name, input]) => [
    `INPUT_${name.toUpperCase()}`,
    VALID[name] ?? input.default ?? '',
  ]);
  const saved = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]);
  const files = ['OUTPUT', 'STATE', 'ENV', 'PATH', 'STEP_SUMMARY'].map(name => {
    writeFileSync(join(directory, name), '');
    return [`GITHUB_${name}`, join(directory, name)];
  });
  const env = {
    ...Object.fromEntries([...given, ...saved, ...files]),
    PATH: `${join(directory, 'bin')}:/usr/bin:/bin`,
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'octo/lab',
    RUNNER_TEMP: temp,
  };
  return spawnSync(process.execPath, [join(folder, runs.post!)], { env, encoding: 'utf8' });
}

/** Paths and contents. */
const everything = () =>
  (readdirSync(directory, { recursive: true }) as string[])
    .sort()
    .map(path => [
      path,
      statSync(join(directory, path)).isFile() && readFileSync(join(directory, path), 'utf8'),
    ]);

test('finds the actions with a post step', () => {
  expect(actions.map(({ folder }) => folder)).toEqual(['actions/create-cluster']);
});

describe.each(actions)('the post step of $folder', action => {
  test('does nothing if the step saved no state, whatever its inputs are', () => {
    runPost(action);
    const before = everything();
    expect(runPost(action)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(everything()).toEqual(before);
  });

  test('is small, and contains nothing of the main work', () => {
    const code = readFileSync(join(action.folder, action.runs.post!), 'utf8');
    expect(code.length).toBeLessThan(16 * 1024);
    expect(code).not.toMatch(/child_process|node:https?|node:net|runAction/);
  });
});

describe('the post step of create-cluster', () => {
  const action = actions[0]!;
  const id = '3f2b1c4d-0000-4000-8000-0123456789ab';

  test('removes the kubeconfig folder of its step, and nothing else', () => {
    runPost(action);
    const before = everything();
    const folder = join(temp, `kubeconfig-${id}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'config'), 'token');
    const ended = runPost(action, { 'kubeconfig-folder': folder });
    expect(ended).toMatchObject({ status: 0, stdout: 'The kubeconfig was removed.\n', stderr: '' });
    expect(everything()).toEqual(before);
  });

  test('succeeds if the folder does not exist', () => {
    expect(runPost(action, { 'kubeconfig-folder': join(temp, `kubeconfig-${id}`) }).status).toBe(0);
  });

  test.each([
    '.',
    '..',
    'kubeconfig-of-another',
    'workload-identity-lab',
    `../kubeconfig-${id}`,
    `sub/kubeconfig-${id}`,
    `kubeconfig-${id}/..`,
  ])('does not remove a folder with another name or place: %s', name => {
    mkdirSync(join(directory, `kubeconfig-${id}`));
    runPost(action);
    const before = everything();
    const ended = runPost(action, { 'kubeconfig-folder': `${temp}/${name}` });
    expect(ended).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^::warning::.*Nothing was removed/),
    });
    expect(everything()).toEqual(before);
  });
});
