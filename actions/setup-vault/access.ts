import type { Az } from '../shared/az.ts';
import type { Caller } from '../shared/caller.ts';
import type { Done } from '../shared/report.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';
import { addPolicy, hasPolicy } from './policies.ts';
import { assign, hasRole } from './roles.ts';
import type { Vault } from './vault.ts';

export type AccessModel = 'rbac' | 'access-policy';

/** The model by which a vault decides. */
export function modelOf(vault: Vault): AccessModel {
  return vault.properties.enableRbacAuthorization ? 'rbac' : 'access-policy';
}

/** What somebody must be able to do with a vault's secrets, in either model. */
export interface Access {
  principalId: string;
  principalType: 'ServicePrincipal' | 'User';
  /** Whether it is who asks: of itself it can see more than of others. */
  isCaller: boolean;
  role: 'Key Vault Secrets Officer' | 'Key Vault Secrets User';
  /** Resource id of the vault, or of one secret, for the role. */
  scope: string;
  /** For an access policy, which knows no single secrets. */
  permissions: readonly string[];
}

/** The caller writes secrets, and sees whether they are there; deleted ones it touches only when asked to. */
export function writing(
  vault: Pick<Vault, 'id'>,
  { objectId, principalType }: Caller,
  inputs: Inputs,
): Access {
  const { softDeleted } = inputs;
  return {
    principalId: objectId,
    principalType,
    isCaller: true,
    role: 'Key Vault Secrets Officer',
    scope: vault.id,
    permissions: ['get', 'set', ...(softDeleted === 'fail' ? [] : [softDeleted])],
  };
}

/** The identity reads one secret, and nothing more: its role is given on the secret itself. */
export function reading(vault: Pick<Vault, 'id'>, { principalId, secretName }: Inputs): Access {
  return {
    principalId,
    principalType: 'ServicePrincipal',
    isCaller: false,
    role: 'Key Vault Secrets User',
    scope: `${vault.id}/secrets/${secretName}`,
    permissions: ['get'],
  };
}

/** Gives access, unless it is given. */
export function allow(access: Access, vault: Vault, tools: Tools): Promise<Done> {
  return modelOf(vault) === 'rbac' ? assign(access, tools) : addPolicy(access, vault, tools);
}

/** Whether somebody has access already. */
export async function isAllowed(access: Access, vault: Vault, az: Az): Promise<boolean> {
  return modelOf(vault) === 'rbac' ? hasRole(az, access) : hasPolicy(access, vault);
}
