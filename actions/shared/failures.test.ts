import { describe, expect, it } from 'vitest';
import { CommandFailed } from './command-errors.ts';
import { ActionFailed, describeFailure } from './failures.ts';
import { InvalidInputs } from './inputs.ts';
import { Interrupted } from './interruption.ts';
import { TimedOut } from './retry.ts';

const failed = (stderr: string) =>
  describeFailure(new CommandFailed(['az', 'aks', 'create', '--name', 'wilab'], 1, stderr));

describe('describeFailure', () => {
  it('shows cause, remedy, and link of a known failure, and what az printed', () => {
    const text = failed('ERROR: (SkuNotAvailable) The requested VM size is not available in eastus.');
    expect(text).toMatch(/^This VM size is not available to the subscription/);
    expect(text).toMatch(/What to do: .*node-vm-size/);
    expect(text).toContain('https://learn.microsoft.com/');
    expect(text).toContain('`az aks create --name wilab` failed with exit code 1:');
    expect(text).toContain('(SkuNotAvailable) The requested VM size');
  });

  it('shows command, exit code, and standard error of an unknown failure', () => {
    expect(failed('ERROR: (Weird) strange\n')).toBe(
      '`az aks create --name wilab` failed with exit code 1:\nERROR: (Weird) strange',
    );
    expect(failed('')).toContain('(it printed no error)');
  });

  it('removes runner commands from what az printed', () => {
    expect(failed('x\n::add-mask::y\n##[error]z')).not.toMatch(/^::|##\[/m);
  });

  it('keeps the beginning and the end of a long error', () => {
    const lines = Array.from({ length: 100 }, (_, number) => `line ${number}`);
    const text = failed(lines.join('\n'));
    expect(text).toContain('line 0\n');
    expect(text).toContain('… (70 lines)');
    expect(text).toContain('line 99');
    expect(text.split('\n')).toHaveLength(32);
  });

  it('reports a missing program', () => {
    const text = describeFailure(
      new Error('Unable to locate executable file: kubectl. Please verify either the file path exists'),
    );
    expect(text).toMatch(/^kubectl was not found on PATH/);
  });

  it('lists the commands of a cancelled step that changed something in Azure, and no others', () => {
    const stop = new Interrupted('SIGINT');
    expect(describeFailure(stop)).toBe('The step was cancelled (SIGINT).');
    const commands = [
      'az aks show --name a',
      'az acr task list-runs --registry r',
      'az aks get-credentials --name a',
      'az rest --method get --url /u',
      'az account set --subscription s',
      'az login --service-principal',
      'az acr login --name r',
      'kubectl create --filename -',
      'docker push r',
    ].map(command => command.split(' '));
    stop.cutOff.push(...commands);
    expect(describeFailure(stop)).toBe('The step was cancelled (SIGINT).');
    const begun = [
      'az keyvault purge --name v',
      'az rest --method put --url /u',
      'az keyvault secret set -n s',
    ];
    stop.cutOff.push(...begun.map(command => command.split(' ')));
    const text = describeFailure(stop);
    for (const command of begun) expect(text).toContain(`\n\`${command}\`\n`);
    expect(text.split('\n')).toHaveLength(6);
    expect(text).toContain('What to do: run this step again');
  });

  it('describes failures that the action throws', () => {
    expect(describeFailure(new ActionFailed('It broke.', 'Fix it.', 'https://x'))).toBe(
      'It broke.\nWhat to do: Fix it.\nhttps://x',
    );
    expect(describeFailure(new InvalidInputs(['a is required', 'b is wrong']))).toBe(
      '2 inputs are not valid:\n- a is required\n- b is wrong',
    );
    expect(describeFailure(new TimedOut('Thing', 61_000, 'Creating'))).toMatch(
      /^Thing: timed out after 1 min 01 s; last state: Creating/,
    );
    expect(describeFailure('a string')).toBe('a string');
  });
});
