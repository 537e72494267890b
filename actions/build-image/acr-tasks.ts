import type { Az } from '../shared/az.ts';
import { CommandFailed, failedWith } from '../shared/command-errors.ts';
import { harmless } from '../shared/log.ts';
import { alreadyThere, created, type Done } from '../shared/report.ts';
import { poll } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { unpullable, unpullableIn } from './base-image.ts';
import { withGathered } from './context.ts';
import type { Image } from './image.ts';
import type { Inputs } from './inputs.ts';
import { decidesByRepository } from './registry.ts';
import { type FoundImage, findImage, notFound, pushedDigest } from './registry-image.ts';
import { onceMore, Throttled, throttlingIn } from './throttling.ts';

/** A run of ACR Tasks, with what it built. */
interface Run {
  runId: string;
  outputImages: { repository: string; tag: string; digest: string }[] | null;
}

/**
 * Builds the image in the registry, unless the registry holds it.
 * @returns its digest (`sha256:…`). Where the caller is not allowed to read the registry's images, the image is built each
 *   time, and the digest is what this build reported.
 */
export async function ensureByTasks(image: Image, tools: Tools): Promise<Done<string>> {
  const { inputs, context } = image;
  const { digest, push } = await lookFor(image, tools);
  if (digest) return alreadyThere(digest);

  const runId = await withGathered(context, inputs.temporaryFolder, gathered =>
    onceMore(`Build of ${inputs.repository}:${push[0]}`, tools, () => build(image, push, gathered, tools)),
  );
  return created(await digestOfBuild(inputs, push, runId, tools));
}

async function lookFor({ inputs, tags, registryIsNew }: Image, { az, log }: Tools): Promise<FoundImage> {
  if (registryIsNew) return notFound(tags, true);
  try {
    return await findImage(inputs, tags, az);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    log.info(
      `The images of registry ${inputs.registryName} cannot be read, so the image is built again: ${firstLine(error)}`,
    );
    return notFound(tags, false);
  }
}

function firstLine({ errorText }: CommandFailed): string {
  return harmless(errorText.split('\n')[0] ?? '').slice(0, 300);
}

/** What the registry shows now; where it cannot be read, what the run that just ended has pushed. */
async function digestOfBuild(
  inputs: Inputs,
  tags: readonly string[],
  runId: string | undefined,
  { az, time, log, retrySeconds }: Tools,
): Promise<string> {
  let readable = true;
  const what = `Digest of ${inputs.repository}:${tags[0]}`;
  return poll<string>({ what, timeoutSeconds: retrySeconds, time, log }, async () => {
    if (readable) {
      try {
        const digest = await pushedDigest(inputs, tags, az);
        return digest ? { value: digest } : { state: 'the registry does not show it yet' };
      } catch (error) {
        if (!(error instanceof CommandFailed)) throw error;
        readable = false;
      }
    }
    const digest = await builtDigest(inputs, tags, runId, az);
    return digest ? { value: digest } : { state: 'the build is not listed as succeeded yet' };
  });
}

/** @returns the ID of the run, where its log shows it. */
async function build(
  { inputs, registry, context }: Image,
  tags: readonly string[],
  gathered: string,
  { az, log }: Tools,
): Promise<string | undefined> {
  const { registryName, group, repository } = inputs;
  // Lends the build the caller's own rights: in a registry that decides by repository it has none.
  // https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
  const rights = decidesByRepository(registry) ? ['--source-acr-auth-id', '[caller]'] : [];
  let throttling: string | undefined;
  let missing: string | undefined;
  let runId: string | undefined;
  // The build's log, as it is written.
  const onLine = (line: string) => {
    log.info(`| ${line.trimEnd()}`);
    throttling ??= throttlingIn(line);
    missing ??= unpullableIn(line);
    runId = /^Run ID: (\S+) was successful/.exec(line)?.[1] ?? runId;
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
    const line = throttling ?? throttlingIn(error.errorText);
    if (line !== undefined) throw new Throttled(line);
    missing ??= unpullableIn(error.errorText);
    throw missing === undefined ? error : unpullable(missing, context.dockerfile);
  }
  return runId;
}

/** Whether Azure refuses ACR Tasks to this subscription, as it does on free credit. */
export function isRefused(error: unknown): boolean {
  return failedWith(error, 'acr-tasks-not-allowed');
}

/** The digest of what a run has pushed under all these tags: the run of this ID, or else the newest successful one. */
async function builtDigest(
  { registryName, repository, group }: Inputs,
  tags: readonly string[],
  runId: string | undefined,
  az: Az,
): Promise<string | undefined> {
  const runs = await az<Run[]>([
    ...['acr', 'task', 'list-runs', '--registry', registryName, '--resource-group', group.name],
    ...['--run-status', 'Succeeded', '--top', '100'],
    ...['--query', '[].{runId: runId, outputImages: outputImages}'],
  ]);
  for (const { outputImages } of runs.filter(run => runId === undefined || run.runId === runId)) {
    const images = (outputImages ?? []).filter(image => image.repository === repository);
    if (tags.every(tag => images.some(image => image.tag === tag))) return images[0]?.digest;
  }
  return undefined;
}
