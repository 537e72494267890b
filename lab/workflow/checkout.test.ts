import { expect, it } from 'vitest';
import { createRepository, runWorkflow } from './testing.ts';

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

it('fills the empty workspace with the files of a commit', async () => {
  const run = await runWorkflow(
    job(list.replace('List', 'Before') + checkout('persist-credentials: false') + list),
    { files },
  );
  expect(run.logs.Before).toBeUndefined();
  expect(run.logs.List).toEqual(['./.github/workflows/test.yml', './src/a.txt']);
});

it('copies another repository on this machine into a directory, with usable actions', async () => {
  const other = await createRepository({
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
])('with %s ends as %s', async (inputs, result) => {
  expect((await runWorkflow(job(checkout(inputs)))).result).toBe(result);
});

it('of an unavailable repository is rejected before the run starts', async () => {
  await expect(runWorkflow(job(checkout('repository: nobody/knows')))).rejects.toThrow(
    'actions/checkout: the repository "nobody/knows" is not available. wilab has: octo/lab',
  );
});

it('that is skipped makes an action in the workspace fail', async () => {
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
