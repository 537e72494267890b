import { nameOf } from '../workloads.ts';
import { requestedClientId } from './check-federation.ts';
import { coveringGrants, secretPermissions, usesRoles } from './check-vault.ts';
import { nearestCredential } from './credentials.ts';
import { readWholeState, type Sources } from './read-state.ts';
import type { DiagnosisTarget, WorkloadState } from './workload-state.ts';

/** The chain of trust of one workload, as it was found; null is: could not be seen, or is not there. */
export interface TrustChain {
  /** NAMESPACE/SERVICE-ACCOUNT */
  workload: string;
  issuer: string | null;
  subject: string | null;
  audience: string | null;
  /** Name of the federated credential that matches these three. */
  credential: string | null;
  identity: { name: string | null; clientId: string } | null;
  /** What lets the identity read the secret: a role on a scope (a resource id), or the vault's access policy. */
  access: { kind: 'role' | 'access policy'; name: string; scope: string } | null;
  vault: string | null;
  /** The version is the newest one. */
  secret: { name: string; version: string | null } | null;
}

/**
 * Looks up a workload's chain of trust.
 * @param target whose podName may be '': the service account's annotation then says which identity it is.
 */
export async function readTrustChain(target: DiagnosisTarget, sources: Sources): Promise<TrustChain> {
  return trustChainOf(await readWholeState({ target, log: [], unseen: [] }, sources));
}

/** The chain of trust in what was seen. */
export function trustChainOf(state: WorkloadState): TrustChain {
  const { target, claims, credentials, identity, vault, secret } = state;
  const clientId = requestedClientId(state);
  const beside = credentials && claims && nearestCredential(credentials, claims);
  return {
    workload: nameOf(target),
    issuer: claims?.issuer ?? null,
    subject: claims?.subject ?? null,
    audience: claims?.audience ?? null,
    credential: beside?.differs.length === 0 && claims?.issuer ? beside.credential.name : null,
    identity: clientId ? { name: identity?.name ?? null, clientId } : null,
    access: accessOf(state),
    vault: vault?.name ?? (target.vaultName || null),
    secret: target.secretName ? { name: target.secretName, version: secret?.version ?? null } : null,
  };
}

function accessOf({ target, identity, vault, grants }: WorkloadState): TrustChain['access'] {
  if (!identity || !vault) return null;
  if (!usesRoles(vault)) {
    const permissions = secretPermissions(vault, identity.principalId);
    return permissions ? { kind: 'access policy', name: permissions.join(', '), scope: vault.id } : null;
  }
  const grant = coveringGrants(vault, target.secretName, grants ?? []).find(
    ({ readsSecrets }) => readsSecrets,
  );
  return grant ? { kind: 'role', name: grant.role, scope: grant.scope } : null;
}
