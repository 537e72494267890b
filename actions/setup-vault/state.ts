import { type Az, findResource } from '../shared/az.ts';
import { type LoggedInIdentity, readLoggedInIdentity } from '../shared/logged-in-identity.ts';
import { isLabOwned } from '../shared/ownership.ts';
import type { RequiredPermission, StateRequirements } from '../shared/preflight.ts';
import { quote } from '../shared/quote.ts';
import { CREATE_GROUP } from '../shared/resource-group.ts';
import { hasPolicy } from './access-policies.ts';
import { type DeletedVault, findDeletedVault, problemWithDeletedVault } from './deleted-vault.ts';
import type { Inputs } from './inputs.ts';
import { hasRole } from './role-assignments.ts';
import { readPermission, writePermission } from './secret-permissions.ts';
import { accessModelOf, findGroupOfVault, findVault, type Vault } from './vault.ts';

export interface State {
  caller: LoggedInIdentity;
  vault: Vault | undefined;
  deleted: DeletedVault | undefined;
}

export async function readState(inputs: Inputs, az: Az): Promise<State> {
  const [vault, caller] = await Promise.all([findVault(inputs, az), readLoggedInIdentity(az)]);
  const deleted = vault || !inputs.create ? undefined : await findDeletedVault(inputs.vaultName, az);
  return { caller, vault, deleted };
}

export async function checkState(inputs: Inputs, state: State, az: Az): Promise<StateRequirements> {
  const { vault, deleted } = state;
  const problem = deleted && problemWithDeletedVault(deleted, inputs);
  return {
    permissions: [
      ...(vault ? [] : permissionsToCreate(inputs, deleted, az)),
      ...permissionsToGrant(inputs, state, az),
    ],
    problems: [
      ...(vault || inputs.create ? [] : [await vaultMissing(inputs, az)]),
      ...(problem ? [problem] : []),
    ],
  };
}

async function vaultMissing({ vaultName, group }: Inputs, az: Az): Promise<string> {
  const otherGroup = await findGroupOfVault(vaultName, az);
  const observed = `Key vault ${quote(vaultName)} does not exist in resource group ${quote(group.name)}, and create is false.`;
  return otherGroup
    ? `${observed} It is in resource group ${quote(otherGroup)}: set resource-group: ${otherGroup}.`
    : `${observed} Correct the names, or set create: true.`;
}

function permissionsToCreate(
  { group, create, softDeleted }: Inputs,
  deleted: DeletedVault | undefined,
  az: Az,
): RequiredPermission[] {
  if (!create) return [];
  const groupExists = async () =>
    (await findResource(az, ['group', 'show', '--name', group.name, '--query', 'id'])) !== undefined;
  const purge: RequiredPermission = {
    action: 'Microsoft.KeyVault/locations/deletedVaults/purge/action',
    resourceGroup: '',
    remedy: 'Key Vault Purge Operator',
  };
  return [
    { ...CREATE_GROUP, unless: groupExists },
    { action: 'Microsoft.KeyVault/vaults/write', resourceGroup: group.name, remedy: 'Key Vault Contributor' },
    ...(deleted && softDeleted === 'purge' ? [purge] : []),
  ];
}

function permissionsToGrant(inputs: Inputs, { vault, caller }: State, az: Az): RequiredPermission[] {
  const { group, accessModel, repository } = inputs;
  const model = vault ? accessModelOf(vault) : accessModel;
  const vaultId = vault?.id ?? '';
  const isOwn = !vault || isLabOwned(vault.tags, repository);
  return [writePermission(vaultId, caller, inputs), readPermission(vaultId, inputs)].flatMap(needed => {
    const common = {
      resourceGroup: group.name,
      resource: vault?.id,
      unless: async () =>
        vault !== undefined && (model === 'rbac' ? hasRole(az, needed) : hasPolicy(needed, vault)),
    };
    if (model === 'access-policy')
      return [
        {
          ...common,
          action: 'Microsoft.KeyVault/vaults/accessPolicies/write',
          remedy: 'Key Vault Contributor',
        },
      ];
    const remedy = 'Role Based Access Control Administrator';
    const assign = {
      ...common,
      action: 'Microsoft.Authorization/roleAssignments/write',
      role: needed.role,
      remedy,
    };
    if (!needed.isCaller || isOwn) return [assign];
    // A grant on a vault of another owner is removed again.
    return [assign, { ...common, action: 'Microsoft.Authorization/roleAssignments/delete', remedy }];
  });
}
