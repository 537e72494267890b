import type { LoggedInIdentity } from '../shared/logged-in-identity.ts';
import type { Inputs } from './inputs.ts';
import type { Vault } from './vault.ts';

export interface SecretPermission {
  principalId: string;
  principalType: 'ServicePrincipal' | 'User';
  /** The login can see its own permissions, whatever role grants them. Of others it sees only role assignments. */
  isCaller: boolean;
  role: 'Key Vault Secrets Officer' | 'Key Vault Secrets User';
  /** Resource ID of the secret. */
  scope: string;
  vaultId: string;
  /** For an access policy, which always covers all secrets of the vault. */
  permissions: readonly string[];
}

/** The login reads and writes the secret. It recovers or purges a deleted one only if the inputs say so. */
export function writePermission(
  vaultId: string,
  { objectId, principalType }: LoggedInIdentity,
  { softDeleted, secretName }: Pick<Inputs, 'softDeleted' | 'secretName'>,
): SecretPermission {
  return {
    principalId: objectId,
    principalType,
    isCaller: true,
    role: 'Key Vault Secrets Officer',
    scope: `${vaultId}/secrets/${secretName}`,
    vaultId,
    permissions: ['get', 'set', ...(softDeleted === 'fail' ? [] : [softDeleted])],
  };
}

export function readPermission(
  vaultId: string,
  { principalId, secretName }: Pick<Inputs, 'principalId' | 'secretName'>,
): SecretPermission {
  return {
    principalId,
    principalType: 'ServicePrincipal',
    isCaller: false,
    role: 'Key Vault Secrets User',
    scope: `${vaultId}/secrets/${secretName}`,
    vaultId,
    permissions: ['get'],
  };
}

/** The vault, and whether this step created it, or the lab of this repository. */
export interface VaultState {
  readonly vault: Vault;
  readonly isNew: boolean;
  readonly isOwn: boolean;
}
