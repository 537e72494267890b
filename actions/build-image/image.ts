import type { BuildContext } from './context.ts';
import type { Inputs } from './inputs.ts';
import type { Registry } from './registry.ts';

/** What to build, and where it goes. */
export interface Image {
  inputs: Inputs;
  registry: Registry;
  /** Whether the registry was created just now, and so holds no image. */
  registryIsNew: boolean;
  context: BuildContext;
  tags: ImageTags;
}

export interface ImageTags {
  /** Derived from the content: the same content is recognized, and built once. */
  content: string;
  /** The user's own, or ''. */
  named: string;
}

/**
 * The image's tags. Where a base image is not named by its digest, the content's tag also holds a date, so that the image
 * is rebuilt after some days and gets the fixes of its base.
 */
export function tagsOf(
  { tag, rebuildAfterDays }: Inputs,
  { digest, basesArePinned }: BuildContext,
  now = new Date(),
): ImageTags {
  const content = digest.slice(0, 16);
  if (basesArePinned) return { content, named: tag };
  const day = 86_400_000 * rebuildAfterDays;
  const since = new Date(Math.floor(now.getTime() / day) * day).toISOString().slice(0, 10);
  return { content: `${content}_${since.replaceAll('-', '')}`, named: tag };
}
