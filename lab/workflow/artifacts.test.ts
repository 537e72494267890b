import { expect, it } from 'vitest';
import { runWorkflow } from './testing.ts';

const upload = (inputs: string) =>
  `      - { name: Upload, uses: actions/upload-artifact@v7, with: { ${inputs} } }\n`;
const jobs = (first: string, second: string) => `jobs:
  first:
    runs-on: ubuntu-latest
    steps:
      - run: mkdir -p out/deep .hidden && echo 1 > out/one.json && echo 2 > out/deep/two.txt && echo 3 > .hidden/x
${first}
  second:
    runs-on: ubuntu-latest
    needs: first
    steps:
${second}`;
const show = "      - { name: Show, run: 'find . -type f | sort' }\n";

it.each([
  ['a file has no directory', 'name: a, path: out/one.json', ['./one.json']],
  ['a directory becomes its content', 'name: a, path: out', ['./deep/two.txt', './one.json']],
  ['a pattern', 'name: a, path: "out/**/*.txt"', ['./deep/two.txt']],
  [
    'several paths keep the part after their common ancestor, without exclusions',
    'name: a, path: "out\\n.hidden\\n!out/deep"',
    ['./out/one.json'],
  ],
  [
    'hidden files are included on request',
    'name: a, path: "out/*.json\\n.hidden", include-hidden-files: true',
    ['./.hidden/x', './out/one.json'],
  ],
])('another job downloads the artifact: %s', async (_what, inputs, expected) => {
  const download = '      - { uses: actions/download-artifact@v8, with: { name: a } }\n';
  const run = await runWorkflow(jobs(upload(inputs), download + show));
  expect(run.logs.Show).toEqual(expected);
});

it('downloads all artifacts, each into a directory with its name', async () => {
  const both = upload('name: a, path: out/one.json') + upload('name: b, path: out/one.json');
  const run = await runWorkflow(jobs(both, `      - uses: actions/download-artifact@v8\n${show}`));
  expect(run.logs.Show).toEqual(['./a/one.json', './b/one.json']);
});

it.each([
  ['a second of the same name', upload('path: out') + upload('path: out'), 'failure', '(409) Conflict'],
  ['unless it replaces the first', upload('path: out') + upload('path: out, overwrite: true'), 'success', ''],
  ['nothing found, as a warning', upload('path: nowhere'), 'success', 'warning: No files were found'],
  [
    'nothing found, as an error',
    upload('path: nowhere, if-no-files-found: error'),
    'failure',
    'error: No files were found',
  ],
  ['a name that is a path', upload('name: ../x, path: out'), 'failure', 'The artifact name is not valid'],
])('uploads %s', async (_what, steps, result, message) => {
  const run = await runWorkflow(jobs(steps, '      - run: "true"\n'));
  expect(run.jobs.first!.result).toBe(result);
  expect(run.logs.Upload!.join('\n')).toContain(message);
});

it('fails the step if the artifact does not exist', async () => {
  const run = await runWorkflow(
    jobs('', '      - { name: Get, uses: actions/download-artifact@v8, with: { name: nosuch } }\n'),
  );
  expect(run.logs.Get).toContain("error: Unable to download artifact(s): Artifact 'nosuch' not found");
  expect(run.jobs.second!.result).toBe('failure');
});
