import { distrustSubjects } from './azure/federated-credentials.ts';
import { hasCreatedEnvironment, revokeRoles } from './azure/role-assignments.ts';
import { planEnvironmentDeletion } from './github/environment.ts';
import { planVariableDeletion } from './github/variables.ts';
import type { Settings } from './settings.ts';
import type { SetupState } from './state.ts';
import type { Step } from './steps.ts';

/**
 * In the reverse order of the setup. Deletes only what this command created. The proof is a tag,
 * the description of a role assignment, or a value.
 */
export function planRemoval(
  { identity, trusted, assignments, gitHub }: SetupState,
  settings: Settings,
): { steps: Step[]; kept: string[] } {
  const { ids, credentials, isOwned } = identity;
  const none = { steps: [], kept: [] };
  const variables = gitHub ? planVariableDeletion(gitHub.variables, settings, ids) : none;
  const environment = gitHub
    ? planEnvironmentDeletion(gitHub.environment, settings, hasCreatedEnvironment(assignments, settings))
    : none;
  return {
    steps: [
      ...variables.steps,
      ...environment.steps,
      ...revokeRoles(assignments, settings, ids.principalId, isOwned),
      // Azure deletes the credentials with their identity.
      ...(isOwned ? [] : distrustSubjects(credentials, trusted, identity)),
      ...identity.planDeletion(),
    ],
    kept: [
      ...variables.kept,
      ...environment.kept,
      ...identity.kept,
      'Registrations of resource providers: they are free, and other resources might need them',
    ],
  };
}
