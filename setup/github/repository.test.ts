import { expect, test } from 'vitest';
import { repositoryOf } from './repository.ts';

test.each([
  ['https://github.com/octo/lab.git', 'octo/lab'],
  ['https://github.com/octo/lab', 'octo/lab'],
  ['https://octo@github.com/octo/lab.js.git', 'octo/lab.js'],
  ['git@github.com:octo/lab.git', 'octo/lab'],
  ['ssh://git@github.com/octo/lab.git', 'octo/lab'],
  ['https://gitlab.com/octo/lab.git', undefined],
  ['https://github.com.example.org/octo/lab.git', undefined],
  ['/srv/git/lab.git', undefined],
])('%s is %s', (remote, repository) => {
  expect(repositoryOf(remote)).toBe(repository);
});
