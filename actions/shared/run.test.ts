import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
let output: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-test-'));
  output = join(folder, 'output');
  writeFileSync(output, '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs an action with this main function in a separate process. */
function run(main: string, environment: Record<string, string> = {}): { status: number | null; log: string } {
  const script = `
    import { runAction } from ${JSON.stringify(new URL('./run.ts', import.meta.url).href)};
    import { ActionFailed } from ${JSON.stringify(new URL('./failures.ts', import.meta.url).href)};
    await runAction({ name: 'test', parse: () => ({}), main: async () => { ${main} } });
  `;
  const { PATH = '' } = process.env;
  const env = { PATH, RUNNER_TEMP: folder, GITHUB_OUTPUT: output, ...environment };
  const args = ['--input-type=module', '--eval', script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  return { status, log: stdout + stderr };
}

it('sets an output to empty if GitHub would fail the job because of it', () => {
  const { status, log } = run("return { big: 'x'.repeat(2 ** 21), small: 'written' };");
  expect(status, log).toBe(0);
  expect(log).toContain('::warning::Output big is empty, because its value has 2097152 bytes');
  const written = readFileSync(output, 'utf8');
  expect(written.length).toBeLessThan(1000);
  expect(written).toContain('written');
});

it('fails with the file and the reason if it cannot write its outputs', () => {
  const { status, log } = run("return { small: 'written' };", { GITHUB_OUTPUT: join(folder, 'missing') });
  expect(status).toBe(1);
  expect(log).toContain('its output small could not be written to GITHUB_OUTPUT ("');
});

it('reports why it failed, even if files of the runner are missing', () => {
  const { status, log } = run("throw new ActionFailed('the reason', 'the remedy', '', { a: 'b' });", {
    ...{ GITHUB_OUTPUT: '/no/such/output', GITHUB_STEP_SUMMARY: '/no/such/summary', RUNNER_TEMP: '/no/such' },
  });
  expect(status).toBe(1);
  expect(log).toContain('::error::test: the reason%0AWhat to do: the remedy');
  expect(log.match(/^::warning::.* could not be written: /gm)).toHaveLength(3);
});
