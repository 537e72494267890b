import { quote } from '../actions/shared/quote.ts';
import { listOtherSubjects, trustSubjects } from './azure/federated-credentials.ts';
import { listRegistering, registerProviders } from './azure/resource-providers.ts';
import { grantRoles, listUnneededRoles } from './azure/role-assignments.ts';
import { environmentNotes, planEnvironment } from './github/environment.ts';
import { repositoryNotes } from './github/repository.ts';
import { planVariables } from './github/variables.ts';
import type { Settings } from './settings.ts';
import type { SetupState } from './state.ts';
import type { Step } from './steps.ts';

/** @param audience of GitHub's tokens */
export function planSetup(
  { repository, identity, trusted, assignments, providers, gitHub }: SetupState,
  settings: Settings,
  audience: string,
): { steps: Step[]; notes: string[] } {
  const { ids, credentials } = identity;
  const createsEnvironment = gitHub !== undefined && gitHub.environment === undefined;
  const others = listOtherSubjects(credentials, trusted);
  const unneeded = listUnneededRoles(assignments, ids.principalId);
  return {
    steps: [
      ...registerProviders(providers, settings),
      ...identity.planCreation(),
      ...trustSubjects(credentials, trusted, audience, identity),
      ...grantRoles(assignments, settings, ids.principalId, createsEnvironment),
      ...(gitHub
        ? [
            planEnvironment(gitHub.environment, settings, repository.defaultBranch),
            ...planVariables(gitHub.variables, settings, ids),
          ]
        : []),
    ],
    notes: [
      ...identity.notes,
      ...environmentNotes(gitHub?.environment, settings),
      ...repositoryNotes(repository),
      ...listRegistering(providers).map(
        namespace =>
          `The resource provider ${namespace} is still registering. Azure completes the registration.`,
      ),
      ...(others.length > 0
        ? [`The identity has other federated credentials. Check them: ${others.join('; ')}`]
        : []),
      ...(unneeded.length > 0
        ? [`The identity has roles that labs do not need: ${unneeded.map(quote).join(', ')}`]
        : []),
    ],
  };
}
