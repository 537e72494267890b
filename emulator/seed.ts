import { randomUUID } from 'node:crypto';
import { type PrincipalType, platformAssignment } from './arm/authorization/authorization.ts';
import { roleNamed } from './arm/authorization/role-definitions.ts';
import type { Arm } from './arm/index.ts';
import { locationNames } from './arm/locations.ts';
import type { EmulatorContext } from './context.ts';
import type { ServicePrincipal, User } from './entra/directory.ts';
import { githubIssuer } from './github/github.ts';

/** Signs in with a device code and owns the subscription. */
export function seedUser(context: EmulatorContext): User {
  const user = context.directory.add<User>({
    kind: 'User',
    objectId: randomUUID(),
    displayName: 'Lab User',
    userPrincipalName: 'lab-user@workload-identity-lab.onmicrosoft.com',
  });
  assign(context, user.objectId, 'User', 'Owner');
  return user;
}

/**
 * As `npm run setup-azure`: an identity in a resource group that no lab deletes. It trusts GitHub's tokens, is
 * Contributor, and is allowed to assign the roles of labs.
 */
export function seedDeployer(
  context: EmulatorContext,
  arm: Arm,
  subjects: readonly string[],
): ServicePrincipal {
  const { name: resourceGroup, location } = arm.groups.create({
    name: 'lab-trust',
    location: locationNames(context.cloud)[0]!,
  });
  const { principal } = arm.identities.create({ resourceGroup, name: 'lab-deployer', location });
  principal.federatedCredentials = subjects.map((subject, index) => ({
    name: `github-${index + 1}`,
    issuer: githubIssuer,
    subject,
    audiences: [context.cloud.tokenExchange],
    effectiveAt: 0,
  }));
  assign(context, principal.objectId, 'ServicePrincipal', 'Contributor');
  const administrator = 'Role Based Access Control Administrator';
  assign(context, principal.objectId, 'ServicePrincipal', administrator, labRolesOnly());
  return principal;
}

const labRoles = [
  'Key Vault Secrets Officer',
  'Key Vault Secrets User',
  'AcrPull',
  'Container Registry Repository Reader',
];

/** Only these roles, and only to service principals. */
function labRolesOnly(): string {
  const roles = labRoles
    .map(name => roleNamed(name).id)
    .sort()
    .join(', ');
  const half = (verb: string, source: string) => {
    const attribute = `@${source}[Microsoft.Authorization/roleAssignments:`;
    return `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})) OR (${attribute}RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roles}} AND ${attribute}PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))`;
  };
  return `${half('write', 'Request')} AND ${half('delete', 'Resource')}`;
}

/** Effective immediately. */
function assign(
  context: EmulatorContext,
  principalId: string,
  principalType: PrincipalType,
  role: string,
  condition?: string,
): void {
  const scope = `/subscriptions/${context.subscriptionId}`;
  context.authorization.assign(
    platformAssignment({
      ...{ scope, principalId, principalType, roleId: roleNamed(role).id },
      ...(condition && { condition }),
    }),
  );
}
