import { describe, expect, it } from 'vitest';
import { CommandReader, parseCommand } from './workflow-commands.ts';

function effectsOf(...lines: string[]): string[] {
  const effects: string[] = [];
  const reader = new CommandReader({
    addMask: value => effects.push(`mask ${value}`),
    setOutput: (name, value) => effects.push(`output ${name}=${value}`),
    saveState: (name, value) => effects.push(`state ${name}=${value}`),
    print: line => effects.push(`print ${line}`),
    annotate: (level, message) => effects.push(`${level} ${message}`),
    fail: message => effects.push(`fail ${message}`),
  });
  for (const line of lines) reader.read(line);
  return effects;
}

describe('commands', () => {
  it.each([
    ['::add-mask::s3cret', ['mask s3cret']],
    ['  ::ADD-MASK::s3cret', ['mask s3cret']],
    ['text ::add-mask::s3cret', ['print text ::add-mask::s3cret']],
    ['text ##[add-mask]s3cret', ['mask s3cret']],
    ['::add-mask::a%0Ab%250A', ['mask a\nb%0A']],
    ['##[add-mask]a%3Bb', ['mask a;b']],
    ['::unknown::x', ['print ::unknown::x']],
    ['::error file=a.ts,line=1::It broke', ['error It broke']],
    ['::warning::w', ['warning w']],
    ['::set-output name=a%3Ab::v', ['output a:b=v']],
    ['::save-state name=s::v', ['state s=v']],
    ['::endgroup::', []],
    ['::', ['print ::']],
  ])('runs %s', (line, expected) => {
    expect(effectsOf(line)).toEqual(expected);
  });

  it.each([
    ['::set-env name=PATH::/evil', /disabled/],
    ['##[add-path]/evil', /disabled/],
    ['::add-matcher::x.json', /does not support problem matchers/],
    ['::set-output::v', /'name' is missing/],
    ['::stop-commands::', /random token/],
    ['::stop-commands::error', /random token/],
  ])('%s fails the step', (line, message) => {
    expect(effectsOf(line)).toEqual([expect.stringMatching(message)]);
    expect(effectsOf(line)[0]).toMatch(/^fail Unable to process command/);
  });

  it('are printed between stop-commands and its token', () => {
    expect(
      effectsOf(
        '::stop-commands::abcdefg',
        '::error::no',
        '##[set-env name=a]b',
        '::ABCDEFG::',
        '::error::yes',
      ),
    ).toEqual(['mask abcdefg', 'print ::error::no', 'print ##[set-env name=a]b', 'error yes']);
  });

  it('are printed after echo on, except masks', () => {
    expect(effectsOf('::echo::on', '::set-output name=a::1', '::add-mask::s')).toEqual([
      'print ::set-output name=a::1',
      'output a=1',
      'mask s',
    ]);
  });

  it('can have several properties', () => {
    expect(parseCommand('::error file=a%2Cb,line=7,::m', () => true)).toEqual({
      name: 'error',
      properties: { file: 'a,b', line: '7' },
      data: 'm',
    });
  });
});
