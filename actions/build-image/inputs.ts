import { resolve } from 'node:path';
import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { parseInputs } from '../shared/inputs.ts';
import { imageRepository, imageTag, registryName } from '../shared/naming-rules.ts';
import { type ResourceGroup, resourceGroupInputs } from '../shared/resource-group.ts';

export interface Inputs {
  account: AccountInputs;
  group: ResourceGroup;
  registryName: string;
  create: boolean;
  /** auto: docker if Azure refuses ACR Tasks. */
  builder: 'auto' | 'acr-tasks' | 'docker';
  repository: string;
  /** '' to use only the tag of the content. */
  tag: string;
  /** Days until an image with a base image without a digest is rebuilt. */
  rebuildAfterDays: number;
  /** Absolute path of a folder. */
  context: string;
  /** Absolute path of a file. */
  dockerfile: string;
  /** Folder for the copy of the context; undefined outside a runner. */
  temporaryFolder: string | undefined;
}

/** @throws {InvalidInputs} with every problem. */
export function parse(environment: NodeJS.ProcessEnv, read?: (name: string) => string): Inputs {
  return parseInputs(input => {
    const context = resolve(environment.GITHUB_WORKSPACE || '.', input.path('context', '.'));
    return {
      account: accountInputs(input, environment),
      group: resourceGroupInputs(input, environment),
      registryName: input.required('registry-name', registryName),
      create: input.boolean('create', true),
      builder: input.oneOf('builder', ['auto', 'acr-tasks', 'docker']),
      repository: input.optional('repository', imageRepository, 'wi-kv-test'),
      tag: input.optional('tag', imageTag),
      rebuildAfterDays: input.integer('rebuild-after-days', { default: 1, min: 1, max: 365 }),
      context,
      dockerfile: resolve(context, input.path('dockerfile', 'Dockerfile')),
      temporaryFolder: environment.RUNNER_TEMP,
    };
  }, read);
}
