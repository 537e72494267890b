import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { isMapping } from './parser.ts';

type Level = 'none' | 'read' | 'write';

/** What the token of a job may do, by scope. What is not named is `none`. */
export type Permissions = Readonly<Record<string, Level>>;

/**
 * What a token may do where nothing is said: the restricted default of new repositories.
 * @see https://docs.github.com/actions/tutorials/authenticate-with-github_token#permissions-for-the-github_token
 */
export const defaultPermissions: Permissions = { contents: 'read', packages: 'read' };

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions */
const scopes = [
  'actions',
  'artifact-metadata',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'models',
  'packages',
  'pages',
  'pull-requests',
  'repository-projects',
  'security-events',
  'statuses',
];
const levels: readonly Level[] = ['none', 'read', 'write'];

/** Reads `permissions:`, a mapping or `read-all` or `write-all`; `undefined` where there is none. */
export function readPermissions(token: TemplateToken | undefined): Permissions | undefined {
  if (token === undefined) return undefined;
  if (isMapping(token)) {
    return Object.fromEntries(
      [...token].map(({ key, value }) => [key.toString(), value.toString() as Level]),
    );
  }
  const all = token.toString() === 'write-all' ? 'write' : 'read';
  return Object.fromEntries(
    scopes.map(scope => {
      // A token is asked for or it is not; models can only be read.
      if (scope === 'id-token') return [scope, all === 'write' ? 'write' : 'none'];
      return [scope, scope === 'models' ? 'read' : all];
    }),
  );
}

/**
 * What of the requested permissions goes beyond the allowed ones: `id-token: write` and `id-token: none`.
 * @returns `undefined` where nothing does
 */
export function findExcess(
  requested: Permissions,
  allowed: Permissions,
): { requested: string; allowed: string } | undefined {
  const level = (permissions: Permissions, scope: string) => permissions[scope] ?? 'none';
  const over = Object.keys(requested)
    .filter(scope => levels.indexOf(level(requested, scope)) > levels.indexOf(level(allowed, scope)))
    .sort();
  if (over.length === 0) return undefined;
  const list = (permissions: Permissions) =>
    over.map(scope => `${scope}: ${level(permissions, scope)}`).join(', ');
  return { requested: list(requested), allowed: list(allowed) };
}
