import { describe, expect, it } from 'vitest';
import { ActionFailed } from '../shared/failures.ts';
import { failing } from '../shared/fake-tools.ts';
import { Interrupted } from '../shared/interruption.ts';
import { combineFailures, type Result } from './results.ts';

const good = (serviceAccount: string): Result => ({
  target: { namespace: 'team', serviceAccount, name: `wi-${serviceAccount}` },
  podName: `wi-${serviceAccount}`,
  verified: true,
  denial: '',
});
const bad = (serviceAccount: string, failure: unknown): Result => ({
  ...good(serviceAccount),
  podName: '',
  verified: false,
  failure,
});
const verdict = new ActionFailed('vault-role: No role.\nCompared.', 'Give it one.', 'https://x/#vault-role', {
  verdict: 'vault-role',
  diagnosis: 'No role.',
});
function commandFailed(): unknown {
  try {
    return failing('Unable to connect to the server: EOF');
  } catch (error) {
    return error;
  }
}

describe('combineFailures', () => {
  it('returns nothing if all succeeded', () => {
    expect(combineFailures([good('a'), good('b')])).toBeUndefined();
  });

  it('returns the failure of a single workload, with its result as output', () => {
    const failure = combineFailures([bad('a', verdict)]) as ActionFailed;
    expect(failure).toMatchObject({ message: verdict.message, remedy: verdict.remedy, link: verdict.link });
    expect(failure.outputs).toEqual({
      verdict: 'vault-role',
      diagnosis: 'No role.',
      results: JSON.stringify([
        { workload: 'team/a', pod: '', verified: false, denial: '', verdict: 'vault-role' },
      ]),
    });
    const other = commandFailed();
    expect(combineFailures([bad('a', other)])).toBe(other);
  });

  it('lists each failed workload with its remedy and link, and counts the others', () => {
    const failure = combineFailures([
      good('a'),
      bad('b', verdict),
      bad('c', commandFailed()),
    ]) as ActionFailed;
    expect(failure.message).toMatch(
      /^2 of 3 workloads failed; 1 succeeded:\n- team\/b: vault-role: No role\.\n {2}Compared\.\n {2}What to do: Give it one\.\n {2}https:\/\/x\/#vault-role\n- team\/c: The network did not reach/,
    );
    expect(failure.outputs.verdict).toBe('vault-role');
    expect(JSON.parse(failure.outputs.results!)).toMatchObject([
      { workload: 'team/a', pod: 'wi-a', verified: true, verdict: '' },
      { workload: 'team/b', pod: '', verified: false, verdict: 'vault-role' },
      { workload: 'team/c', pod: '', verified: false, verdict: '' },
    ]);
    expect(failure.outputs.verified).toBeUndefined();
  });

  it('outputs verified if only a denial is not proven', () => {
    const denialError = new ActionFailed('denial-disproven: …', '…', '…', { verdict: 'denial-disproven' });
    const failure = combineFailures([
      { ...good('a'), denial: 'disproven', failure: denialError },
    ]) as ActionFailed;
    expect(failure.outputs).toMatchObject({ verified: 'true', verdict: 'denial-disproven' });
  });

  it('returns the interruption before other failures', () => {
    const stop = new Interrupted('SIGTERM');
    expect(combineFailures([bad('a', verdict), bad('b', stop)])).toBe(stop);
  });
});
