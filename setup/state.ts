import { findAppRegistration } from './azure/app-registration.ts';
import type { FoundIdentity } from './azure/identity.ts';
import { findManagedIdentity } from './azure/managed-identity.ts';
import { type ProviderStates, readProviderStates } from './azure/resource-providers.ts';
import { type FoundAssignment, findAssignments } from './azure/role-assignments.ts';
import { type FoundEnvironment, findEnvironment } from './github/environment.ts';
import type { Repository } from './github/repository.ts';
import type { TrustedSubjects } from './github/subjects.ts';
import { type FoundVariables, findVariables } from './github/variables.ts';
import type { Settings } from './settings.ts';
import type { SetupContext } from './steps.ts';

export interface SetupState {
  readonly repository: Repository;
  readonly trusted: TrustedSubjects;
  readonly identity: FoundIdentity;
  readonly assignments: readonly FoundAssignment[];
  readonly providers: ProviderStates;
  /** Undefined without a token. */
  readonly gitHub:
    | { readonly environment: FoundEnvironment | undefined; readonly variables: FoundVariables }
    | undefined;
}

/** Changes nothing. */
export async function readState(
  { az, gitHub }: SetupContext,
  settings: Settings,
  { repository, trusted }: Pick<SetupState, 'repository' | 'trusted'>,
): Promise<SetupState> {
  const [identity, assignments, providers, found] = await Promise.all([
    settings.identity.kind === 'user-assigned'
      ? findManagedIdentity(az, settings)
      : findAppRegistration(az, settings, trusted),
    findAssignments(az, settings),
    readProviderStates(az, settings),
    gitHub && Promise.all([findEnvironment(gitHub, settings), findVariables(gitHub, settings)]),
  ]);
  return {
    ...{ repository, trusted, identity, assignments, providers },
    gitHub: found && { environment: found[0], variables: found[1] },
  };
}
