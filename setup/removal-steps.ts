import { distrustSubjects } from './azure/federated-credentials.ts';
import { madeEnvironment, revokeRoles } from './azure/role-assignments.ts';
import { deleteEnvironment } from './github/environment.ts';
import { deleteVariables } from './github/variables.ts';
import type { Step } from './steps.ts';
import type { World } from './setup-steps.ts';
import type { Wanted } from './settings.ts';

/**
 * What is taken back, the other way round, and what stays and why. Only what this command made is deleted: it is known
 * by tags, by the descriptions of role assignments, and by names.
 */
export function removalPlan(
  { identity, trusted, assignments, gitHub }: World,
  wanted: Wanted,
): { steps: Step[]; stays: string[] } {
  const { ids, credentials, ours } = identity;
  const none = { steps: [], stays: [] };
  const variables = gitHub ? deleteVariables(gitHub.variables, wanted, ids) : none;
  const made = madeEnvironment(assignments, wanted);
  const environment = gitHub ? deleteEnvironment(gitHub.environment, wanted, made) : none;
  return {
    steps: [
      ...variables.steps,
      ...environment.steps,
      ...revokeRoles(assignments, wanted, ids.principalId, ours),
      // They go with their identity.
      ...(ours ? [] : distrustSubjects(credentials, trusted, identity)),
      ...identity.remove(),
    ],
    stays: [
      ...variables.stays,
      ...environment.stays,
      ...identity.stays,
      'The registration of resource providers: it costs nothing, and others may count on it',
    ],
  };
}
