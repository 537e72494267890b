/** A page in docs/ of the repository that this action comes from, as it was at the version in use. */
export function documentation(environment: NodeJS.ProcessEnv, page = 'troubleshooting.md'): string {
  const repository = environment.GITHUB_ACTION_REPOSITORY || environment.GITHUB_REPOSITORY;
  if (!repository) return `docs/${page}`;
  const server = environment.GITHUB_SERVER_URL || 'https://github.com';
  const version = environment.GITHUB_ACTION_REF || environment.GITHUB_SHA || 'HEAD';
  return `${server}/${repository}/blob/${version}/docs/${page}`;
}
