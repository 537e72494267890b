import type { Az } from '../shared/az.ts';
import { CommandFailed, failedWith } from '../shared/command-errors.ts';
import { harmless } from '../shared/log.ts';
import { quote } from '../shared/quote.ts';
import { alreadyThere, created, type Done } from '../shared/report.ts';
import { poll } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import {
  baseImageError,
  findBaseImageError,
  findThrottling,
  retryThrottledOnce,
  Throttled,
} from './build-errors.ts';
import { withContextCopy } from './context.ts';
import type { Image } from './image.ts';
import type { Inputs } from './inputs.ts';
import { usesRepositoryPermissions } from './registry.ts';
import { type ImageState, imageToBuild, readDigest, readImageState } from './registry-image.ts';

interface TaskRun {
  runId: string;
  outputImages: { repository: string; tag: string; digest: string }[] | null;
}

/**
 * Builds the image if the registry does not have it, or if the caller is not allowed to read the registry's images.
 * @returns the digest (`sha256:…`) that the registry, or else this build, reports.
 */
export async function ensureWithTasks(image: Image, tools: Tools): Promise<Done<string>> {
  const { inputs, context } = image;
  const { digest, push } = await readImage(image, tools);
  if (digest) return alreadyThere(digest);

  const runId = await withContextCopy(context, inputs.temporaryFolder, copy =>
    retryThrottledOnce(`Build of ${inputs.repository}:${push[0]}`, tools, () =>
      build(image, push, copy, tools),
    ),
  );
  return created(await waitForDigest(inputs, push, runId, tools));
}

async function readImage({ inputs, tags, registryIsNew }: Image, { az, log }: Tools): Promise<ImageState> {
  if (registryIsNew) return imageToBuild(tags, true);
  try {
    return await readImageState(inputs, tags, az);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    log.info(
      `The action cannot read the images of registry ${quote(inputs.registryName)}, so it builds the image again: ${quote(firstLine(error))}`,
    );
    return imageToBuild(tags, false);
  }
}

function firstLine({ errorText }: CommandFailed): string {
  return harmless(errorText.split('\n')[0] ?? '').slice(0, 300);
}

async function waitForDigest(
  inputs: Inputs,
  tags: readonly string[],
  runId: string | undefined,
  { az, time, log, retrySeconds }: Tools,
): Promise<string> {
  let isReadable = true;
  const what = `Digest of ${inputs.repository}:${tags[0]}`;
  return poll<string>({ what, timeoutSeconds: retrySeconds, time, log }, async () => {
    if (isReadable) {
      try {
        const digest = await readDigest(inputs, tags, az);
        return digest ? { value: digest } : { state: 'the registry does not list it yet' };
      } catch (error) {
        if (!(error instanceof CommandFailed)) throw error;
        isReadable = false;
      }
    }
    const digest = await readDigestOfRun(inputs, tags, runId, az);
    return digest ? { value: digest } : { state: 'ACR Tasks does not list the build as succeeded yet' };
  });
}

/** @returns the ID of the run, if its log contains it. */
async function build(
  { inputs, registry, context }: Image,
  tags: readonly string[],
  copy: string,
  { az, log }: Tools,
): Promise<string | undefined> {
  const { registryName, group, repository } = inputs;
  // Without it, the build has no permissions in a registry with repository permissions.
  // https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
  const identity = usesRepositoryPermissions(registry) ? ['--source-acr-auth-id', '[caller]'] : [];
  let throttling: string | undefined;
  let missing: string | undefined;
  let runId: string | undefined;
  const onLine = (line: string) => {
    log.info(`| ${line.trimEnd()}`);
    throttling ??= findThrottling(line);
    missing ??= findBaseImageError(line);
    runId = /^Run ID: (\S+) was successful/.exec(line)?.[1] ?? runId;
  };
  try {
    await az(
      [
        ...['acr', 'build', '--registry', registryName, '--resource-group', group.name],
        ...tags.flatMap(tag => ['--image', `${repository}:${tag}`]),
        ...identity,
        ...['--file', context.dockerfile, copy],
      ],
      { onLine, env: { PYTHONUNBUFFERED: '1' } },
    );
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    const line = throttling ?? findThrottling(error.errorText);
    if (line !== undefined) throw new Throttled(line);
    missing ??= findBaseImageError(error.errorText);
    throw missing === undefined ? error : baseImageError(missing, context.dockerfile);
  }
  return runId;
}

/** True if Azure does not allow ACR Tasks in this subscription, such as one with free credit. */
export function areTasksRefused(error: unknown): boolean {
  return failedWith(error, 'acr-tasks-not-allowed');
}

/** Reads the digest from the run of this ID, or else from the newest successful run. */
async function readDigestOfRun(
  { registryName, repository, group }: Inputs,
  tags: readonly string[],
  runId: string | undefined,
  az: Az,
): Promise<string | undefined> {
  const runs = await az<TaskRun[]>([
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
