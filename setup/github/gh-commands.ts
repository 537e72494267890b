import type { Settings } from '../settings.ts';
import { formatCommand, type IdentityIds } from '../steps.ts';
import { VARIABLE_NAMES, variableValues } from './variables.ts';

/** For a user without a token. */
export function formatSetupCommands(settings: Settings, ids: IdentityIds, defaultBranch: string): string {
  const { fullName } = settings.repository;
  const policy = [
    ...['-F', 'deployment_branch_policy[protected_branches]=false'],
    ...['-F', 'deployment_branch_policy[custom_branch_policies]=true'],
  ];
  const api = ['gh', 'api', '--silent', '--method'];
  const path = environmentPath(settings);
  return formatCommands([
    [...api, 'PUT', path, ...policy],
    [...api, 'POST', `${path}/deployment-branch-policies`, '-f', `name=${defaultBranch}`],
    ...Object.entries(variableValues(settings, ids)).map(([name, value]) => [
      ...['gh', 'variable', 'set', name, '--repo', fullName, '--body', value],
    ]),
  ]);
}

export function formatRemovalCommands(settings: Settings): string {
  return formatCommands([
    ...VARIABLE_NAMES.map(name => ['gh', 'variable', 'delete', name, '--repo', settings.repository.fullName]),
    ['gh', 'api', '--silent', '--method', 'DELETE', environmentPath(settings)],
  ]);
}

function environmentPath({ repository, environment }: Settings): string {
  return `repos/${repository.fullName}/environments/${encodeURIComponent(environment)}`;
}

function formatCommands(commands: readonly (readonly string[])[]): string {
  return commands.map(command => `    ${formatCommand(command)}`).join('\n');
}
