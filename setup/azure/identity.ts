import type { IdentityIds, Step } from '../steps.ts';
import type { CredentialOperations, FoundCredential } from './federated-credentials.ts';

/** The identity that jobs log in as: a user-assigned identity or an app registration, as it was found. */
export interface FoundIdentity extends CredentialOperations {
  /** Empty if it does not exist. */
  readonly ids: Partial<IdentityIds>;
  readonly credentials: readonly FoundCredential[];
  /** This command created it, so it is allowed to delete it. */
  readonly isOwned: boolean;
  planCreation(): Step[];
  planDeletion(): Step[];
  /** Warnings for its owner, before it gets roles. */
  readonly notes: readonly string[];
  /** What a removal keeps, each with the reason. */
  readonly kept: readonly string[];
}
