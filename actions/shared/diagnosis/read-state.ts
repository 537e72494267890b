import type { Kubectl } from '../kubectl.ts';
import type { AzureReader } from './azure-reader.ts';
import { checkCluster } from './check-cluster.ts';
import { checkFederation, requestedClientId, showsExchange } from './check-federation.ts';
import { letsOthersRead, secretPermissions, usesRoles } from './check-vault.ts';
import { lastFindingOf } from './diagnose.ts';
import { VALUE_SHOWN } from './log-findings.ts';
import { OptionalReads } from './optional-reads.ts';
import { readCluster, readTokenClaims } from './read-cluster.ts';
import type { WorkloadState } from './workload-state.ts';

export interface Sources {
  kubectl: Kubectl;
  azure: AzureReader;
}

/**
 * Looks along the chain, link by link, as far as the first that is broken; what the log proves is not looked at. What
 * cannot be seen stays undefined, and is listed as unseen.
 * @param start what is known already: at least the target and its pod's log.
 */
export async function readState(start: WorkloadState, { kubectl, azure }: Sources): Promise<WorkloadState> {
  const optional = new OptionalReads();
  let state = await readCluster(start, kubectl, optional);
  const finding = lastFindingOf(state);
  if (checkCluster(state) || finding?.code === VALUE_SHOWN) return withUnseen(state, optional);

  state = await readIdentity(state, azure, optional);
  if (!showsExchange(finding)) state = await readTrust(state, { kubectl, azure }, optional);
  if (checkFederation(state, finding) || finding?.code.startsWith('AADSTS'))
    return withUnseen(state, optional);
  return withUnseen(await readVault(state, azure, optional), optional);
}

/** Looks at every link, whether or not one is broken. @param start as for {@link look}. */
export async function readWholeState(
  start: WorkloadState,
  { kubectl, azure }: Sources,
): Promise<WorkloadState> {
  const optional = new OptionalReads();
  let state = await readCluster(start, kubectl, optional);
  state = await readIdentity(state, azure, optional);
  state = await readTrust(state, { kubectl, azure }, optional);
  state = await readVault(state, azure, optional);
  return withUnseen(state, optional);
}

function withUnseen(state: WorkloadState, { unseen }: OptionalReads): WorkloadState {
  return { ...state, unseen: [...new Set([...state.unseen, ...unseen])] };
}

async function readIdentity(
  state: WorkloadState,
  azure: AzureReader,
  optional: OptionalReads,
): Promise<WorkloadState> {
  const clientId = requestedClientId(state);
  if (!clientId)
    optional.note('which identity the pod asks for', 'neither its environment nor its service account says');
  const subscription = await optional.readOrNote('Azure', () => azure.subscription());
  if (!clientId || !subscription) return state;
  const identity = await optional.readOrNote('the identity', () => azure.identity(clientId));
  if (identity === null)
    optional.note(
      `the identity ${clientId}`,
      `no managed identity of subscription ${subscription} that may be seen`,
    );
  return { ...state, identity };
}

async function readTrust(
  state: WorkloadState,
  { kubectl, azure }: Sources,
  optional: OptionalReads,
): Promise<WorkloadState> {
  const { identity } = state;
  const [{ claims }, credentials] = await Promise.all([
    readTokenClaims(state, kubectl, optional),
    identity && optional.readOrNote('its federated credentials', () => azure.credentials(identity)),
  ]);
  return { ...state, claims, credentials: credentials ?? undefined };
}

async function readVault(
  state: WorkloadState,
  azure: AzureReader,
  optional: OptionalReads,
): Promise<WorkloadState> {
  const { target, identity } = state;
  const subscription = await optional.readOrNote('Azure', () => azure.subscription());
  if (!target.vaultName || !subscription) return state;
  const vault = await optional.readOrNote(`vault ${target.vaultName}`, () => azure.vault(target.vaultName));
  if (vault === null)
    optional.note(
      `vault ${target.vaultName}`,
      `not in subscription ${subscription}; others were not looked at`,
    );
  if (!vault) return { ...state, vault };
  const scope = target.secretName ? `${vault.id}/secrets/${target.secretName}` : vault.id;
  const [grants, secret] = await Promise.all([
    identity && optional.readOrNote('its roles', () => azure.grants(identity, scope)),
    target.secretName
      ? optional.readOrNote(`secret ${target.secretName}`, () => azure.secret(vault, target.secretName))
      : undefined,
  ]);
  const { principalId = '' } = identity ?? {};
  if (!usesRoles(vault) && !secretPermissions(vault, principalId) && letsOthersRead(vault, principalId))
    optional.note(
      `whether vault ${vault.name} lets a group of the identity's in`,
      'who is in a group is not looked up',
    );
  return { ...state, vault, grants: grants ?? undefined, secret };
}
