import type { BuildContext } from './context.ts';
import type { Inputs } from './inputs.ts';
import type { Registry } from './registry.ts';

export interface Image {
  inputs: Inputs;
  registry: Registry;
  /** This run created the registry, so it has no image. */
  registryIsNew: boolean;
  context: BuildContext;
  tags: ImageTags;
}

export interface ImageTags {
  /** Derived from the content, so that the same content is built once. */
  content: string;
  /** The input tag; '' if empty. */
  named: string;
}

/** Without a digest of the base image, the tag contains a date: a rebuild after some days gets fixes of the base image. */
export function tagsOf(
  { tag, rebuildAfterDays }: Inputs,
  { digest, basesArePinned }: BuildContext,
  now = new Date(),
): ImageTags {
  const content = digest.slice(0, 16);
  if (basesArePinned) return { content, named: tag };
  const day = 86_400_000 * rebuildAfterDays;
  const periodStart = new Date(Math.floor(now.getTime() / day) * day).toISOString().slice(0, 10);
  return { content: `${content}_${periodStart.replaceAll('-', '')}`, named: tag };
}
