import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UsageError, VERSION } from '../cli/usage.ts';
import { run } from './cli.ts';
import { answerOptions, parseCommandLine, usage } from './command-line.ts';

describe('parseCommandLine', () => {
  test('keeps answers by the name of their option', () => {
    const options = parseCommandLine([
      ...['--repository', 'o/r', '--branch', 'main', '--workflow', 'a.yml', '--workflow', 'b.yml'],
      ...['--github-token-file', 'token', '--dry-run'],
    ]);
    expect(options).toMatchObject({ dryRun: true, remove: false, yes: false, githubTokenFile: 'token' });
    expect([...options.answers]).toEqual([
      ['repository', 'o/r'],
      ['branch', 'main'],
    ]);
    expect(options.workflows).toEqual(['a.yml', 'b.yml']);
  });

  test.each([
    [['--resource-grop', 'x'], "Unknown option '--resource-grop'"],
    [['--location'], "Option '--location <value>' argument missing"],
    [['lab'], "Unexpected argument 'lab'"],
  ])('rejects %j', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});

describe('the command', () => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const listeners = signals.map(signal => [signal, process.listeners(signal)] as const);
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
    for (const [signal, before] of listeners)
      for (const listener of process.listeners(signal))
        if (!before.includes(listener)) process.off(signal, listener);
  });
  const printed = () => lines.join('');

  test('prints its version', async () => {
    expect(await run(['--version'])).toBe(0);
    expect(printed()).toBe(`${VERSION}\n`);
    expect(VERSION).toMatch(/^wilab \d+\.\d+\.\d+/);
  });

  test('prints its usage with every option, examples, and exit codes', async () => {
    expect(await run(['--help'])).toBe(0);
    expect(printed()).toBe(`${usage}\n`);
    for (const option of answerOptions) expect(usage).toContain(`--${option} `);
    expect(usage).toMatch(/^Examples:$/m);
    expect(usage).toMatch(/^Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 /m);
  });

  test('prints one line of advice, not its usage, after an invalid argument', async () => {
    expect(await run(['--bogus'])).toBe(2);
    expect(errors).toEqual([
      '\nUnknown option \'--bogus\'.\nRun "npm run setup-azure -- --help" for the options.',
    ]);
    expect(printed()).toBe('');
  });
});
