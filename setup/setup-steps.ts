import { otherSubjects, trustSubjects } from './azure/federated-credentials.ts';
import { type FoundIdentity, findIdentity } from './azure/identity.ts';
import { findProviders, registering, registerProviders } from './azure/resource-providers.ts';
import { type FoundAssignment, findAssignments, grantRoles, needlessRoles } from './azure/role-assignments.ts';
import {
  environmentNotes,
  type FoundEnvironment,
  findEnvironment,
  makeEnvironment,
} from './github/environment.ts';
import { type Repository, repositoryNotes } from './github/repository.ts';
import type { TrustedSubjects } from './github/subjects.ts';
import { type FoundVariables, findVariables, setVariables } from './github/variables.ts';
import type { Step, Tools } from './steps.ts';
import type { Wanted } from './settings.ts';

/** All that the plans are made from, as it was found. */
export interface World {
  readonly about: Repository;
  readonly trusted: TrustedSubjects;
  readonly identity: FoundIdentity;
  readonly assignments: readonly FoundAssignment[];
  readonly providers: ReadonlyMap<string, string>;
  /** Undefined without a token. */
  readonly gitHub: FoundInGitHub | undefined;
}

export interface FoundInGitHub {
  readonly environment: FoundEnvironment | undefined;
  readonly variables: FoundVariables;
}

/** Looks at everything; changes nothing. */
export async function look(
  { az, gitHub }: Tools,
  wanted: Wanted,
  { about, trusted }: Pick<World, 'about' | 'trusted'>,
): Promise<World> {
  const [identity, assignments, providers, found] = await Promise.all([
    findIdentity(az, wanted, trusted),
    findAssignments(az, wanted),
    findProviders(az, wanted),
    gitHub && Promise.all([findEnvironment(gitHub, wanted), findVariables(gitHub, wanted)]),
  ]);
  return {
    ...{ about, trusted, identity, assignments, providers },
    gitHub: found && { environment: found[0], variables: found[1] },
  };
}

/**
 * What is to be done, in order: the resource providers, the identity, whom it trusts, what it may do, and what the
 * workflows need to know of it.
 * @param audience of GitHub's tokens
 */
export function setUpPlan(
  { about, identity, trusted, assignments, providers, gitHub }: World,
  wanted: Wanted,
  audience: string,
): { steps: Step[]; notes: string[] } {
  const { ids, credentials } = identity;
  const makesEnvironment = gitHub !== undefined && gitHub.environment === undefined;
  const others = otherSubjects(credentials, trusted);
  const needless = needlessRoles(assignments, ids.principalId);
  return {
    steps: [
      ...registerProviders(providers, wanted),
      ...identity.setUp(),
      ...trustSubjects(credentials, trusted, audience, identity),
      ...grantRoles(assignments, wanted, ids.principalId, makesEnvironment),
      ...(gitHub
        ? [
            makeEnvironment(gitHub.environment, wanted, about.defaultBranch),
            ...setVariables(gitHub.variables, wanted, ids),
          ]
        : []),
    ],
    notes: [
      ...identity.notes,
      ...environmentNotes(gitHub?.environment, wanted),
      ...repositoryNotes(about),
      ...registering(providers).map(
        namespace => `The resource provider ${namespace} is still registering. Azure ends that by itself.`,
      ),
      ...(others.length > 0
        ? [`The identity also trusts, which this command did not ask for: ${others.join('; ')}`]
        : []),
      ...(needless.length > 0
        ? [`The identity also has roles that labs do not need: ${needless.join(', ')}`]
        : []),
    ],
  };
}
