import { expect, test } from 'vitest';
import { NotFound } from './client.ts';
import { readRepository, repositoryNotes, repositoryOf } from './repository.ts';

test.each([
  ['https://github.com/octo/lab.git', 'octo/lab'],
  ['https://github.com/octo/lab', 'octo/lab'],
  ['https://octo@github.com/octo/lab.js.git', 'octo/lab.js'],
  ['git@github.com:octo/lab.git', 'octo/lab'],
  ['ssh://git@github.com/octo/lab.git', 'octo/lab'],
  ['https://gitlab.com/octo/lab.git', undefined],
  ['https://github.com.example.org/octo/lab.git', undefined],
  ['/srv/git/lab.git', undefined],
])('reads the repository of the remote %s as %s', (remote, repository) => {
  expect(repositoryOf(remote)).toBe(repository);
});

test('warns of features that GitHub disables in a fork', async () => {
  const answer = {
    ...{ id: 42, name: 'lab', owner: { id: 7, login: 'octo' } },
    ...{ default_branch: 'main', private: false, fork: true, has_issues: false },
  };
  const gitHub = async <T>(route: string) => {
    if (route.endsWith('/sub')) throw new NotFound('nothing', '');
    return answer as T;
  };
  const about = await readRepository(gitHub, { owner: 'Octo', name: 'Lab' }, true);
  expect(about).toMatchObject({ owner: 'octo', visibility: 'public', template: undefined });
  expect(repositoryNotes(about)).toEqual([
    expect.stringMatching(
      /^GitHub runs no workflow in a fork until .*: https:\/\/github\.com\/octo\/lab\/actions$/,
    ),
    expect.stringMatching(
      /^The smoke test reports in issues, .* https:\/\/github\.com\/octo\/lab\/settings$/,
    ),
  ]);
  expect(repositoryNotes({ ...about, isFork: false, hasIssues: true })).toEqual([]);
});
