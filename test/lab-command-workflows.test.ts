import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { LabCopy, until } from './support/lab-copy.ts';

let lab: LabCopy;
beforeAll(() => {
  lab = new LabCopy();
});
// No process outlives its test.
afterEach(() => lab.noProcessLeft());
afterAll(() => lab.remove());

function workflow(name: string, content: string, directory = lab.directory): string {
  const file = join(directory, '.github', 'workflows', `${name}.yml`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

function newestRun(...names: string[]): string {
  return lab.path('.lab', 'runs', readdirSync(lab.path('.lab', 'runs')).sort().at(-1)!, ...names);
}

function logs(): string {
  return readdirSync(newestRun('logs'))
    .map(name => readFileSync(newestRun('logs', name), 'utf8'))
    .join('\n');
}

const login = `
      - uses: azure/login@f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca # v3.0.1
        with:
          client-id: \${{ vars.AZURE_CLIENT_ID }}
          tenant-id: \${{ vars.AZURE_TENANT_ID }}
          subscription-id: \${{ vars.AZURE_SUBSCRIPTION_ID }}`;

test('another repository calls the workflow of this one, as in README', async () => {
  const examples = [
    ...readFileSync('README.md', 'utf8').matchAll(/^```yaml\n(name: complete\n[\s\S]*?)^```/gm),
  ];
  const file = workflow('complete', examples[0]![1]!, lab.path('..', 'application'));
  const { exitCode, output } = await lab.run('--workflow', file);
  expect(exitCode, output).toBe(0);
  expect(output).toContain('Running .github/workflows/complete.yml of local/application\n');
  expect(output).toMatch(/^✓ lab \/ Delete › Delete the lab /m);
  expect(output).toMatch(/^✓ after › Run test /m);
  expect(output).toMatch(/^✓ Verified: /m);
  expect(logs()).toContain('GitHub\'s token has the subject "repo:local/application:environment:azure-lab".');
});

describe('consecutive runs on a running emulator', () => {
  beforeAll(() => {
    workflow(
      'probe',
      `on:
  workflow_call:
    inputs: { tag: { type: string, required: true } }
permissions: {}
jobs:
  groups:
    runs-on: ubuntu-latest
    environment: azure-lab
    permissions: { id-token: write }
    steps:${login}
      - run: az group list --tag "run=\${{ inputs.tag }}" --output none
`,
    );
    workflow(
      'nightly',
      `on:
  workflow_dispatch:
  schedule: [{ cron: 17 3 * * * }]
permissions: {}
jobs:
  probe:
    uses: ./.github/workflows/probe.yml
    permissions: { id-token: write }
    with: { tag: "\${{ github.event.schedule || 'by hand' }}" }
  report:
    name: Report
    needs: probe
    if: always()
    runs-on: ubuntu-latest
    permissions: { issues: write }
    env:
      TOKEN: \${{ github.token }}
      ISSUES: \${{ github.api_url }}/repos/\${{ github.repository }}/issues
    steps:
      - name: Keep
        run: echo '{"result":"\${{ needs.probe.result }}","event":"\${{ github.event_name }}"}' > report.json
      - uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        with: { name: report, path: report.json, retention-days: 7 }
      - name: Open
        if: needs.probe.result == 'failure'
        run: |
          curl --fail --silent --output /dev/null -H "authorization: Bearer $TOKEN" -d '{"title":"Broken"}' "$ISSUES"
      - name: Count
        run: |
          open=$(curl --fail --silent -H "authorization: Bearer $TOKEN" "$ISSUES" | grep --count '"title": *"Broken"' || true)
          echo "the token is $TOKEN, the mood is \${{ vars.MOOD || 'none' }}"
          echo "## Open issues: $open" >> "$GITHUB_STEP_SUMMARY"
`,
    );
  });

  /** As the repository's owner does. */
  async function storeVariable(name: string, value: string): Promise<void> {
    const { facts } = JSON.parse(readFileSync(lab.path('.lab', 'emulator.json'), 'utf8'));
    const repository = 'local/workload-identity-lab';
    const request = { login: 'local', permissions: { actions_variables: 'write' }, repository };
    const { token } = (await control(facts, 'POST /control/github/tokens', request)) as { token: string };
    const stored = await lab.run(
      ...['shell', '--', 'curl', '--fail', '--silent', '-H', `authorization: Bearer ${token}`],
      ...['-d', JSON.stringify({ name, value })],
      `https://api.github.com/repos/${repository}/actions/variables`,
    );
    expect(stored.exitCode, stored.output).toBe(0);
  }

  // Before the outer hook checks for processes.
  afterEach(() => lab.run('down'));

  const report = () => readFileSync(newestRun('artifacts', 'report', 'report.json'), 'utf8');

  test('succeed, fail with a fault, and succeed again: the issue stays, the fault does not', async () => {
    const up = await lab.run('up');
    expect(up.exitCode, up.output).toBe(0);
    const green = await lab.run('--workflow', 'nightly', '--event', 'schedule');
    expect(green.exitCode, green.output).toBe(0);
    expect(green.output).toContain('Open issues: 0');
    expect(green.output).toMatch(/^Artifact report: .+\/artifacts\/report \(1 file, \d+ B\)$/m);
    expect(report()).toBe('{"result":"success","event":"schedule"}\n');

    const fault = {
      host: 'management.azure.com',
      pathPattern: '/resourcegroups\\?',
      status: 403,
      body: { error: { code: 'AuthorizationFailed', message: 'Not tonight.' } },
      times: 50,
    };
    const red = await lab.run('--workflow', 'nightly', '--fault', JSON.stringify(fault), '--verbose');
    expect(red.exitCode, red.output).toBe(1);
    expect(red.output).toContain('Not tonight.');
    expect(red.output).toContain('Open issues: 1');
    expect(red.output).toContain('the token is ***, the mood is none');
    expect(report()).toBe('{"result":"failure","event":"workflow_dispatch"}\n');

    await storeVariable('MOOD', 'bright');
    const again = await lab.run('--workflow', 'nightly', '--verbose');
    expect(again.exitCode, again.output).toBe(0);
    expect(again.output).toContain('the mood is bright');
    expect(again.output).toContain('Open issues: 1');
  });

  test('an invalid fault is rejected before the run starts', async () => {
    const { exitCode, output } = await lab.run('--workflow', 'nightly', '--fault', '{"status":7}');
    expect(exitCode, output).toBe(1);
    expect(output).toContain('The emulator rejected the request "POST /control/faults".\nIt answered 400: ');
    expect(output).not.toContain('Running ');
  });
});

test('the setup and its removal run in the shell', async () => {
  const setUp = ['npm', 'run', 'setup-azure', '--', '--repository', 'local/workload-identity-lab', '--yes'];
  const { exitCode, output } = await lab.run(
    ...['shell', '--', 'bash', '-c', `${setUp.join(' ')} && ${setUp.join(' ')} --remove`],
  );
  expect(exitCode, output).toBe(0);
  expect(output).toContain('AZURE_CLIENT_ID');
});

test('only its events start a workflow', async () => {
  const { exitCode, output } = await lab.run('--event', 'schedule');
  expect(exitCode, output).toBe(1);
  expect(output).toContain(
    '--event: the event "schedule" does not start .github/workflows/lab.yml.\nIts events: workflow_dispatch, workflow_call',
  );
});

describe('the real Azure', () => {
  // `shell` sets the emulated user's login and proxy.
  const inShell = (...args: string[]) => lab.run('shell', '--', 'node', 'lab/main.js', ...args);

  test('is rejected if az is not logged in', async () => {
    const { exitCode, output } = await lab.run('--cloud', 'azure', '--yes');
    expect(exitCode, output).toBe(1);
    expect(output).toContain('az is not logged in.\naz printed: ');
    expect(output).toContain('Run "az login"');
  });

  test('creates nothing if it cannot prompt the user', async () => {
    const { exitCode, output } = await inShell('--cloud', 'azure');
    expect(exitCode, output).toBe(1);
    expect(output).toMatch(/Real Azure: subscription ".+" \(.{36}\), logged in as "lab-user@/);
    expect(output).toContain('about 0.30 USD per hour');
    expect(output).toContain(
      'Cannot prompt: not running in a terminal. --cloud azure asks before it spends money.\nPass --yes.',
    );
    expect(output).not.toContain('Running ');
  });

  test('asks in a terminal, prints what remains, and creates nothing without a yes', async () => {
    const command = 'node lab/main.js --cloud azure --job lab';
    const { exitCode, output } = await lab.run(
      ...['shell', '--', 'bash', '-c', `echo n | script --quiet --return --command '${command}' /dev/null`],
    );
    expect(exitCode, output).toBe(1);
    expect(output).toContain('Only the job "lab" and the jobs that it needs run. Delete the resource group');
    expect(output).toMatch(/Continue in .+\? \[y\/N\]/);
    expect(output).toContain('Nothing was created.');
    expect(output).not.toContain('Running ');
  });

  test('runs the whole chain with the existing login', async () => {
    const { exitCode, output } = await inShell('--cloud', 'azure', '--yes');
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/^✓ Delete › Delete the lab /m);
    expect(output).toMatch(/^✓ Verified: /m);
  });

  test('passes neither a separate identity nor other environment variables to the steps', async () => {
    workflow(
      'look',
      `on: workflow_dispatch
permissions: { id-token: write }
jobs:
  look:
    runs-on: ubuntu-latest
    steps:${login}
      - run: env | cut -d= -f1 | sort | paste -s -d ' '
`,
    );
    const { exitCode, output } = await lab.run(
      ...[
        'shell',
        '--',
        'env',
        'AWS_SECRET_ACCESS_KEY=x',
        'DOCKER_HOST=unix:///run/docker.sock',
        'bash',
        '-c',
      ],
      'node lab/main.js --cloud azure --yes --verbose --workflow look && az account show --query user.name',
    );
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/ AZURE_CONFIG_DIR .* DOCKER_HOST .* HTTPS_PROXY .* REQUESTS_CA_BUNDLE /);
    expect(output).not.toMatch(/ ACTIONS_ID_TOKEN|AWS_SECRET_ACCESS_KEY /);
    expect(output.trimEnd()).toMatch(/"lab-user@.+"$/);
  });
});

describe('a run that ends early', () => {
  const slow = `on: workflow_dispatch
jobs:
  slow:
    name: Slow
    runs-on: ubuntu-latest
    steps:
      - name: Sleep
        run: |
          sleep 1000 &
          echo started
          wait
  clean:
    name: Clean
    needs: slow
    if: always()
    runs-on: ubuntu-latest
    steps: [{ name: Up, run: "echo \${{ needs.slow.result }}" }]
`;
  // The process that the step's shell started.
  const asleep = () => until('the sleep', () => lab.processes().some(line => / sleep 1000 $/.test(line)));

  test('by SIGTERM still runs jobs that always run', async () => {
    workflow('slow', slow);
    const run = lab.start('--workflow', 'slow', '--verbose');
    await run.says('Sleep │ started');
    run.child.kill('SIGTERM');
    const { exitCode, output } = await run.ended;
    expect(exitCode, output).toBe(1);
    expect(output).toContain('Up │ cancelled');
    expect(output).toMatch(/^✗ cancelled: /m);
  });

  test('by SIGKILL leaves no process and no private file behind', async () => {
    workflow('slow', slow);
    const run = lab.start('--workflow', 'slow', '--verbose');
    await run.says('Sleep │ started');
    await asleep();
    run.child.kill('SIGKILL');
    await lab.noProcessLeft();
    expect(existsSync(newestRun('jobs'))).toBe(false);
  });

  test('by SIGKILL of its npm leaves no process behind', async () => {
    workflow('slow', slow);
    const npm = spawn('npm', ['run', 'lab', '--', '--workflow', 'slow', '--verbose'], {
      cwd: lab.directory,
      env: {
        PATH: process.env.PATH,
        HOME: lab.home,
        TMPDIR: lab.temp,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    npm.stdout.setEncoding('utf8').on('data', text => {
      output += text;
    });
    await until('the step', () => output.includes('Sleep │ started'));
    await asleep();
    npm.kill('SIGKILL');
    await lab.noProcessLeft();
  });
});
