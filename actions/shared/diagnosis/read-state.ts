import type { Kubectl } from '../kubectl.ts';
import type { Azure } from './azure-reader.ts';
import { judgeCluster } from './check-cluster.ts';
import { clientIdOf, judgeFederation, provesExchange } from './check-federation.ts';
import { policiesOfOthers, policyOf, usesRoles } from './check-vault.ts';
import { signOf } from './diagnose.ts';
import { VALUE_SHOWN } from './log-findings.ts';
import { Sight } from './optional-reads.ts';
import { lookAtClaims, lookAtCluster } from './read-cluster.ts';
import type { Facts } from './workload-state.ts';

export interface Eyes {
  kubectl: Kubectl;
  azure: Azure;
}

/**
 * Looks along the chain, link by link, as far as the first that is broken; what the log proves is not looked at. What
 * cannot be seen stays undefined, and is listed as unseen.
 * @param start what is known already: at least the target and its pod's log.
 */
export async function look(start: Facts, { kubectl, azure }: Eyes): Promise<Facts> {
  const sight = new Sight();
  let facts = await lookAtCluster(start, kubectl, sight);
  const sign = signOf(facts);
  if (judgeCluster(facts) || sign?.code === VALUE_SHOWN) return withUnseen(facts, sight);

  facts = await lookAtIdentity(facts, azure, sight);
  if (!provesExchange(sign)) facts = await lookAtTrust(facts, { kubectl, azure }, sight);
  if (judgeFederation(facts, sign) || sign?.code.startsWith('AADSTS')) return withUnseen(facts, sight);
  return withUnseen(await lookAtVault(facts, azure, sight), sight);
}

/** Looks at every link, whether or not one is broken. @param start as for {@link look}. */
export async function lookAtAll(start: Facts, { kubectl, azure }: Eyes): Promise<Facts> {
  const sight = new Sight();
  let facts = await lookAtCluster(start, kubectl, sight);
  facts = await lookAtIdentity(facts, azure, sight);
  facts = await lookAtTrust(facts, { kubectl, azure }, sight);
  facts = await lookAtVault(facts, azure, sight);
  return withUnseen(facts, sight);
}

function withUnseen(facts: Facts, { unseen }: Sight): Facts {
  return { ...facts, unseen: [...new Set([...facts.unseen, ...unseen])] };
}

async function lookAtIdentity(facts: Facts, azure: Azure, sight: Sight): Promise<Facts> {
  const clientId = clientIdOf(facts);
  if (!clientId)
    sight.miss('which identity the pod asks for', 'neither its environment nor its service account says');
  const subscription = await sight.look('Azure', () => azure.subscription());
  if (!clientId || !subscription) return facts;
  const identity = await sight.look('the identity', () => azure.identity(clientId));
  if (identity === null)
    sight.miss(
      `the identity ${clientId}`,
      `no managed identity of subscription ${subscription} that may be seen`,
    );
  return { ...facts, identity };
}

async function lookAtTrust(facts: Facts, { kubectl, azure }: Eyes, sight: Sight): Promise<Facts> {
  const { identity } = facts;
  const [{ claims }, credentials] = await Promise.all([
    lookAtClaims(facts, kubectl, sight),
    identity && sight.look('its federated credentials', () => azure.credentials(identity)),
  ]);
  return { ...facts, claims, credentials: credentials ?? undefined };
}

async function lookAtVault(facts: Facts, azure: Azure, sight: Sight): Promise<Facts> {
  const { target, identity } = facts;
  const subscription = await sight.look('Azure', () => azure.subscription());
  if (!target.vaultName || !subscription) return facts;
  const vault = await sight.look(`vault ${target.vaultName}`, () => azure.vault(target.vaultName));
  if (vault === null)
    sight.miss(`vault ${target.vaultName}`, `not in subscription ${subscription}; others were not looked at`);
  if (!vault) return { ...facts, vault };
  const scope = target.secretName ? `${vault.id}/secrets/${target.secretName}` : vault.id;
  const [grants, secret] = await Promise.all([
    identity && sight.look('its roles', () => azure.grants(identity, scope)),
    target.secretName
      ? sight.look(`secret ${target.secretName}`, () => azure.secret(vault, target.secretName))
      : undefined,
  ]);
  const { principalId = '' } = identity ?? {};
  if (!usesRoles(vault) && !policyOf(vault, principalId) && policiesOfOthers(vault, principalId))
    sight.miss(
      `whether vault ${vault.name} lets a group of the identity's in`,
      'who is in a group is not looked up',
    );
  return { ...facts, vault, grants: grants ?? undefined, secret };
}
