import { resolve } from 'node:path';
import { type AccountInputs, accountInputs } from '../shared/account.ts';
import { parseInputs } from '../shared/inputs.ts';
import { imageRepository, imageTag, registryName } from '../shared/naming-rules.ts';
import { type ResourceGroup, resourceGroupInputs } from '../shared/resource-group.ts';

export interface Inputs {
  account: AccountInputs;
  group: ResourceGroup;
  registryName: string;
  /** Whether the registry is made when there is none. */
  create: boolean;
  /** What builds: the registry, this machine's docker, or auto: docker where Azure refuses the registry's. */
  builder: 'auto' | 'acr-tasks' | 'docker';
  repository: string;
  /** '' derives it from the content. */
  tag: string;
  /** Days after which an image is rebuilt whose base is not named by its digest. */
  rebuildAfterDays: number;
  /** Absolute path of a folder. */
  context: string;
  /** Absolute path of a file. */
  dockerfile: string;
  /** Where the context is gathered; undefined where no runner names a folder. */
  temporaryFolder: string | undefined;
}

/**
 * Reads the action's inputs. Relative paths are the workspace's, the Dockerfile's the context's.
 * @throws {InvalidInputs} with every problem.
 */
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
