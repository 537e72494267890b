import { type Call, type Ids, nothingToDo, type Step } from '../plan.ts';
import { quoted } from '../quoted.ts';
import type { Wanted } from '../wanted.ts';
import { type GitHub, gitHubCall, lookUpGitHub } from './client.ts';

/** What a repository has of the settings that the workflows need. */
export interface FoundSettings {
  /** Undefined where there is none. */
  readonly environment: { readonly protection_rules?: readonly unknown[] } | undefined;
  /** The values of the repository's variables, by name. */
  readonly variables: ReadonlyMap<string, string>;
}

const ENVIRONMENT = 'GitHub environment';
const VARIABLE = 'GitHub variable';

/**
 * The variables of the repository that the workflows log in with. Variables, not secrets: none of them opens anything,
 * and a runner drops every output that holds a secret.
 */
export function variables(
  { subscription }: Wanted,
  { clientId }: Pick<Ids, 'clientId'>,
): Readonly<Record<string, string>> {
  return {
    AZURE_CLIENT_ID: clientId,
    AZURE_TENANT_ID: subscription.tenantId,
    AZURE_SUBSCRIPTION_ID: subscription.id,
  };
}

const NAMES = ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_SUBSCRIPTION_ID'] as const;

/** Where in the API the repository is. */
function place({ repository: { owner, name } }: Wanted): { owner: string; repo: string } {
  return { owner, repo: name };
}

const oneEnvironment = '/repos/{owner}/{repo}/environments/{environment_name}';
const allVariables = '/repos/{owner}/{repo}/actions/variables';
const oneVariable = `${allVariables}/{name}`;

export async function findSettings(gitHub: GitHub, wanted: Wanted): Promise<FoundSettings> {
  const found = new Map<string, string>();
  for (const name of NAMES) {
    const request = gitHub<{ value: string }>(`GET ${oneVariable}`, { ...place(wanted), name });
    const variable = await lookUpGitHub(request);
    if (variable) found.set(name, variable.value);
  }
  const environment = gitHub<{ protection_rules?: unknown[] }>(`GET ${oneEnvironment}`, {
    ...place(wanted),
    environment_name: wanted.environment,
  });
  return { environment: await lookUpGitHub(environment), variables: found };
}

/** Makes the environment, and sets the variables. An environment that is there keeps its rules. */
export function setUpGitHub(found: FoundSettings, wanted: Wanted, ids: Partial<Ids>): Step[] {
  const { environment } = wanted;
  const makeEnvironment = gitHubCall(`PUT ${oneEnvironment}`, () => ({
    ...place(wanted),
    environment_name: environment,
  }));
  return [
    found.environment
      ? nothingToDo(ENVIRONMENT, environment)
      : { what: ENVIRONMENT, name: environment, does: 'create', calls: [makeEnvironment] },
    ...NAMES.map(name => setVariable(name, found, wanted, ids)),
  ];
}

function setVariable(
  name: (typeof NAMES)[number],
  found: FoundSettings,
  wanted: Wanted,
  ids: Partial<Ids>,
): Step {
  const value = (known: Ids) => variables(wanted, known)[name];
  const there = found.variables.get(name);
  if (there === undefined) {
    const call = gitHubCall(`POST ${allVariables}`, known => ({
      ...place(wanted),
      name,
      value: value(known),
    }));
    return { what: VARIABLE, name, does: 'create', calls: [call] };
  }
  // An identity that is not there yet has an id that no variable can have.
  if (there === variables(wanted, { clientId: ids.clientId ?? '' })[name]) return nothingToDo(VARIABLE, name);
  const call = gitHubCall(`PATCH ${oneVariable}`, known => ({ ...place(wanted), name, value: value(known) }));
  return { what: VARIABLE, name, does: 'change', because: `it is ${there}`, calls: [call] };
}

/**
 * Deletes the variables where they are this identity's, and the environment where this command made it and nobody has
 * given it rules since.
 * @param madeEnvironment whether this command made it
 */
export function removeFromGitHub(
  found: FoundSettings,
  wanted: Wanted,
  ids: Partial<Ids>,
  madeEnvironment: boolean,
): { steps: Step[]; stays: string[] } {
  const ours = ids.clientId !== undefined && found.variables.get('AZURE_CLIENT_ID') === ids.clientId;
  const expected = variables(wanted, { clientId: ids.clientId ?? '' });
  const steps: Step[] = [];
  const stays: string[] = [];
  for (const [name, value] of found.variables) {
    if (ours && value === expected[name]) {
      const call = gitHubCall(`DELETE ${oneVariable}`, () => ({ ...place(wanted), name }));
      steps.push(deletion(VARIABLE, name, call));
    } else stays.push(`${VARIABLE} ${name}: it belongs to another identity (${value})`);
  }
  const { environment } = wanted;
  const rules = found.environment?.protection_rules ?? [];
  if (found.environment && madeEnvironment && rules.length === 0) {
    const call = gitHubCall(`DELETE ${oneEnvironment}`, () => ({
      ...place(wanted),
      environment_name: environment,
    }));
    steps.push(deletion(ENVIRONMENT, environment, call));
  } else if (found.environment) {
    stays.push(
      `${ENVIRONMENT} ${environment}: ${madeEnvironment ? 'it has been given rules' : 'not made by this command'}`,
    );
  }
  return { steps, stays };
}

function deletion(what: string, name: string, call: Call): Step {
  return { what, name, does: 'delete', calls: [call] };
}

/** The commands of gh that do by hand what a token would have done here. */
export function byHand(wanted: Wanted, ids: Ids): string {
  const { repository, environment } = wanted;
  const api = `repos/${repository.fullName}/environments/${encodeURIComponent(environment)}`;
  return [
    ['gh', 'api', '--silent', '--method', 'PUT', api],
    ...Object.entries(variables(wanted, ids)).map(([name, value]) => [
      ...['gh', 'variable', 'set', name, '--repo', repository.fullName, '--body', value],
    ]),
  ]
    .map(command => `    ${command.map(quoted).join(' ')}`)
    .join('\n');
}

/** The same for taking it back. */
export function byHandRemoval({ repository, environment }: Wanted): string {
  const api = `repos/${repository.fullName}/environments/${encodeURIComponent(environment)}`;
  return [
    ...NAMES.map(name => ['gh', 'variable', 'delete', name, '--repo', repository.fullName]),
    ['gh', 'api', '--silent', '--method', 'DELETE', api],
  ]
    .map(command => `    ${command.map(quoted).join(' ')}`)
    .join('\n');
}
