import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputs, parseInputs } from './inputs.ts';
import { nameOf, subjectOf, workloadInputs } from './workloads.ts';

const names = (values: Record<string, string>): string[] =>
  parseInputs(workloadInputs, name => values[name] ?? '').map(nameOf);

function problems(values: Record<string, string>): readonly string[] {
  try {
    names(values);
  } catch (error) {
    if (error instanceof InvalidInputs) return error.problems;
    throw error;
  }
  return [];
}

const list = (length: number): string => Array.from({ length }, (_, index) => `team/sa-${index}`).join('\n');

describe('workloadInputs', () => {
  it('returns one workload for namespace and service-account, or for their defaults', () => {
    expect(names({})).toEqual(['default/wi-demo-sa']);
    expect(names({ namespace: 'team', 'service-account': 'app' })).toEqual(['team/app']);
  });

  it('reads a list in order, without blank lines and comments', () => {
    const workloads = '# first team\n a/one \r\n\n  \nb/two.three\n';
    expect(names({ workloads })).toEqual(['a/one', 'b/two.three']);
    expect(names({ workloads: list(20) })).toHaveLength(20);
  });

  it('accepts namespace and service-account if the list contains them', () => {
    expect(names({ workloads: 'a/one\na/two', namespace: 'a', 'service-account': 'two' })).toHaveLength(2);
  });

  it('reads the lines, and ignores spaces and comments', () => {
    const name = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/);
    const listed = fc.uniqueArray(
      fc.tuple(name, name).map(pair => pair.join('/')),
      { minLength: 1, maxLength: 20 },
    );
    const noise = fc.constantFrom('', '  ', '# a/b', '\t#');
    const blank = fc.constantFrom('', ' ', '\t');
    fc.assert(
      fc.property(listed, noise, blank, fc.constantFrom('\n', '\r\n'), (all, between, around, end) => {
        const workloads = all.map(one => `${around}${one}${around}${end}${between}`).join(end);
        expect(names({ workloads })).toEqual(all);
      }),
    );
  });

  it('rejects options of kubectl, and lines that are not namespace/service-account', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab-/.#A\0é \n') }), workloads => {
        if (problems({ workloads }).length > 0) return;
        for (const one of names({ workloads }))
          expect(one).toMatch(/^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9.-]*$/);
      }),
    );
  });

  it.each([
    ['no-slash', 'workloads has the line "no-slash". Valid lines: namespace/service-account'],
    ['/sa', 'workloads has the line "/sa"'],
    ['Team/sa', 'workloads is "Team", which is not a DNS label'],
    ['team/', 'workloads is "", which is not a DNS subdomain name'],
    ['team/a/b', 'workloads is "a/b", which is not a DNS subdomain name'],
    ['--all/sa', 'workloads is "--all", which is not a DNS label'],
    ['a/b\na/c\na/b\na/b', 'workloads contains "a/b" twice'],
    [list(21), 'workloads contains 21 service accounts. The maximum is 20'],
  ])('rejects %j', (workloads, problem) => {
    expect(problems({ workloads })).toEqual([expect.stringContaining(problem)]);
  });

  it('rejects a list together with a different single workload', () => {
    expect(problems({ workloads: 'a/one', namespace: 'b' })).toEqual([
      expect.stringMatching(/^workloads does not contain "b\/wi-demo-sa"/),
    ]);
  });
});

it('subjectOf returns the subject that the API server writes into tokens', () => {
  expect(subjectOf({ namespace: 'team', serviceAccount: 'app' })).toBe('system:serviceaccount:team:app');
});
