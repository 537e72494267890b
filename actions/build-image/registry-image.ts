import { randomBytes } from 'node:crypto';
import type { Az } from '../shared/az.ts';
import { findResource } from '../shared/az.ts';
import { ActionFailed } from '../shared/failures.ts';
import type { ImageTags } from './image.ts';
import type { Inputs } from './inputs.ts';

/** A tag as the registry shows it. */
interface ShownTag {
  digest: string;
  changeableAttributes?: { writeEnabled?: boolean | null } | null;
}

/** What the registry holds now. */
export interface FoundImage {
  /** Of the image of this content, under the requested tag; undefined if it must be built. */
  digest: string | undefined;
  /** The tags to push it under. A tag that exists is among them only if the user named it. */
  push: readonly string[];
}

/** For a registry without the image, or one whose images are not visible. */
export function notFound(tags: ImageTags, visible: boolean): FoundImage {
  return { digest: undefined, push: pushTags(tags, !visible) };
}

/**
 * Looks the image up in the registry itself: the history of builds says what was pushed once, and not what has been
 * deleted or moved since. Under a tag that the user named, the image is the wanted one if the same manifest also has a tag
 * of this content.
 * @throws {ActionFailed} where the named tag must move and is locked; {CommandFailed} where the registry cannot be read.
 */
export async function findImage(inputs: Inputs, tags: ImageTags, az: Az): Promise<FoundImage> {
  const content = await showTag(inputs, tags.content, az);
  if (tags.named === '')
    return content ? { digest: content.digest, push: [] } : { digest: undefined, push: [tags.content] };
  const named = await showTag(inputs, tags.named, az);
  if (named && (await isOfContent(named, content, inputs, tags, az)))
    return { digest: named.digest, push: [] };
  if (named?.changeableAttributes?.writeEnabled === false) throw locked(inputs, tags.named, named.digest);
  return { digest: undefined, push: pushTags(tags, content !== undefined) };
}

/** @param isTaken whether the content's own tag exists, or may exist; its image must not lose it. */
function pushTags({ content, named }: ImageTags, isTaken: boolean): string[] {
  const free = isTaken ? `${content}_${randomBytes(4).toString('hex')}` : content;
  return [free, ...(named ? [named] : [])];
}

async function isOfContent(
  named: ShownTag,
  content: ShownTag | undefined,
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

function showTag({ registryName, repository }: Inputs, tag: string, az: Az): Promise<ShownTag | undefined> {
  const image = ['--name', registryName, '--image', `${repository}:${tag}`];
  return findResource<ShownTag>(az, ['acr', 'repository', 'show', ...image]);
}

function locked({ registryName, repository }: Inputs, tag: string, digest: string): ActionFailed {
  const image = `${repository}:${tag}`;
  return new ActionFailed(
    `Tag "${image}" in registry ${registryName} is locked, and is another image (${digest}) than the one to build.`,
    `Unlock it (az acr repository update --name ${registryName} --image ${image} --write-enabled true), or choose another tag.`,
    'https://learn.microsoft.com/azure/container-registry/container-registry-image-lock',
  );
}

/**
 * The digest that the registry shows for all these tags.
 * @returns undefined if one is missing, or they are of different images.
 */
export async function pushedDigest(
  inputs: Inputs,
  tags: readonly string[],
  az: Az,
): Promise<string | undefined> {
  const digests = new Set<string | undefined>();
  for (const tag of tags) digests.add((await showTag(inputs, tag, az))?.digest);
  return digests.size === 1 ? [...digests][0] : undefined;
}
