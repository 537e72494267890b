import type { Kubectl } from '../kubectl.ts';
import { quote } from '../quote.ts';
import type { AzureReader } from './azure-reader.ts';
import { checkCluster } from './check-cluster.ts';
import { checkFederation, requestedClientId, showsExchange } from './check-federation.ts';
import { letsOthersRead, secretPermissions, usesRoles } from './check-vault.ts';
import { readClaims } from './claims.ts';
import { lastFindingOf } from './diagnose.ts';
import { VALUE_SHOWN } from './log-findings.ts';
import { OptionalReads } from './optional-reads.ts';
import { readCluster } from './read-cluster.ts';
import type { WorkloadState } from './workload-state.ts';

export interface Sources {
  kubectl: Kubectl;
  azure: AzureReader;
}

/**
 * Reads the chain link by link up to the first broken one, without the links that the log proves. What cannot be read
 * stays undefined and is listed in `unseen`.
 * @param start what is known: at least the target and its pod's log.
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

/** Reads every link, even behind a broken one. */
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
    optional.note(
      'the identity',
      'neither the environment of the pod nor its service account has a client ID',
    );
  const subscription = await optional.readOrNote('Azure', () => azure.subscription());
  if (!clientId || !subscription) return state;
  const identity = await optional.readOrNote('the identity', () => azure.identity(clientId));
  if (identity === null)
    optional.note(
      `identity ${quote(clientId)}`,
      `subscription ${subscription} has no such managed identity that the caller can see`,
    );
  return { ...state, identity };
}

async function readTrust(
  state: WorkloadState,
  { kubectl, azure }: Sources,
  optional: OptionalReads,
): Promise<WorkloadState> {
  const { identity } = state;
  const [claims, credentials] = await Promise.all([
    readClaims(state.target, state.pod, kubectl, optional),
    identity &&
      optional.readOrNote('the federated credentials of the identity', () => azure.credentials(identity)),
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
  const vault = await optional.readOrNote(`vault ${quote(target.vaultName)}`, () =>
    azure.vault(target.vaultName),
  );
  if (vault === null)
    optional.note(
      `vault ${quote(target.vaultName)}`,
      `not in subscription ${subscription}; the action reads no other`,
    );
  if (!vault) return { ...state, vault };
  const scope = target.secretName ? `${vault.id}/secrets/${target.secretName}` : vault.id;
  const [grants, secret] = await Promise.all([
    identity && optional.readOrNote('the roles of the identity', () => azure.grants(identity, scope)),
    target.secretName
      ? optional.readOrNote(`secret ${quote(target.secretName)}`, () =>
          azure.secret(vault, target.secretName),
        )
      : undefined,
  ]);
  const { principalId = '' } = identity ?? {};
  if (!usesRoles(vault) && !secretPermissions(vault, principalId) && letsOthersRead(vault, principalId))
    optional.note(`access of groups to vault ${quote(vault.name)}`, 'the action does not read group members');
  return { ...state, vault, grants: grants ?? undefined, secret };
}
