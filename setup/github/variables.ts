import { quote } from '../../actions/shared/quote.ts';
import type { Settings } from '../settings.ts';
import { type IdentityIds, type Step, unchangedStep } from '../steps.ts';
import { type GitHubClient, lookUpGitHub } from './client.ts';
import { gitHubOperation, repositoryParameters } from './operations.ts';

const WHAT = 'GitHub variable';
const VARIABLES = '/repos/{owner}/{repo}/actions/variables';
const VARIABLE = `${VARIABLES}/{name}`;

export type FoundVariables = ReadonlyMap<string, string>;

/** Of the repository, not of the environment: conditions of jobs read them too. */
export const VARIABLE_NAMES = ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_SUBSCRIPTION_ID'] as const;

/** Not secrets: they grant nothing, and a runner drops outputs that contain a secret. */
export function variableValues(
  { subscription }: Settings,
  { clientId }: Pick<IdentityIds, 'clientId'>,
): Readonly<Record<(typeof VARIABLE_NAMES)[number], string>> {
  return {
    AZURE_CLIENT_ID: clientId,
    AZURE_TENANT_ID: subscription.tenantId,
    AZURE_SUBSCRIPTION_ID: subscription.id,
  };
}

export async function findVariables(gitHub: GitHubClient, settings: Settings): Promise<FoundVariables> {
  const found = new Map<string, string>();
  for (const name of VARIABLE_NAMES) {
    const request = gitHub<{ value: string }>(`GET ${VARIABLE}`, { ...repositoryParameters(settings), name });
    const variable = await lookUpGitHub(request);
    if (variable) found.set(name, variable.value);
  }
  return found;
}

export function planVariables(found: FoundVariables, settings: Settings, ids: Partial<IdentityIds>): Step[] {
  // Never matches before the identity exists.
  const expected = variableValues(settings, { clientId: ids.clientId ?? '' });
  return VARIABLE_NAMES.map((name): Step => {
    const value = found.get(name);
    if (value === expected[name]) return unchangedStep(WHAT, name);
    const parameters = (known: IdentityIds) => ({
      ...repositoryParameters(settings),
      name,
      value: variableValues(settings, known)[name],
    });
    if (value === undefined)
      return {
        what: WHAT,
        name,
        change: 'create',
        operations: [gitHubOperation(`POST ${VARIABLES}`, parameters)],
      };
    const operations = [gitHubOperation(`PATCH ${VARIABLE}`, parameters)];
    return { what: WHAT, name, change: 'update', reason: `its value is ${quote(value)}`, operations };
  });
}

/** Only variables with the values of this identity. */
export function planVariableDeletion(
  found: FoundVariables,
  settings: Settings,
  ids: Partial<IdentityIds>,
): { steps: Step[]; kept: string[] } {
  const isOwned = ids.clientId !== undefined && found.get('AZURE_CLIENT_ID') === ids.clientId;
  const expected = variableValues(settings, { clientId: ids.clientId ?? '' });
  const existing = VARIABLE_NAMES.filter(name => found.has(name));
  const deleted = existing.filter(name => isOwned && found.get(name) === expected[name]);
  return {
    steps: deleted.map(name => {
      const operations = [
        gitHubOperation(`DELETE ${VARIABLE}`, () => ({ ...repositoryParameters(settings), name })),
      ];
      return { what: WHAT, name, change: 'delete', operations };
    }),
    kept: existing
      .filter(name => !deleted.includes(name))
      .map(name => `${WHAT} ${name}: it belongs to another identity (${quote(found.get(name)!)})`),
  };
}
