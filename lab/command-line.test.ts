import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageError, VERSION } from '../cli/usage.ts';
import { run } from './cli.ts';
import { parseCommandLine, usage } from './command-line.ts';

describe('parseCommandLine', () => {
  it('runs lab.yml by default', () => {
    expect(parseCommandLine([])).toEqual({
      name: 'run',
      workflow: 'lab.yml',
      event: 'workflow_dispatch',
      job: undefined,
      inputs: new Map(),
      cloud: 'emulated',
      yes: false,
      faults: [],
      latency: undefined,
      kubernetes: undefined,
      verbose: false,
      keep: false,
    });
  });

  it('reads the options of a run', () => {
    const args = [
      '--workflow',
      'smoke',
      '--job',
      'j',
      '--input',
      'a=b=c',
      '--input',
      'd=',
      '--latency',
      'realistic',
      '--kubernetes',
      'kube-apiserver',
    ];
    expect(parseCommandLine([...args, '--verbose', '--keep'])).toMatchObject({
      workflow: 'smoke',
      job: 'j',
      inputs: new Map([
        ['a', 'b=c'],
        ['d', ''],
      ]),
      latency: 'realistic',
      kubernetes: 'kube-apiserver',
      verbose: true,
      keep: true,
    });
  });

  it('reads an event, faults, and the real Azure', () => {
    const fault = { host: 'management.azure.com', status: 503 };
    expect(
      parseCommandLine(['--event', 'schedule', '--fault', JSON.stringify(fault), '--fault', '{}']),
    ).toMatchObject({ event: 'schedule', inputs: new Map(), faults: [fault, {}] });
    expect(parseCommandLine(['--cloud', 'azure', '--yes'])).toMatchObject({ cloud: 'azure', yes: true });
  });

  it('passes a command to the shell unchanged', () => {
    expect(parseCommandLine(['shell', '--', 'az', 'group', 'list', '--verbose'])).toEqual({
      name: 'shell',
      latency: undefined,
      kubernetes: undefined,
      command: ['az', 'group', 'list', '--verbose'],
    });
  });

  it.each([
    [['--banana'], /--banana/],
    [['fly'], /Unknown command: "fly"/],
    [['--latency', 'slow'], /--latency: "slow" is not valid. Use fast or realistic/],
    [['--kubernetes', 'k3s'], /--kubernetes: "k3s" is not valid. Use embedded or kube-apiserver/],
    [['--input', 'x'], /--input: "x" is not valid. Use NAME=VALUE/],
    [['--event', 'push'], /--event: "push" is not valid. Use workflow_dispatch or schedule/],
    [['--event', 'schedule', '--input', 'a=b'], /A scheduled run has no inputs/],
    [['--event', 'schedule', '--keep'], /A scheduled run has no inputs/],
    [['--fault', 'slow'], /--fault: "slow" is not valid JSON/],
    [['--cloud', 'gcp'], /--cloud: "gcp" is not valid. Use emulated or azure/],
    [['--cloud', 'azure', '--latency', 'fast'], /--latency is an option of the emulator/],
    [['--cloud', 'azure', '--fault', '{}'], /--fault is an option of the emulator/],
    [['--yes'], /--yes is an option of the real Azure/],
    [['down', '--latency', 'fast'], /The command "down" does not have the option --latency/],
    [['up', 'now'], /Unexpected argument: "now"/],
    [['up', '--', 'az'], /Only the command "shell" accepts "--"/],
  ])('rejects %j', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});

describe('the command', () => {
  let lines: string[];
  let errors: string[];
  beforeEach(() => {
    lines = [];
    errors = [];
    vi.spyOn(process.stdout, 'write').mockImplementation(text => lines.push(String(text)) > 0);
    vi.spyOn(console, 'error').mockImplementation(text => void errors.push(text));
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const printed = () => lines.join('');

  it('prints its version', async () => {
    expect(await run(['--version'])).toBe(0);
    expect(printed()).toBe(`${VERSION}\n`);
  });

  it.each([['--help'], ['help']])('prints its usage with examples and exit codes: %s', async argument => {
    expect(await run([argument])).toBe(0);
    expect(printed()).toBe(`${usage}\n`);
    expect(usage).toMatch(/^Examples:$/m);
    expect(usage).toMatch(/^Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 /m);
  });

  it('accepts every option and command that its usage lists', () => {
    const options = [...usage.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)( [A-Z])?/gm)];
    expect(options.length).toBeGreaterThan(10);
    const values: Readonly<Record<string, string>> = {
      ...{ '--event': 'workflow_dispatch', '--input': 'a=b', '--latency': 'fast', '--fault': '{}' },
      ...{ '--kubernetes': 'embedded', '--cloud': 'emulated' },
    };
    for (const [, option = '', hasValue] of options) {
      const args = hasValue ? [option, values[option] ?? 'x'] : [option];
      if (option === '--yes') args.push('--cloud', 'azure');
      expect(parseCommandLine(args)).toBeDefined();
    }
    const commands = [...usage.split('\nWorkflow:')[0]!.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name!);
    expect(commands).toHaveLength(5);
    for (const name of commands) expect(parseCommandLine([name])).toMatchObject({ name });
  });

  it('prints one line of advice, not its usage, after an invalid argument', async () => {
    expect(await run(['--banana'])).toBe(2);
    expect(errors).toEqual(['Unknown option \'--banana\'.\nRun "npm run lab -- --help" for the options.']);
    expect(printed()).toBe('');
  });
});
