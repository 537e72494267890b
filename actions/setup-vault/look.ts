import { type Az, findResource } from '../shared/az.ts';
import { type LoggedInIdentity, readLoggedInIdentity } from '../shared/logged-in-identity.ts';
import { isLabOwned } from '../shared/ownership.ts';
import type { RequiredPermission, StateRequirements } from '../shared/preflight.ts';
import { CREATE_GROUP } from '../shared/resource-group.ts';
import { isAllowed, modelOf, reading, writing } from './access.ts';
import type { Inputs } from './inputs.ts';
import {
  type DeletedVault,
  decisionOn,
  groupOfVault,
  showDeletedVault,
  showVault,
  type Vault,
} from './vault.ts';

/** What is there before anything is written. */
export interface Standing {
  caller: LoggedInIdentity;
  vault: Vault | undefined;
  /** A deleted vault that keeps the name. */
  deleted: DeletedVault | undefined;
}

export async function look(inputs: Inputs, az: Az): Promise<Standing> {
  const [vault, caller] = await Promise.all([showVault(inputs, az), readLoggedInIdentity(az)]);
  const deleted = vault || !inputs.create ? undefined : await showDeletedVault(inputs, az);
  return { caller, vault, deleted };
}

/** What is needed to get from there to what is wanted, and what a person must decide first. */
export async function judge(inputs: Inputs, standing: Standing, az: Az): Promise<StateRequirements> {
  const { vault, deleted } = standing;
  return {
    permissions: [
      ...(vault ? [] : rightsToMake(inputs, deleted, az)),
      ...rightsToAllow(inputs, standing, az),
    ],
    problems: [
      ...(vault || inputs.create ? [] : [await missing(inputs, az)]),
      ...(deleted ? decisionOn(deleted, inputs) : []),
    ],
  };
}

async function missing(inputs: Inputs, az: Az): Promise<string> {
  const { vaultName, group } = inputs;
  const home = await groupOfVault(inputs, az);
  const hint = home ? ` It is in resource group ${home}: set resource-group: ${home}.` : '';
  return `There is no key vault ${vaultName} in resource group ${group.name}, and create is false.${hint || ' Correct the names, or set create: true.'}`;
}

function rightsToMake(
  { group, create, softDeleted }: Inputs,
  deleted: DeletedVault | undefined,
  az: Az,
): RequiredPermission[] {
  if (!create) return [];
  const groupIsThere = async () =>
    (await findResource(az, ['group', 'show', '--name', group.name, '--query', 'id'])) !== undefined;
  const purge: RequiredPermission = {
    action: 'Microsoft.KeyVault/locations/deletedVaults/purge/action',
    resourceGroup: '',
    remedy: 'Key Vault Purge Operator',
  };
  return [
    { ...CREATE_GROUP, unless: groupIsThere },
    { action: 'Microsoft.KeyVault/vaults/write', resourceGroup: group.name, remedy: 'Key Vault Contributor' },
    ...(deleted && softDeleted === 'purge' ? [purge] : []),
  ];
}

/** To grant the caller and the reader what they need; not requested where they have it. */
function rightsToAllow(inputs: Inputs, { vault, caller }: Standing, az: Az): RequiredPermission[] {
  const { group, accessModel, repository } = inputs;
  const model = vault ? modelOf(vault) : accessModel;
  const place = vault ?? { id: '' };
  const isOwn = !vault || isLabOwned(vault.tags, repository);
  return [writing(place, caller, inputs), reading(place, inputs)].flatMap(access => {
    const where = {
      resourceGroup: group.name,
      resource: vault?.id,
      unless: async () => vault !== undefined && (await isAllowed(access, vault, az)),
    };
    if (model === 'access-policy')
      return [
        {
          ...where,
          action: 'Microsoft.KeyVault/vaults/accessPolicies/write',
          remedy: 'Key Vault Contributor',
        },
      ];
    const remedy = 'Role Based Access Control Administrator';
    const assign = {
      ...where,
      action: 'Microsoft.Authorization/roleAssignments/write',
      role: access.role,
      remedy,
    };
    if (!access.isCaller || isOwn) return [assign];
    // What is granted on a vault of another owner is taken back.
    return [assign, { ...where, action: 'Microsoft.Authorization/roleAssignments/delete', remedy }];
  });
}
