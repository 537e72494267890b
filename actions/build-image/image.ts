import type { BuildContext } from './context.ts';
import type { Inputs } from './inputs.ts';
import type { Registry } from './registry.ts';

/** What is to be built, and where it goes. */
export interface Image {
  inputs: Inputs;
  registry: Registry;
  context: BuildContext;
  /** Under each of them it is to be found afterwards. */
  tags: readonly string[];
}

/**
 * The image's tags. It is named for its content, whatever else it is called: so the same content is known, and built once.
 */
export function tagsOf({ tag }: Inputs, { digest }: BuildContext): string[] {
  return [digest.slice(0, 16), ...(tag ? [tag] : [])];
}
