import type { Az } from '../shared/az.ts';
import type { LoggedInIdentity } from '../shared/logged-in-identity.ts';
import type { Done } from '../shared/report.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';
import { addPolicy, hasPolicy } from './policies.ts';
import { assignToReader, hasRole } from './roles.ts';
import type { Vault } from './vault.ts';

export type AccessModel = 'rbac' | 'access-policy';

/** The model by which a vault decides. */
export function modelOf(vault: Vault): AccessModel {
  return vault.properties.enableRbacAuthorization ? 'rbac' : 'access-policy';
}

/** What a principal must be able to do with one secret, in either model. */
export interface Access {
  principalId: string;
  principalType: 'ServicePrincipal' | 'User';
  /** The caller can see what it is allowed to do by whatever role; of others only role assignments are visible. */
  isCaller: boolean;
  role: 'Key Vault Secrets Officer' | 'Key Vault Secrets User';
  /** Resource ID of the secret, for the role. */
  scope: string;
  vaultId: string;
  /** For an access policy, which always covers all secrets of the vault. */
  permissions: readonly string[];
}

/** The caller reads and writes the secret; a deleted one it recovers or purges only when asked to. */
export function writing(
  vault: Pick<Vault, 'id'>,
  { objectId, principalType }: LoggedInIdentity,
  { softDeleted, secretName }: Inputs,
): Access {
  return {
    principalId: objectId,
    principalType,
    isCaller: true,
    role: 'Key Vault Secrets Officer',
    scope: `${vault.id}/secrets/${secretName}`,
    vaultId: vault.id,
    permissions: ['get', 'set', ...(softDeleted === 'fail' ? [] : [softDeleted])],
  };
}

/** The identity reads the secret, and nothing more. */
export function reading(vault: Pick<Vault, 'id'>, { principalId, secretName }: Inputs): Access {
  return {
    principalId,
    principalType: 'ServicePrincipal',
    isCaller: false,
    role: 'Key Vault Secrets User',
    scope: `${vault.id}/secrets/${secretName}`,
    vaultId: vault.id,
    permissions: ['get'],
  };
}

/** Lets the identity read the secret, unless it already can. */
export function allowReading(
  access: Access,
  { vault, isNew, isOwn }: { vault: Vault; isNew: boolean; isOwn: boolean },
  tools: Tools,
): Promise<Done> {
  return modelOf(vault) === 'rbac'
    ? assignToReader(access, { isNew, isOwn }, tools)
    : addPolicy(access, vault, tools);
}

export async function isAllowed(access: Access, vault: Vault, az: Az): Promise<boolean> {
  return modelOf(vault) === 'rbac' ? hasRole(az, access) : hasPolicy(access, vault);
}
