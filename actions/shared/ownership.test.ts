import { describe, expect, it } from 'vitest';
import { describeOwner, isLabOwned } from './ownership.ts';

const ours = { 'managed-by': 'workload-identity-lab', repository: 'octo/lab' };

describe('isLabOwned', () => {
  it.each<[string, Record<string, string> | null | undefined, string | undefined, boolean]>([
    ['this repository', ours, 'octo/lab', true],
    ['this repository in another case', ours, 'Octo/Lab', true],
    ['another repository', ours, 'octo/other', false],
    ['a repository whose name begins the same', ours, 'octo/lab2', false],
    ['no repository on either side', { 'managed-by': 'workload-identity-lab' }, undefined, false],
    ['an empty repository on both sides', { ...ours, repository: '' }, '', false],
    ['another manager', { ...ours, 'managed-by': 'terraform' }, 'octo/lab', false],
    ['only the repository', { repository: 'octo/lab' }, 'octo/lab', false],
    ['null', null, 'octo/lab', false],
    ['undefined', undefined, 'octo/lab', false],
  ])('%s', (_, tags, repository, owned) => expect(isLabOwned(tags, repository)).toBe(owned));
});

describe('describeOwner', () => {
  it('quotes the values', () => {
    expect(describeOwner({ owner: 'team "a"' })).toBe('tags owner="team \\"a\\""');
    expect(describeOwner(null)).toBe('no tags');
  });
});
