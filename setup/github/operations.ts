import type { Wanted } from '../settings.ts';

/** Where in GitHub's API the repository is. */
export function place({ repository: { owner, name } }: Wanted): { owner: string; repo: string } {
  return { owner, repo: name };
}
