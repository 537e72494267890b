import type { IdentityIds, Step } from '../steps.ts';
import type { CredentialOperations, FoundCredential } from './federated-credentials.ts';

export interface FoundIdentity extends CredentialOperations {
  /** Empty if it does not exist. */
  readonly ids: Partial<IdentityIds>;
  readonly credentials: readonly FoundCredential[];
  /** True if this command created it and is allowed to delete it. */
  readonly isOwned: boolean;
  planCreation(): Step[];
  planDeletion(): Step[];
  /** Warnings. */
  readonly notes: readonly string[];
  /** What a removal keeps, each with the reason. */
  readonly kept: readonly string[];
}
