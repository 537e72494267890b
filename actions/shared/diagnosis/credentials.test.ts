import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, nearestCredential } from './credentials.ts';
import type { Credential } from './workload-state.ts';

const claims = {
  issuer: 'https://eastus.oic.prod-aks.azure.com/t/g/',
  subject: 'system:serviceaccount:team:app',
  audience: 'api://AzureADTokenExchange',
};
const matching: Credential = {
  ...{ name: 'same', issuer: claims.issuer, subject: claims.subject },
  audiences: [claims.audience],
};
const other = (name: string, changes: Partial<Credential>): Credential => ({ ...matching, name, ...changes });

describe('nearest', () => {
  it('finds the one that matches', () => {
    const crowd = [other('a', { subject: 'system:serviceaccount:team:apps' }), matching];
    expect(nearestCredential(crowd, claims)).toEqual({ credential: matching, differs: [] });
  });

  it('prefers one that differs in one thing to one that is a little like it in two', () => {
    const crowd = [
      other('two', { issuer: claims.issuer.slice(0, -1), subject: `${claims.subject}s` }),
      other('one', { subject: 'something else' }),
    ];
    expect(nearestCredential(crowd, claims)).toMatchObject({
      credential: { name: 'one' },
      differs: ['subject'],
    });
  });

  it('prefers the most like, at both ends, of those that differ in the same', () => {
    const crowd = [
      other('far', { subject: 'system:serviceaccount:prod:xyz' }),
      other('near', { subject: 'system:serviceaccount:prod:app' }),
    ];
    expect(nearestCredential(crowd, claims)?.credential.name).toBe('near');
  });

  it('takes what is not known for equal, and gives nothing where there is none', () => {
    expect(nearestCredential([matching], { ...claims, issuer: undefined })?.differs).toEqual([]);
    expect(nearestCredential([], claims)).toBeUndefined();
  });
});

describe('compare', () => {
  const difference = (one: string, two: string) => compare(['a', one], ['b', two]).split('^ ')[1];

  it.each([
    ['https://x/', 'https://x', 'the trailing slash'],
    ['https://X/', 'https://x/', 'upper and lower case differ'],
    ['https://x/ ', 'https://x/', 'a blank at the beginning or the end'],
    ['system:serviceaccount:a:b', 'system:serviceaccount:b:a', 'namespace and service account are swapped'],
    ['system:serviceaccount:a:b', 'system:serviceaccount:c:b', 'another namespace'],
    ['system:serviceaccount:a:b', 'system:serviceaccount:a:c', 'another service account'],
    ['api://one', 'api://two', 'they differ from here on'],
  ])('says how %j and %j differ', (one, two, words) => {
    expect(difference(one, two)).toBe(words);
  });

  it('marks the first character that differs', () => {
    const text = fc.stringMatching(/^[a-z:/]{0,20}$/);
    fc.assert(
      fc.property(text, text, text, (same, left, right) => {
        fc.pre(left[0] !== right[0]);
        const [one = '', two = '', mark = ''] = compare(
          ['token', same + left],
          ['credential', same + right],
        ).split('\n');
        const at = mark.indexOf('^');
        expect(one[at]).not.toBe(two[at]);
        expect(one.slice(14, at)).toBe(two.slice(14, at));
      }),
    );
  });
});
