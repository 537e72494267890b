import { appendFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FileCommands, readEntries } from './file-commands.ts';
import { createRepository } from './testing.ts';

describe('entries', () => {
  it.each([
    [
      'a=1\nb=x=y\n',
      [
        ['a', '1'],
        ['b', 'x=y'],
      ],
    ],
    ['a<<END\none\ntwo\nEND\n', [['a', 'one\ntwo']]],
    ['a<<END\nEND\n', [['a', '']]],
    ['a<<END\none\n\nEND', [['a', 'one\n']]],
    ['a=1<<2\n', [['a', '1<<2']]],
    ['a<<b=c\nv\nb=c\n', [['a', 'v']]],
    ['a=with\r\n', [['a', 'with\r']]],
    ['\n\na=\n', [['a', '']]],
  ])('reads %j', (content, expected) => {
    expect([...readEntries(content)]).toEqual(expected);
  });

  it.each([
    ['=1\n', /Name must not be empty/],
    ['<<END\nx\nEND\n', /Name must not be empty/],
    ['a<<\nx\n', /delimiter must not be empty/],
    ['a<<END\nx\n', /Matching delimiter not found 'END'/],
    ['a<<END', /Matching delimiter not found 'END'/],
    ['plain\n', /Invalid format 'plain'/],
  ])('rejects %j', (content, message) => {
    expect(() => [...readEntries(content)]).toThrow(message);
  });
});

describe('the command files of a step', () => {
  it('are read and removed', async () => {
    const temp = await createRepository({});
    const files = await FileCommands.create(temp);
    await appendFile(files.environment.GITHUB_OUTPUT!, 'x=1\n');
    await appendFile(files.environment.GITHUB_ENV!, 'NODE_OPTIONS=--inspect\nOK=1\n');
    await appendFile(files.environment.GITHUB_PATH!, '/one\n/two\n');
    await appendFile(files.environment.GITHUB_STEP_SUMMARY!, '# Hi\n');
    expect(await files.collect()).toEqual({
      outputs: [['x', '1']],
      env: [['OK', '1']],
      path: ['/one', '/two'],
      state: [],
      summary: '# Hi\n',
      problems: [],
      notices: ["Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command."],
    });
    await expect(appendFile(files.environment.GITHUB_OUTPUT!, '', { flag: 'r+' })).rejects.toThrow(/ENOENT/);
  });

  it('count up to the first invalid line', async () => {
    const files = await FileCommands.create(await createRepository({}));
    await appendFile(files.environment.GITHUB_OUTPUT!, 'x=1\nnonsense\ny=2\n');
    const { outputs, problems } = await files.collect();
    expect(outputs).toEqual([['x', '1']]);
    expect(problems).toEqual([
      "Unable to process file command 'output' successfully.",
      "Invalid format 'nonsense'",
    ]);
  });

  it('drop a summary of more than one MiB without failing the step', async () => {
    const files = await FileCommands.create(await createRepository({}));
    await appendFile(files.environment.GITHUB_STEP_SUMMARY!, 'x'.repeat(1024 * 1024 + 1));
    const { summary, problems, notices } = await files.collect();
    expect(summary).toBe('');
    expect(problems).toEqual([]);
    expect(notices).toEqual([expect.stringContaining('1024k')]);
  });
});
