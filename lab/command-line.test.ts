import { describe, expect, it } from 'vitest';
import { parseCommandLine, UsageError } from './command-line.ts';

describe('the command line', () => {
  it('runs lab.yml where nothing is said', () => {
    expect(parseCommandLine([])).toEqual({
      name: 'run',
      workflow: 'lab.yml',
      event: 'workflow_dispatch',
      job: undefined,
      inputs: new Map(),
      cloud: 'emulated',
      yes: false,
      faults: [],
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

  it('takes a scheduled run, faults, and the real Azure', () => {
    const fault = { host: 'management.azure.com', status: 503 };
    expect(
      parseCommandLine(['--event', 'schedule', '--fault', JSON.stringify(fault), '--fault', '{}']),
    ).toMatchObject({ event: 'schedule', inputs: new Map(), faults: [fault, {}] });
    expect(parseCommandLine(['--cloud', 'azure', '--yes'])).toMatchObject({ cloud: 'azure', yes: true });
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
    [['--event', 'push'], /--event is workflow_dispatch or schedule, not 'push'/],
    [['--event', 'schedule', '--input', 'a=b'], /A scheduled run has no inputs/],
    [['--event', 'schedule', '--keep'], /A scheduled run has no inputs/],
    [['--fault', 'slow'], /--fault is JSON, not 'slow'/],
    [['--cloud', 'gcp'], /--cloud is emulated or azure, not 'gcp'/],
    [['--cloud', 'azure', '--latency', 'fast'], /--latency goes with the emulator only/],
    [['--cloud', 'azure', '--fault', '{}'], /--fault goes with the emulator only/],
    [['--yes'], /--yes goes with --cloud azure/],
    [['down', '--latency', 'fast'], /--latency does not go with 'down'/],
    [['up', 'now'], /'now' is one word too many/],
    [['up', '--', 'az'], /'--' goes with 'shell' only/],
  ])('refuses %j', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
