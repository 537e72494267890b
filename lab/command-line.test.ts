import { describe, expect, it } from 'vitest';
import { parseCommandLine, UsageError } from './command-line.ts';

describe('the command line', () => {
  it('runs lab.yml where nothing is said', () => {
    expect(parseCommandLine([])).toEqual({
      name: 'run',
      workflow: 'lab.yml',
      job: undefined,
      inputs: new Map(),
      latency: undefined,
      kubernetes: undefined,
      verbose: false,
      keep: false,
    });
  });

  it('takes options of a run', () => {
    const args = [
      '--workflow',
      'smoke',
      '--job',
      'j',
      '--input',
      'a=b=c',
      '--input',
      'd=',
      '--latency',
      'realistic',
      '--kubernetes',
      'kube-apiserver',
    ];
    expect(parseCommandLine([...args, '--verbose', '--keep'])).toMatchObject({
      workflow: 'smoke',
      job: 'j',
      inputs: new Map([
        ['a', 'b=c'],
        ['d', ''],
      ]),
      latency: 'realistic',
      kubernetes: 'kube-apiserver',
      verbose: true,
      keep: true,
    });
  });

  it('takes a command for the shell as it is', () => {
    expect(parseCommandLine(['shell', '--', 'az', 'group', 'list', '--verbose'])).toEqual({
      name: 'shell',
      latency: undefined,
      kubernetes: undefined,
      command: ['az', 'group', 'list', '--verbose'],
    });
  });

  it.each([
    [['--banana'], /--banana/],
    [['fly'], /no command 'fly'/],
    [['--latency', 'slow'], /--latency is fast or realistic, not 'slow'/],
    [['--kubernetes', 'k3s'], /--kubernetes is embedded or kube-apiserver, not 'k3s'/],
    [['--input', 'x'], /--input is NAME=VALUE/],
    [['down', '--latency', 'fast'], /--latency does not go with 'down'/],
    [['up', 'now'], /'now' is one word too many/],
    [['up', '--', 'az'], /'--' goes with 'shell' only/],
  ])('refuses %j', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
