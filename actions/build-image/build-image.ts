import { preflight } from '../shared/preflight.ts';
import type { Done } from '../shared/report.ts';
import type { Tools } from '../shared/tools.ts';
import { areTasksRefused, ensureWithTasks } from './acr-tasks.ts';
import { readContext } from './context.ts';
import { ensureWithDocker } from './docker.ts';
import { type Image, tagsOf } from './image.ts';
import type { Inputs } from './inputs.ts';
import { ensureRegistry } from './registry.ts';
import { checkState, readState } from './state.ts';

export async function buildImage(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { registryName, repository } = inputs;
  const { report } = tools;

  const context = await readContext(inputs.context, inputs.dockerfile);
  const tags = tagsOf(inputs, context);
  const { state } = await preflight(
    inputs.account,
    {
      readState: () => readState(inputs, tools),
      requirementsOf: found => checkState(inputs, found, tags, tools),
      tokens: ['registry'],
    },
    tools,
  );

  const registry = await report.step('Registry', registryName, () =>
    ensureRegistry(inputs, tools, state.registry),
  );
  const digest = await report.step('Image', `${repository}:${tags.named || tags.content}`, () =>
    ensureImage({ inputs, registry, registryIsNew: !state.registry, context, tags }, tools),
  );

  const image = `${registry.loginServer}/${repository}@${digest}`;
  report.facts.image = image;
  return { image };
}

async function ensureImage(image: Image, tools: Tools): Promise<Done<string>> {
  const { builder } = image.inputs;
  if (builder === 'docker') return ensureWithDocker(image, tools);
  try {
    return await ensureWithTasks(image, tools);
  } catch (error) {
    if (builder !== 'auto' || !areTasksRefused(error)) throw error;
    const why = 'Azure does not allow ACR Tasks in this subscription (TasksOperationsNotAllowed).';
    tools.log.info(`${why} docker builds the image.`);
    return ensureWithDocker(image, tools, why);
  }
}
