import { type Ids, nothingToDo, type Step } from '../steps.ts';
import type { Wanted } from '../settings.ts';
import { type GitHub, gitHubCall, lookUpGitHub } from './client.ts';
import { place } from './operations.ts';

const WHAT = 'GitHub variable';
const all = '/repos/{owner}/{repo}/actions/variables';
const one = `${all}/{name}`;

/** The values of the variables that are there, by name. */
export type FoundVariables = ReadonlyMap<string, string>;

/** What the workflows log in with. Of the repository, because conditions of jobs ask for them too. */
export const NAMES = ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_SUBSCRIPTION_ID'] as const;

/**
 * The values of the variables. They are variables, not secrets: none of them opens anything, and a runner drops every
 * output that holds a secret.
 */
export function variables(
  { subscription }: Wanted,
  { clientId }: Pick<Ids, 'clientId'>,
): Readonly<Record<(typeof NAMES)[number], string>> {
  return {
    AZURE_CLIENT_ID: clientId,
    AZURE_TENANT_ID: subscription.tenantId,
    AZURE_SUBSCRIPTION_ID: subscription.id,
  };
}

export async function findVariables(gitHub: GitHub, wanted: Wanted): Promise<FoundVariables> {
  const found = new Map<string, string>();
  for (const name of NAMES) {
    const request = gitHub<{ value: string }>(`GET ${one}`, { ...place(wanted), name });
    const variable = await lookUpGitHub(request);
    if (variable) found.set(name, variable.value);
  }
  return found;
}

/** @param ids of the identity, where it is there */
export function setVariables(found: FoundVariables, wanted: Wanted, ids: Partial<Ids>): Step[] {
  // An identity that is not there yet has an id that no variable can have.
  const expected = variables(wanted, { clientId: ids.clientId ?? '' });
  return NAMES.map((name): Step => {
    const there = found.get(name);
    if (there === expected[name]) return nothingToDo(WHAT, name);
    const parameters = (known: Ids) => ({ ...place(wanted), name, value: variables(wanted, known)[name] });
    if (there === undefined)
      return { what: WHAT, name, does: 'create', calls: [gitHubCall(`POST ${all}`, parameters)] };
    const calls = [gitHubCall(`PATCH ${one}`, parameters)];
    return { what: WHAT, name, does: 'change', because: `it is ${there}`, calls };
  });
}

/** Deletes them where they are this identity's. */
export function deleteVariables(
  found: FoundVariables,
  wanted: Wanted,
  ids: Partial<Ids>,
): { steps: Step[]; stays: string[] } {
  const ours = ids.clientId !== undefined && found.get('AZURE_CLIENT_ID') === ids.clientId;
  const expected = variables(wanted, { clientId: ids.clientId ?? '' });
  const there = NAMES.filter(name => found.has(name));
  const gone = there.filter(name => ours && found.get(name) === expected[name]);
  return {
    steps: gone.map(name => {
      const calls = [gitHubCall(`DELETE ${one}`, () => ({ ...place(wanted), name }))];
      return { what: WHAT, name, does: 'delete', calls };
    }),
    stays: there
      .filter(name => !gone.includes(name))
      .map(name => `${WHAT} ${name}: it belongs to another identity (${found.get(name)})`),
  };
}
