import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isRunning } from '../lab/processes.ts';
import { LabCopy, type LabProcess, until } from './support/lab-copy.ts';

let lab: LabCopy;
beforeAll(() => {
  lab = new LabCopy();
});
// No process outlives its test.
afterEach(() => lab.noProcessLeft());
afterAll(() => lab.remove());

function newestRun(): string {
  return lab.path('.lab', 'runs', readdirSync(lab.path('.lab', 'runs')).sort().at(-1)!);
}

/** Waits until the process of az has started and ended. */
async function clusterCreation(run: LabProcess): Promise<void> {
  await run.says('Create the cluster (in the background)  started');
  const creating = () => lab.processes().find(line => line.includes(' aks create '));
  let process: string | undefined;
  await until('az aks create', () => {
    process = creating();
    return process !== undefined;
  });
  // By its ID: while a process becomes another program, it has no command line.
  await until('the end of az aks create', () => !isRunning(Number.parseInt(process!, 10)));
}

/** Files of runs that must not remain. */
function privateFiles(): string[] {
  const runs = lab.path('.lab', 'runs');
  return readdirSync(runs)
    .flatMap(run => readdirSync(join(runs, run)).map(name => join(run, name)))
    .filter(path => !['artifacts', 'logs', 'summary.md'].includes(basename(path)));
}

/** Paths that the group or others can access. */
function openToOthers(directory: string): string[] {
  return readdirSync(directory, { recursive: true })
    .map(name => join(directory, String(name)))
    .filter(path => (statSync(path).mode & 0o077) !== 0);
}

describe('a run', () => {
  test('with access policies prints each step, the summary, and Verified, and leaves nothing behind', async () => {
    const files = lab.filesOutside();
    const { exitCode, output } = await lab.run('--input', 'access-model=access-policy');
    expect(exitCode, output).toBe(0);

    const workflow = parse(readFileSync(lab.path('.github', 'workflows', 'lab.yml'), 'utf8'));
    const steps = Object.values<{ name: string; steps: { name: string }[] }>(workflow.jobs).flatMap(job =>
      job.steps.map(step => `✓ ${job.name} › ${step.name}`),
    );
    expect(steps.length).toBeGreaterThan(10);
    expect(steps.filter(step => !output.includes(step))).toEqual([]);
    const used = readFileSync(lab.path('.github', 'workflows', 'lab.yml'), 'utf8').matchAll(
      /uses: \.\/actions\/(\S+)/g,
    );
    // plan-lab reports only problems.
    for (const [, action] of used) if (action !== 'plan-lab') expect(output).toContain(`\n${action}\n`);
    expect(output).toMatch(/^ +Secret in the log of +default\/wi-kv-test +verified /m);
    expect(output).toMatch(
      /^✓ Verified: .+ in all, .+ to the verified secret\naz: \d+ processes, .+\nkubectl: \d+ processes, /m,
    );

    await lab.noProcessLeft();
    expect(lab.filesOutside()).toEqual(files);
    expect(readdirSync(lab.home)).toEqual([]);
    expect(readdirSync(lab.temp)).toEqual([]);
    // Only the owner can read them. There are no files of az, kubectl, or the emulator.
    expect(readdirSync(newestRun()).sort()).toEqual(['artifacts', 'logs', 'summary.md']);
    expect(statSync(lab.path('.lab')).mode & 0o777).toBe(0o700);
    expect(openToOthers(lab.path('.lab', 'runs'))).toEqual([]);
  });

  test('on a running emulator does not stop it, and the secret is only in its vault', async () => {
    const up = await lab.run('up');
    expect(up.exitCode, up.output).toBe(0);
    const pid = /process (\d+)/.exec(up.output)?.[1];
    const kept = await lab.run('--keep', '--verbose');
    expect(kept.exitCode, kept.output).toBe(0);
    expect(kept.output).toContain('○ Delete  skipped');
    const quiet = newestRun();

    const shown = await lab.run('shell', '--', 'bash', 'test/lab-command/show-secret.sh');
    expect(shown.exitCode, shown.output).toBe(0);
    const value = shown.stdout.trim().split('\n').at(-1)!;
    expect(value.length).toBeGreaterThan(30);

    const texts = new Map([...lab.textsIn('.lab', 'runs'), ['the output', kept.output]]);
    texts.set('the log of the emulator', readFileSync(lab.path('.lab', 'up', 'emulator.log'), 'utf8'));
    const forms = [
      value,
      ...(['base64', 'base64url', 'hex'] as const).map(form => Buffer.from(value).toString(form)),
    ];
    const leaks = [...texts].filter(([, text]) => forms.some(form => text.includes(form.replace(/=+$/, ''))));
    expect(leaks.map(([name]) => name)).toEqual([]);
    expect(kept.output).toContain('Secret value: ***');
    expect(
      [...texts]
        .filter(([name]) => name.startsWith(quiet))
        .map(([, text]) => text)
        .join('\n'),
    ).toContain('Secret value: ***');

    const groups = await lab.run(
      'shell',
      '--',
      'az',
      'group',
      'list',
      '--query',
      '[].name',
      '--output',
      'tsv',
    );
    expect(groups.exitCode, groups.output).toBe(0);
    expect(groups.stdout.split('\n').filter(name => /^wilab\d+x1$/.test(name))).toHaveLength(1);
    const status = await lab.run('status');
    expect(status).toMatchObject({ exitCode: 0, output: expect.stringContaining(`process ${pid}`) });
    expect(lab.processes().filter(line => line.startsWith(`${pid} `))).toHaveLength(1);

    const down = await lab.run('down');
    expect(down).toMatchObject({ exitCode: 0, output: 'The emulator has stopped.\n' });
    expect(lab.processes()).toEqual([]);
    expect(existsSync(lab.path('.lab', 'up'))).toBe(false);
    expect(existsSync(lab.path('.lab', 'emulator.json'))).toBe(false);
    expect((await lab.run('status')).exitCode).toBe(1);
    expect(await lab.run('down')).toMatchObject({ exitCode: 0, output: 'No emulator was running.\n' });
  });
});

describe('an interrupted run', () => {
  test('leaves nothing behind if it was still starting', async () => {
    const run = lab.start();
    await until('the start of an emulator', () =>
      lab.processes().some(line => line.includes('/emulator/main.ts')),
    );
    run.child.kill('SIGINT');
    const { exitCode, output } = await run.ended;
    expect(exitCode, output).toBe(1);
    expect(output).not.toContain('✓ Lab › Create the managed identity');
    await lab.noProcessLeft();
    expect(privateFiles()).toEqual([]);
  });

  test('is cancelled after one signal, deletes the lab, and fails', async () => {
    const run = lab.start();
    await clusterCreation(run);
    run.child.kill('SIGINT');
    const { exitCode, output } = await run.ended;
    expect(exitCode, output).toBe(1);
    expect(output).toContain('Cancelling the run, as GitHub does.');
    expect(output).toMatch(/^■ Lab › Create the cluster \(in the background\) /m);
    expect(output).not.toContain('✓ Lab › Build');
    expect(output).toContain('○ Lab › Deploy the workload and compare the secret  skipped');
    expect(output).toMatch(/^✓ Delete › Delete the lab /m);
    expect(output).toMatch(/^ +Resource group +wilab\d+x1 +deleted /m);
    expect(output).toMatch(/^✗ cancelled: /m);
    await lab.noProcessLeft();
    expect(readdirSync(newestRun()).sort()).toEqual(['artifacts', 'logs', 'summary.md']);
  });

  test('ends immediately after two signals, and deletes nothing', async () => {
    const run = lab.start();
    await clusterCreation(run);
    run.child.kill('SIGINT');
    await run.says('Cancelling the run, as GitHub does.');
    // Two signals within 0.3 s are one Ctrl-C.
    await sleep(400);
    run.child.kill('SIGINT');
    const { exitCode, output } = await run.ended;
    expect(exitCode, output).toBe(1);
    expect(output).not.toContain('✓ Delete › ');
    expect(output).toMatch(/^✗ cancelled: /m);
    expect(lab.processes()).toEqual([]);
    expect(privateFiles()).toEqual([]);
  });

  test('ends the emulator and its pods if it is killed', async () => {
    const run = lab.start('--keep', '--verbose');
    await run.says('Secret value: ***');
    const pods = lab.processes().filter(line => /\/pods\/.+\/rootfs\/app\/main\.js/.test(line));
    const emulators = lab.processes().filter(line => line.includes('/emulator/main.ts'));
    expect([pods.length, emulators.length], lab.processes().join('\n')).toEqual([1, 1]);
    run.child.kill('SIGKILL');
    await lab.noProcessLeft();
  });
});

describe('the exit code', () => {
  /** One step sets `verified` to false, and one can assert it. */
  function workflow(name: string, assertion: string): void {
    writeFileSync(
      lab.path('.github', 'workflows', `${name}.yml`),
      `on: workflow_dispatch
permissions: {}
jobs:
  lab:
    name: Lab
    runs-on: ubuntu-latest
    outputs:
      verified: \${{ steps.look.outputs.verified }}
    steps:
      - name: Look
        id: look
        run: echo verified=false >> "$GITHUB_OUTPUT"
      - name: Assert
        env:
          VERIFIED: \${{ steps.look.outputs.verified }}
        run: ${assertion}
`,
    );
  }

  test('is 1 if an assertion fails', async () => {
    workflow('failing', 'test "$VERIFIED" = true');
    const { exitCode, output } = await lab.run('--workflow', 'failing');
    expect(exitCode, output).toBe(1);
    expect(output).toMatch(/^✗ Lab › Assert .*\n.*error: Process completed with exit code 1\.$/m);
    expect(output).toMatch(/^✗ failure: /m);
  });

  test('is 1 if every step succeeds and the secret was not verified', async () => {
    workflow('unverified', 'test "$VERIFIED" = false');
    const { exitCode, output } = await lab.run('--workflow', 'unverified.yml');
    expect(exitCode, output).toBe(1);
    expect(output).toMatch(/^✓ Lab › Assert /m);
    expect(output).toMatch(/^✗ Not verified: /m);
  });

  test.each([
    [['--color'], 2, 'Unknown option \'--color\'.\nRun "npm run lab -- --help" for the options.\n'],
    [['start'], 2, 'Unknown command: "start".'],
    [['--latency', 'slow'], 2, '--latency: "slow" is not valid. Use fast or realistic.'],
    [
      ['--workflow', 'nothing'],
      1,
      '--workflow: the workflow "nothing" does not exist in the current directory or in .github/workflows.',
    ],
    [
      ['--workflow', '/etc/hosts'],
      1,
      '--workflow: "/etc/hosts" is outside this repository and not in .github/',
    ],
    [['--input', 'color=red'], 1, 'The workflow has no input "color".\nIts inputs: name, location, '],
    [['--workflow', 'lab', '--input', 'color=red'], 1, 'The workflow has no input "color".'],
    [['--job', 'nothing'], 1, 'lab.yml has no job "nothing".\nIts jobs: plan, lab, delete'],
  ])('of %j is %i, with the reason on standard error', async (args, expected, reason) => {
    const { exitCode, output, stdout } = await lab.run(...args);
    expect(exitCode, output).toBe(expected);
    expect(output).toContain(reason);
    expect(stdout).not.toContain(reason);
  });

  test('of shell is that of its command, whose temporary files are deleted', async () => {
    const { exitCode, output, stdout } = await lab.run('shell', '--', 'bash', '-c', 'mktemp && exit 7');
    expect(exitCode, output).toBe(7);
    const file = stdout.trim().split('\n').at(-1)!;
    expect(file).toContain(lab.path('.lab', 'runs'));
    expect(existsSync(file)).toBe(false);
  });
});
