import { type Az, findResource } from '../shared/az.ts';
import { USUAL_AUDIENCE } from '../shared/diagnosis/pod.ts';
import { describeOwner, isLabOwned } from '../shared/ownership.ts';
import type { RequiredPermission, StateRequirements } from '../shared/preflight.ts';
import { quote } from '../shared/quote.ts';
import { CREATE_GROUP } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import { readAudience } from './audience.ts';
import {
  type CredentialPlan,
  type FederatedCredential,
  findCredentialConflicts,
  findCredentialLimitProblem,
  planCredentials,
} from './credentials.ts';
import type { Identity } from './identity.ts';
import type { Inputs } from './inputs.ts';
import {
  findIdentityConflicts,
  findTerminatingNamespaces,
  type Namespace,
  readNamespace,
  readServiceAccount,
  type ServiceAccount,
} from './service-accounts.ts';

export interface State {
  audience: string;
  identity: Identity | undefined;
  credentials: readonly FederatedCredential[];
  /** By name. */
  namespaces: ReadonlyMap<string, Namespace | undefined>;
  /** One for each workload, in the same order. */
  accounts: readonly (ServiceAccount | undefined)[];
  /** One for each workload, in the same order. */
  plans: readonly CredentialPlan[];
}

export async function readState(inputs: Inputs, tools: Tools): Promise<State> {
  const { identityName, group, issuer } = inputs;
  const { az } = tools;
  const place = ['--resource-group', group.name];
  const workloads = issuer ? inputs.workloads : [];
  const names = [...new Set(workloads.map(({ namespace }) => namespace))].filter(name => name !== 'default');
  const kubectl = tools.kubectl(inputs.kubeconfig);

  const [audience, identity, credentials, namespaces, accounts] = await Promise.all([
    issuer ? readAudience(kubectl, tools) : USUAL_AUDIENCE,
    findResource<Identity>(az, ['identity', 'show', '--name', identityName, ...place]),
    issuer ? listCredentials(az, ['--identity-name', identityName, ...place]) : [],
    Promise.all(names.map(async name => [name, await readNamespace(kubectl, name)] as const)),
    Promise.all(workloads.map(workload => readServiceAccount(kubectl, workload))),
  ]);
  const plans = issuer ? planCredentials(inputs, audience, credentials) : [];
  return { audience, identity, credentials, namespaces: new Map(namespaces), accounts, plans };
}

/** @returns an empty list if the identity does not exist */
async function listCredentials(az: Az, identity: string[]): Promise<readonly FederatedCredential[]> {
  const list = ['identity', 'federated-credential', 'list', ...identity];
  return (await findResource<FederatedCredential[]>(az, list)) ?? [];
}

export async function checkState(inputs: Inputs, state: State, az: Az): Promise<StateRequirements> {
  const { identityName, group, create, workloads } = inputs;
  const { identity, credentials, namespaces, accounts, plans } = state;
  return {
    permissions: requiredPermissions(inputs, state, az),
    problems: [
      ...(identity || create
        ? []
        : [
            `Managed identity ${quote(identityName)} does not exist in resource group ${quote(group.name)}, and create is false. Correct the names, or set create: true.`,
          ]),
      ...foreignIdentity(inputs, state),
      ...findTerminatingNamespaces(namespaces),
      ...accounts.flatMap((account, index) =>
        findIdentityConflicts(workloads[index]!, account, identity, inputs),
      ),
      ...findCredentialConflicts(plans, inputs),
      ...(await findCredentialLimitProblem(plans, credentials, inputs, az)),
    ],
  };
}

/**
 * A new credential lets more pods use all permissions of the identity. So an identity of another owner needs
 * create: false, with which the user states that the identity exists.
 */
function foreignIdentity({ identityName, group, create }: Inputs, { identity, plans }: State): string[] {
  const changes = plans.some(({ action }) => action !== 'keep');
  if (!identity || !create || !changes || isLabOwned(identity.tags, group.tags.repository)) return [];
  return [
    `Managed identity ${quote(identityName)} already exists in resource group ${quote(group.name)}, and the lab of this repository did not create it. It has ${describeOwner(identity.tags)}. Choose another identity-name, or set create: false to let these service accounts use the existing identity.`,
  ];
}

function requiredPermissions(
  { group, create }: Inputs,
  { identity, plans }: State,
  az: Az,
): RequiredPermission[] {
  const identities = 'Microsoft.ManagedIdentity/userAssignedIdentities';
  const common = { resourceGroup: group.name, resource: identity?.id };
  const contributor = 'Managed Identity Contributor';
  const credentialContributor = 'Managed Identity Federated Identity Credential Contributor';
  const groupExists = async () =>
    (await findResource(az, ['group', 'show', '--name', group.name, '--query', 'id'])) !== undefined;
  return [
    ...(!identity && create
      ? [
          { ...common, action: `${identities}/write`, remedy: contributor },
          { ...CREATE_GROUP, unless: groupExists },
        ]
      : []),
    ...(plans.some(({ action }) => action !== 'keep')
      ? [
          {
            ...common,
            action: `${identities}/federatedIdentityCredentials/write`,
            remedy: identity ? credentialContributor : contributor,
          },
        ]
      : []),
  ];
}
