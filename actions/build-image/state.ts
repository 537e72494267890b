import { findResource } from '../shared/az.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import type { RequiredPermission, StateRequirements } from '../shared/preflight.ts';
import { quote } from '../shared/quote.ts';
import { CREATE_GROUP } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import { checkDocker, DOCKER_REMEDY } from './docker.ts';
import type { ImageTags } from './image.ts';
import type { Inputs } from './inputs.ts';
import { type Registry, readRegistry, usesRepositoryPermissions } from './registry.ts';
import { readImageState } from './registry-image.ts';

export interface RegistryState {
  registry: Registry | undefined;
  groupExists: boolean;
  dockerProblem: string | undefined;
}

export async function readState(inputs: Inputs, tools: Tools): Promise<RegistryState> {
  const { builder, create, group } = inputs;
  const registry = await readRegistry(inputs, tools);
  const [foundGroup, dockerProblem] = await Promise.all([
    !registry && create ? findResource<object>(tools.az, ['group', 'show', '--name', group.name]) : undefined,
    builder === 'docker' ? checkDocker(tools) : undefined,
  ]);
  return { registry, groupExists: foundGroup !== undefined, dockerProblem };
}

export function checkState(
  inputs: Inputs,
  { registry, groupExists, dockerProblem }: RegistryState,
  tags: ImageTags,
  tools: Tools,
): StateRequirements {
  const { create, registryName, group } = inputs;
  const creates = !registry && create;
  return {
    permissions: [
      ...(creates ? [createRegistryPermission(group.name)] : []),
      ...(creates && !groupExists ? [CREATE_GROUP] : []),
      ...(registry || create ? buildPermissions(inputs, registry, tags, tools) : []),
    ],
    problems: [
      ...(registry || create
        ? []
        : [
            `Registry ${quote(registryName)} does not exist in resource group ${quote(group.name)}, and create is false. Set registry-name to an existing registry (az acr list), or set create: true.`,
          ]),
      ...(dockerProblem ? [`${dockerProblem} ${DOCKER_REMEDY}`] : []),
    ],
  };
}

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';

function createRegistryPermission(resourceGroup: string): RequiredPermission {
  return {
    action: `${REGISTRIES}/write`,
    resourceGroup,
    remedy: 'Container Registry Contributor and Data Access Configuration Administrator',
  };
}

/** Not needed if the registry already has the image. */
function buildPermissions(
  inputs: Inputs,
  registry: Registry | undefined,
  tags: ImageTags,
  tools: Tools,
): RequiredPermission[] {
  const { builder, group } = inputs;
  let exists: Promise<boolean> | undefined;
  const unless = () => {
    exists ??= registry ? imageExists(inputs, tags, tools) : Promise.resolve(false);
    return exists;
  };
  const on = { resourceGroup: group.name, resource: registry?.id, unless };
  const permissions: RequiredPermission[] = [];
  if (builder !== 'docker') {
    const remedy = `Container Registry Tasks Contributor${builder === 'auto' ? ' (or set builder: docker)' : ''}`;
    for (const action of ['scheduleRun/action', 'listBuildSourceUploadUrl/action'])
      permissions.push({ ...on, action: `${REGISTRIES}/${action}`, remedy });
  }
  if (usesRepositoryPermissions(registry)) {
    const action = `${REGISTRIES}/repositories/content/write`;
    permissions.push({ ...on, action, onData: true, remedy: 'Container Registry Repository Writer' });
  } else if (builder === 'docker') {
    permissions.push({ ...on, action: `${REGISTRIES}/push/write`, remedy: 'AcrPush' });
  }
  return permissions;
}

/** False also if the caller cannot read the registry's images. */
async function imageExists(inputs: Inputs, tags: ImageTags, { az }: Tools): Promise<boolean> {
  try {
    return (await readImageState(inputs, tags, az)).digest !== undefined;
  } catch (error) {
    if (error instanceof CommandFailed) return false;
    throw error;
  }
}
