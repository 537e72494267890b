import { nameOf } from '../workloads.ts';
import { clientIdOf } from './check-federation.ts';
import { grantsOver, policyOf, usesRoles } from './check-vault.ts';
import { nearest } from './credentials.ts';
import { type Eyes, lookAtAll } from './read-state.ts';
import type { Facts, Target } from './workload-state.ts';

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
export async function lookUpTrustChain(target: Target, eyes: Eyes): Promise<TrustChain> {
  return trustChainOf(await lookAtAll({ target, log: [], unseen: [] }, eyes));
}

/** The chain of trust in what was seen. */
export function trustChainOf(facts: Facts): TrustChain {
  const { target, claims, credentials, identity, vault, secret } = facts;
  const clientId = clientIdOf(facts);
  const beside = credentials && claims && nearest(credentials, claims);
  return {
    workload: nameOf(target),
    issuer: claims?.issuer ?? null,
    subject: claims?.subject ?? null,
    audience: claims?.audience ?? null,
    credential: beside?.differs.length === 0 && claims?.issuer ? beside.credential.name : null,
    identity: clientId ? { name: identity?.name ?? null, clientId } : null,
    access: accessIn(facts),
    vault: vault?.name ?? (target.vaultName || null),
    secret: target.secretName ? { name: target.secretName, version: secret?.version ?? null } : null,
  };
}

function accessIn({ target, identity, vault, grants }: Facts): TrustChain['access'] {
  if (!identity || !vault) return null;
  if (!usesRoles(vault)) {
    const permissions = policyOf(vault, identity.principalId);
    return permissions ? { kind: 'access policy', name: permissions.join(', '), scope: vault.id } : null;
  }
  const grant = grantsOver(vault, target.secretName, grants ?? []).find(({ readsSecrets }) => readsSecrets);
  return grant ? { kind: 'role', name: grant.role, scope: grant.scope } : null;
}
