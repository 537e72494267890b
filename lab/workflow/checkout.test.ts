import { expect, it } from 'vitest';
import { repository, runWorkflow } from './testing.ts';

const job = (steps: string) => `jobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;
const checkout = (inputs: string) =>
  `      - { name: Check out, uses: actions/checkout@v7, with: { ${inputs} } }\n`;
const list = "      - { name: List, run: 'find . -type f | sort' }\n";
const files = {
  'src/a.txt': 'a',
  '.git/config': 'history',
  '.lab/secret': 'private',
  'src/node_modules/b.js': 'installed',
};

it('fills the workspace, empty before, with what a commit would hold', async () => {
  const run = await runWorkflow(
    job(list.replace('List', 'Before') + checkout('persist-credentials: false') + list),
    { files },
  );
  expect(run.logs.Before).toBeUndefined();
  expect(run.logs.List).toEqual(['./.github/workflows/test.yml', './src/a.txt']);
});

it('takes another repository that this machine has, into a directory, whose actions can be used there', async () => {
  const other = await repository({
    'act/action.yml': 'name: a\ndescription: a\nruns: { using: node24, main: main.mjs }\n',
    'act/main.mjs': "console.log('here');\n",
  });
  const run = await runWorkflow(
    job(
      `${checkout('')}${checkout('repository: Project/Lab, path: other/lab')}      - { name: Use, uses: ./other/lab/act }\n`,
    ),
    { others: { 'project/lab': other } },
  );
  expect(run.logs.Use).toEqual(['here']);
});

it.each([
  ['ref: refs/heads/main', 'success'],
  ['ref: main', 'success'],
  ['ref: other', 'failure'],
  ['path: ../outside', 'failure'],
])('with %s is a %s', async (inputs, result) => {
  expect((await runWorkflow(job(checkout(inputs)))).result).toBe(result);
});

it('of a repository that this machine does not have is refused before anything starts', async () => {
  await expect(runWorkflow(job(checkout('repository: nobody/knows')))).rejects.toThrow(
    "actions/checkout of 'nobody/knows': this machine has only octo/lab",
  );
});

it('that does not happen leaves an action of the workspace missing', async () => {
  const run = await runWorkflow(
    job(`      - { uses: actions/checkout@v7, if: false }\n      - { name: Use, uses: ./act }\n`),
    {
      files: {
        'act/action.yml': 'name: a\ndescription: a\nruns: { using: node24, main: main.mjs }\n',
        'act/main.mjs': '',
      },
    },
  );
  expect(run.logs.Use!.join()).toContain('Did you forget to run actions/checkout');
});
