import { randomBytes } from 'node:crypto';
import type { Az } from '../shared/az.ts';
import { findResource } from '../shared/az.ts';
import { ActionFailed } from '../shared/failures.ts';
import { quote } from '../shared/quote.ts';
import type { ImageTags } from './image.ts';
import type { Inputs } from './inputs.ts';

interface RegistryTag {
  digest: string;
  changeableAttributes?: { writeEnabled?: boolean | null } | null;
}

export interface ImageState {
  /** Digest of the image with this content and the requested tag; undefined if it must be built. */
  digest: string | undefined;
  /** An existing tag is included only if the user named it. */
  push: readonly string[];
}

/** @param isVisible false if the caller cannot read the registry's images. */
export function imageToBuild(tags: ImageTags, isVisible: boolean): ImageState {
  return { digest: undefined, push: pushTags(tags, !isVisible) };
}

/**
 * Reads the registry, because the history of builds does not show what was deleted or moved since.
 * The image of a named tag has this content if its manifest also has a tag of this content.
 * @throws {ActionFailed} if the named tag must move and is locked; {CommandFailed} if the registry cannot be read.
 */
export async function readImageState(inputs: Inputs, tags: ImageTags, az: Az): Promise<ImageState> {
  const content = await readTag(inputs, tags.content, az);
  if (tags.named === '')
    return content ? { digest: content.digest, push: [] } : { digest: undefined, push: [tags.content] };
  const named = await readTag(inputs, tags.named, az);
  if (named && (await isOfContent(named, content, inputs, tags, az)))
    return { digest: named.digest, push: [] };
  if (named?.changeableAttributes?.writeEnabled === false)
    throw lockedTagError(inputs, tags.named, named.digest);
  return { digest: undefined, push: pushTags(tags, content !== undefined) };
}

/** @param isTaken the tag of the content exists, or might exist. Its image must not lose it. */
function pushTags({ content, named }: ImageTags, isTaken: boolean): string[] {
  const free = isTaken ? `${content}_${randomBytes(4).toString('hex')}` : content;
  return [free, ...(named ? [named] : [])];
}

async function isOfContent(
  named: RegistryTag,
  content: RegistryTag | undefined,
  { registryName, repository }: Inputs,
  tags: ImageTags,
  az: Az,
): Promise<boolean> {
  if (named.digest === content?.digest) return true;
  const image = ['--name', registryName, '--image', `${repository}@${named.digest}`];
  const manifest = await findResource<{ tags?: string[] | null }>(az, [
    'acr',
    'repository',
    'show',
    ...image,
  ]);
  return (manifest?.tags ?? []).some(tag => tag.startsWith(`${tags.content}_`));
}

function readTag(
  { registryName, repository }: Inputs,
  tag: string,
  az: Az,
): Promise<RegistryTag | undefined> {
  const image = ['--name', registryName, '--image', `${repository}:${tag}`];
  return findResource<RegistryTag>(az, ['acr', 'repository', 'show', ...image]);
}

function lockedTagError({ registryName, repository }: Inputs, tag: string, digest: string): ActionFailed {
  const image = `${repository}:${tag}`;
  return new ActionFailed(
    `Tag ${quote(image)} in registry ${quote(registryName)} is locked and points to a different image, ${quote(digest)}.`,
    `Choose another tag, or unlock this one:\n  az acr repository update --name ${registryName} --image ${image} --write-enabled true`,
    'https://learn.microsoft.com/azure/container-registry/container-registry-image-lock',
  );
}

/** @returns undefined if a tag does not exist, or if the tags point to different images. */
export async function readDigest(
  inputs: Inputs,
  tags: readonly string[],
  az: Az,
): Promise<string | undefined> {
  const digests = new Set<string | undefined>();
  for (const tag of tags) digests.add((await readTag(inputs, tag, az))?.digest);
  return digests.size === 1 ? [...digests][0] : undefined;
}
