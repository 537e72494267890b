import { expect, test } from 'vitest';
import { answerFlags, parseCommandLine, UsageError, usage } from './command-line.ts';

test('answers are kept by their flags', () => {
  const flags = parseCommandLine([
    ...['--repository', 'o/r', '--branch', 'main', '--workflow', 'a.yml', '--workflow', 'b.yml'],
    ...['--github-token-file', 'token', '--dry-run'],
  ]);
  expect(flags).toMatchObject({ dryRun: true, remove: false, yes: false, githubTokenFile: 'token' });
  expect([...flags.answers]).toEqual([
    ['repository', 'o/r'],
    ['branch', 'main'],
  ]);
  expect(flags.workflows).toEqual(['a.yml', 'b.yml']);
});

test.each([
  [['--resource-grop', 'x'], "Unknown option '--resource-grop'"],
  [['--location'], "Option '--location <value>' argument missing"],
  [['lab'], "Unexpected argument 'lab'"],
])('refuses %j', (args, message) => {
  expect(() => parseCommandLine(args)).toThrow(UsageError);
  expect(() => parseCommandLine(args)).toThrow(message);
});

test('every answer stands in the usage', () => {
  for (const flag of answerFlags) expect(usage).toContain(`--${flag} `);
});
