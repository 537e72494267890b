import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { isMapping } from './parser.ts';

type Level = 'none' | 'read' | 'write';

/** A missing scope means `none`. */
export type Permissions = Readonly<Record<string, Level>>;

/**
 * The restricted default of new repositories.
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

/** Reads `permissions:`, which is a mapping, `read-all`, or `write-all`. @returns undefined if it is missing */
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
      if (scope === 'id-token') return [scope, all === 'write' ? 'write' : 'none'];
      return [scope, scope === 'models' ? 'read' : all];
    }),
  );
}

/** Example: `id-token: write` and `id-token: none`. Undefined without excess. */
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
