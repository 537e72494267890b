import { nameOf } from '../workloads.ts';
import { requestedClientId } from './check-federation.ts';
import { coveringGrants, secretPermissions, usesRoles } from './check-vault.ts';
import { nearestCredential } from './credentials.ts';
import { readWholeState, type Sources } from './read-state.ts';
import type { DiagnosisTarget, WorkloadState } from './workload-state.ts';

/** The trust chain of one workload. null means: does not exist, or could not be read. */
export interface TrustChain {
  /** NAMESPACE/SERVICE-ACCOUNT */
  workload: string;
  issuer: string | null;
  subject: string | null;
  audience: string | null;
  /** Name of the federated credential that matches issuer, subject, and audience. */
  credential: string | null;
  identity: { name: string | null; clientId: string } | null;
  /** What allows the identity to read the secret: a role on a scope (a resource ID), or an access policy. */
  access: { kind: 'role' | 'access policy'; name: string; scope: string } | null;
  vault: string | null;
  /** Its newest version. */
  secret: { name: string; version: string | null } | null;
}

/** @param target if podName is '', the annotation of the service account determines the identity. */
export async function readTrustChain(target: DiagnosisTarget, sources: Sources): Promise<TrustChain> {
  return trustChainOf(await readWholeState({ target, log: [], unseen: [] }, sources));
}

export function trustChainOf(state: WorkloadState): TrustChain {
  const { target, claims, credentials, identity, vault, secret } = state;
  const clientId = requestedClientId(state);
  const nearest = credentials && claims && nearestCredential(credentials, claims);
  return {
    workload: nameOf(target),
    issuer: claims?.issuer ?? null,
    subject: claims?.subject ?? null,
    audience: claims?.audience ?? null,
    credential: nearest?.differs.length === 0 && claims?.issuer ? nearest.credential.name : null,
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
