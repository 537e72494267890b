import type { Az } from '../shared/az.ts';
import { CommandFailed } from '../shared/command.ts';
import { alreadyThere, created, type Done } from '../shared/report.ts';
import { poll } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { withGathered } from './context.ts';
import type { Image } from './image.ts';
import type { Inputs } from './inputs.ts';
import { decidesByRepository } from './registry.ts';
import { onceMore, Throttled, throttlingIn } from './throttling.ts';

/** A run of ACR Tasks, with what it built. */
interface Run {
  outputImages: { repository: string; tag: string; digest: string }[] | null;
}

/**
 * Builds the image in the registry, unless a run has made these tags of the same content.
 * @returns its digest (`sha256:…`). Asked of Azure Resource Manager, not of the registry, whose data the caller may have no
 *   right to.
 */
export async function ensureByTasks(image: Image, tools: Tools): Promise<Done<string>> {
  const { inputs, context, tags } = image;
  const { log, time, retrySeconds } = tools;
  const standing = await builtDigest(inputs, tags, tools);
  if (standing) return alreadyThere(standing);

  const what = `Build of ${inputs.repository}:${tags[0]}`;
  await withGathered(context, inputs.temporaryFolder, gathered =>
    onceMore(what, tools, () => build(image, gathered, tools)),
  );
  return created(
    await poll<string>(
      { what: `Digest of ${inputs.repository}:${tags[0]}`, timeoutSeconds: retrySeconds, time, log },
      async () => {
        const digest = await builtDigest(inputs, tags, tools);
        return digest ? { value: digest } : { state: 'the build is not listed as succeeded yet' };
      },
    ),
  );
}

async function build(
  { inputs, registry, context, tags }: Image,
  gathered: string,
  { az, log }: Tools,
): Promise<void> {
  const { registryName, group, repository } = inputs;
  // Lends the build the caller's own rights: in a registry that decides by repository it has none.
  // https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
  const rights = decidesByRepository(registry) ? ['--source-acr-auth-id', '[caller]'] : [];
  let throttling: string | undefined;
  // The build's log, as it is written.
  const onLine = (line: string) => {
    log.info(`| ${line.trimEnd()}`);
    throttling ??= throttlingIn(line);
  };
  try {
    await az(
      [
        ...['acr', 'build', '--registry', registryName, '--resource-group', group.name],
        ...tags.flatMap(tag => ['--image', `${repository}:${tag}`]),
        ...rights,
        ...['--file', context.dockerfile, gathered],
      ],
      { onLine, env: { PYTHONUNBUFFERED: '1' } },
    );
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    const line = throttling ?? throttlingIn(error.stderr);
    throw line === undefined ? error : new Throttled(line);
  }
}

/** Whether Azure refuses ACR Tasks to this subscription, as it does on free credit. */
export function isRefused(error: unknown): boolean {
  return error instanceof CommandFailed && error.stderr.includes('TasksOperationsNotAllowed');
}

/** The digest of what the newest successful run with all these tags has built. */
export async function builtDigest(
  { registryName, repository, group }: Inputs,
  tags: readonly string[],
  { az }: { az: Az },
): Promise<string | undefined> {
  const runs = await az<Run[]>([
    ...['acr', 'task', 'list-runs', '--registry', registryName, '--resource-group', group.name],
    ...['--run-status', 'Succeeded', '--top', '100', '--query', '[].{outputImages: outputImages}'],
  ]);
  for (const { outputImages } of runs) {
    const images = (outputImages ?? []).filter(image => image.repository === repository);
    if (tags.every(tag => images.some(image => image.tag === tag))) return images[0]?.digest;
  }
  return undefined;
}
