import type { Settings } from '../settings.ts';
import type { IdentityIds, Operation } from '../steps.ts';
import { formatRequest } from './client.ts';

export function gitHubOperation(
  route: string,
  parameters: (ids: IdentityIds) => Readonly<Record<string, unknown>>,
): Operation {
  return {
    show: ids => `GitHub API: ${formatRequest(route, parameters(ids))}`,
    run: async (ids, { gitHub }) => {
      await gitHub!(route, parameters(ids));
      return {};
    },
  };
}

export function repositoryParameters({ repository: { owner, name } }: Settings): {
  owner: string;
  repo: string;
} {
  return { owner, repo: name };
}
