import type { Ids } from '../steps.ts';
import { quoted } from '../quoted.ts';
import type { Wanted } from '../settings.ts';
import { NAMES, variables } from './variables.ts';

/** The commands of gh that do by hand what a token would have done here. */
export function byHand(wanted: Wanted, ids: Ids, defaultBranch: string): string {
  const { fullName } = wanted.repository;
  const policy = [
    ...['-F', 'deployment_branch_policy[protected_branches]=false'],
    ...['-F', 'deployment_branch_policy[custom_branch_policies]=true'],
  ];
  const api = ['gh', 'api', '--silent', '--method'];
  return shown([
    [...api, 'PUT', environment(wanted), ...policy],
    [...api, 'POST', `${environment(wanted)}/deployment-branch-policies`, '-f', `name=${defaultBranch}`],
    ...Object.entries(variables(wanted, ids)).map(([name, value]) => [
      ...['gh', 'variable', 'set', name, '--repo', fullName, '--body', value],
    ]),
  ]);
}

/** The same for taking it back. */
export function byHandRemoval(wanted: Wanted): string {
  return shown([
    ...NAMES.map(name => ['gh', 'variable', 'delete', name, '--repo', wanted.repository.fullName]),
    ['gh', 'api', '--silent', '--method', 'DELETE', environment(wanted)],
  ]);
}

function environment({ repository, environment: name }: Wanted): string {
  return `repos/${repository.fullName}/environments/${encodeURIComponent(name)}`;
}

function shown(commands: readonly (readonly string[])[]): string {
  return commands.map(command => `    ${command.map(quoted).join(' ')}`).join('\n');
}
