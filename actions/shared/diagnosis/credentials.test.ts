import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareValues, nearestCredential } from './credentials.ts';
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

describe('nearestCredential', () => {
  it('finds a matching credential', () => {
    const crowd = [other('a', { subject: 'system:serviceaccount:team:apps' }), matching];
    expect(nearestCredential(crowd, claims)).toEqual({ credential: matching, differs: [] });
  });

  it('prefers one different claim to two slightly different claims', () => {
    const crowd = [
      other('two', { issuer: claims.issuer.slice(0, -1), subject: `${claims.subject}s` }),
      other('one', { subject: 'something else' }),
    ];
    expect(nearestCredential(crowd, claims)).toMatchObject({
      credential: { name: 'one' },
      differs: ['subject'],
    });
  });

  it('prefers the most similar value of the same claim', () => {
    const crowd = [
      other('far', { subject: 'system:serviceaccount:prod:xyz' }),
      other('near', { subject: 'system:serviceaccount:prod:app' }),
    ];
    expect(nearestCredential(crowd, claims)?.credential.name).toBe('near');
  });

  it('counts an unknown claim as equal, and returns undefined without credentials', () => {
    expect(nearestCredential([matching], { ...claims, issuer: undefined })?.differs).toEqual([]);
    expect(nearestCredential([], claims)).toBeUndefined();
  });
});

describe('compareValues', () => {
  const difference = (one: string, two: string) => compareValues(['a', one], ['b', two]).split('^ ')[1];

  it.each([
    ['https://x/', 'https://x', 'trailing slash'],
    ['https://X/', 'https://x/', 'only the case differs'],
    ['https://x/ ', 'https://x/', 'white space at the beginning or the end'],
    ['system:serviceaccount:a:b', 'system:serviceaccount:b:a', 'namespace and service account are swapped'],
    ['system:serviceaccount:a:b', 'system:serviceaccount:c:b', 'different namespace'],
    ['system:serviceaccount:a:b', 'system:serviceaccount:a:c', 'different service account'],
    ['api://one', 'api://two', 'different from here'],
  ])('describes the difference between %j and %j', (one, two, words) => {
    expect(difference(one, two)).toBe(words);
  });

  it('marks the first different character', () => {
    const text = fc.stringMatching(/^[a-z:/]{0,20}$/);
    fc.assert(
      fc.property(text, text, text, (same, left, right) => {
        fc.pre(left[0] !== right[0]);
        const [one = '', two = '', mark = ''] = compareValues(
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
