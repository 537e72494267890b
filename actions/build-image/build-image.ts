import { preflight } from '../shared/preflight.ts';
import type { Done } from '../shared/report.ts';
import type { Tools } from '../shared/tools.ts';
import { ensureByTasks, isRefused } from './acr-tasks.ts';
import { readContext } from './context.ts';
import { ensureByDocker } from './docker.ts';
import { type Image, tagsOf } from './image.ts';
import type { Inputs } from './inputs.ts';
import { lookBefore } from './look.ts';
import { ensureRegistry } from './registry.ts';

/** The walkthrough's "Build and Deploy", its first half: registry and image. */
export async function buildImage(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { registryName, repository } = inputs;
  const { report } = tools;

  const context = await readContext(inputs.context, inputs.dockerfile);
  const tags = tagsOf(inputs, context);
  const { state: before } = await preflight(
    inputs.account,
    {
      readState: () => lookBefore(inputs, tags, tools),
      requirementsOf: found => found,
      tokens: ['registry'],
    },
    tools,
  );

  const registry = await report.step('Registry', registryName, () =>
    ensureRegistry(inputs, tools, before.registry),
  );
  const digest = await report.step('Image', `${repository}:${tags.named || tags.content}`, () =>
    ensureImage({ inputs, registry, registryIsNew: !before.registry, context, tags }, tools),
  );

  const image = `${registry.loginServer}/${repository}@${digest}`;
  report.facts.image = image;
  return { image };
}

/** Builds the image, unless it is there: in the registry, or where Azure refuses that and it may be so, with docker. */
async function ensureImage(image: Image, tools: Tools): Promise<Done<string>> {
  const { builder } = image.inputs;
  if (builder === 'docker') return ensureByDocker(image, tools);
  try {
    return await ensureByTasks(image, tools);
  } catch (error) {
    if (builder !== 'auto' || !isRefused(error)) throw error;
    const why = 'Azure lets this subscription build in no registry (TasksOperationsNotAllowed).';
    tools.log.info(`${why} docker builds the image.`);
    return ensureByDocker(image, tools, why);
  }
}
