import { findResource } from '../shared/az.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import type { RequiredPermission, StateRequirements } from '../shared/preflight.ts';
import { CREATE_GROUP } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import { DOCKER_REMEDY, dockerProblem } from './docker.ts';
import type { ImageTags } from './image.ts';
import type { Inputs } from './inputs.ts';
import { decidesByRepository, type Registry, showRegistry } from './registry.ts';
import { findImage } from './registry-image.ts';

/** What is there before anything is done, and what that needs. */
export interface Before extends StateRequirements {
  registry: Registry | undefined;
}

/** Looks for the registry. Nothing in Azure is changed. */
export async function lookBefore(inputs: Inputs, tags: ImageTags, tools: Tools): Promise<Before> {
  const { builder, create, registryName, group } = inputs;
  const registry = await showRegistry(inputs, tools);
  const making = !registry && create;
  const [groupFound, docker] = await Promise.all([
    making ? findResource<object>(tools.az, ['group', 'show', '--name', group.name]) : undefined,
    builder === 'docker' ? dockerProblem(tools) : undefined,
  ]);
  const missing =
    registry || create
      ? undefined
      : `Registry ${registryName} is not in resource group ${group.name}, and create is false. Name one that is there (az acr list), or let create be true.`;
  return {
    registry,
    permissions: [
      ...(making ? [MAKE_REGISTRY(group.name)] : []),
      ...(making && !groupFound ? [CREATE_GROUP] : []),
      ...(registry || create ? buildRights(inputs, registry, tags, tools) : []),
    ],
    problems: [missing, docker && `${docker} ${DOCKER_REMEDY}`].filter(problem => problem !== undefined),
  };
}

const REGISTRIES = 'Microsoft.ContainerRegistry/registries';

const MAKE_REGISTRY = (resourceGroup: string): RequiredPermission => ({
  action: `${REGISTRIES}/write`,
  resourceGroup,
  remedy: 'Container Registry Contributor and Data Access Configuration Administrator',
});

/** What building and pushing need, unless the image is there already. */
function buildRights(
  inputs: Inputs,
  registry: Registry | undefined,
  tags: ImageTags,
  tools: Tools,
): RequiredPermission[] {
  const { builder, group } = inputs;
  let standing: Promise<boolean> | undefined;
  const unless = () => {
    standing ??= registry ? isThere(inputs, tags, tools) : Promise.resolve(false);
    return standing;
  };
  const on = { resourceGroup: group.name, resource: registry?.id, unless };
  const permissions: RequiredPermission[] = [];
  if (builder !== 'docker') {
    const remedy = `Container Registry Tasks Contributor${builder === 'auto' ? ' (or let builder be docker)' : ''}`;
    for (const action of ['scheduleRun/action', 'listBuildSourceUploadUrl/action'])
      permissions.push({ ...on, action: `${REGISTRIES}/${action}`, remedy });
  }
  if (decidesByRepository(registry)) {
    const action = `${REGISTRIES}/repositories/content/write`;
    permissions.push({ ...on, action, onData: true, remedy: 'Container Registry Repository Writer' });
  } else if (builder === 'docker') {
    permissions.push({ ...on, action: `${REGISTRIES}/push/write`, remedy: 'AcrPush' });
  }
  return permissions;
}

/** Whether the image exists; false where that is not visible. */
async function isThere(inputs: Inputs, tags: ImageTags, { az }: Tools): Promise<boolean> {
  try {
    return (await findImage(inputs, tags, az)).digest !== undefined;
  } catch (error) {
    if (error instanceof CommandFailed) return false;
    throw error;
  }
}
