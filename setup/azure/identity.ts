import type { Az } from '../../actions/shared/az.ts';
import type { TrustedSubjects } from '../github/subjects.ts';
import type { Ids, Step } from '../steps.ts';
import type { Wanted } from '../settings.ts';
import { findAppRegistration } from './app-registration.ts';
import type { CredentialStore, FoundCredential } from './federated-credentials.ts';
import { findUserAssigned } from './managed-identity.ts';

/** One kind of identity, as it was found: what jobs log in as. */
export interface FoundIdentity extends CredentialStore {
  /** What is known of it; empty where it is not there. */
  readonly ids: Partial<Ids>;
  readonly credentials: readonly FoundCredential[];
  /** Makes it, and what it needs to be. */
  setUp(): Step[];
  /** Whether this command made it, so that it may be deleted. */
  readonly ours: boolean;
  /** Deletes it, and what was made for it. */
  remove(): Step[];
  /** What its owner should know of it before it gets roles. */
  readonly notes: readonly string[];
  /** What else of it stays when it is removed, and why. */
  readonly stays: readonly string[];
}

/** Looks for the identity, of either kind. */
export function findIdentity(az: Az, wanted: Wanted, trusted: TrustedSubjects): Promise<FoundIdentity> {
  return wanted.identity.kind === 'user-assigned'
    ? findUserAssigned(az, wanted)
    : findAppRegistration(az, wanted, trusted);
}
