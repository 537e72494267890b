import { type Az, findResource } from '../shared/az.ts';
import { USUAL_AUDIENCE } from '../shared/diagnosis/pod.ts';
import { describeOwner, isLabOwned, type Tags } from '../shared/ownership.ts';
import type { RequiredPermission, StateRequirements } from '../shared/preflight.ts';
import { CREATE_GROUP } from '../shared/resource-group.ts';
import type { Tools } from '../shared/tools.ts';
import { audienceOfPods } from './audience.ts';
import {
  conflictingCredentials,
  type FederatedCredential,
  type Plan,
  planCredentials,
  withoutRoom,
} from './credentials.ts';
import type { Inputs } from './inputs.ts';
import {
  beingDeleted,
  getNamespace,
  getServiceAccount,
  type Namespace,
  ownedByAnother,
  type ServiceAccount,
} from './service-accounts.ts';

/** A user-assigned managed identity, as az shows it. */
export interface Identity {
  id: string;
  tags?: Tags | null;
  clientId: string;
  principalId: string;
  tenantId: string;
}

/** What is there before anything is written. */
export interface Standing {
  /** Of the tokens that the cluster's pods get. */
  audience: string;
  identity: Identity | undefined;
  credentials: readonly FederatedCredential[];
  /** By name. */
  namespaces: ReadonlyMap<string, Namespace | undefined>;
  /** For each workload, in their order. */
  accounts: readonly (ServiceAccount | undefined)[];
  /** What becomes of the credentials, for each workload. */
  plans: readonly Plan[];
}

/** Looks at the identity and, where there is an issuer, at its credentials and at the cluster. */
export async function look(inputs: Inputs, tools: Tools): Promise<Standing> {
  const { identityName, group, issuer } = inputs;
  const { az } = tools;
  const place = ['--resource-group', group.name];
  const workloads = issuer ? inputs.workloads : [];
  const names = [...new Set(workloads.map(({ namespace }) => namespace))].filter(name => name !== 'default');
  const kubectl = tools.kubectl(inputs.kubeconfig);

  const [audience, identity, credentials, namespaces, accounts] = await Promise.all([
    issuer ? audienceOfPods(kubectl, tools) : USUAL_AUDIENCE,
    findResource<Identity>(az, ['identity', 'show', '--name', identityName, ...place]),
    issuer ? listCredentials(az, ['--identity-name', identityName, ...place]) : [],
    Promise.all(names.map(async name => [name, await getNamespace(kubectl, name)] as const)),
    Promise.all(workloads.map(workload => getServiceAccount(kubectl, workload))),
  ]);
  const plans = issuer ? planCredentials(inputs, audience, credentials) : [];
  return { audience, identity, credentials, namespaces: new Map(namespaces), accounts, plans };
}

/** None where there is no identity. */
async function listCredentials(az: Az, identity: string[]): Promise<readonly FederatedCredential[]> {
  const list = ['identity', 'federated-credential', 'list', ...identity];
  return (await findResource<FederatedCredential[]>(az, list)) ?? [];
}

/** What is needed to get from there to what is wanted, and what a person must decide first. */
export async function judge(inputs: Inputs, standing: Standing, az: Az): Promise<StateRequirements> {
  const { identityName, group, create, workloads } = inputs;
  const { identity, credentials, namespaces, accounts, plans } = standing;
  return {
    permissions: rightsFor(inputs, standing, az),
    problems: [
      ...(identity || create
        ? []
        : [
            `There is no managed identity ${identityName} in resource group ${group.name}, and create is false. Correct the names, or set create: true.`,
          ]),
      ...identityOfAnotherOwner(inputs, standing),
      ...beingDeleted(namespaces),
      ...accounts.flatMap((account, index) => ownedByAnother(workloads[index]!, account, identity, inputs)),
      ...conflictingCredentials(plans, inputs),
      ...(await withoutRoom(plans, credentials, inputs, az)),
    ],
  };
}

/**
 * A new credential lets other pods sign in with all permissions of the identity. Where another owner created the identity,
 * create: false is the user's explicit wish to use it.
 */
function identityOfAnotherOwner(
  { identityName, group, create }: Inputs,
  { identity, plans }: Standing,
): string[] {
  const changes = plans.some(({ action }) => action !== 'keep');
  if (!identity || !create || !changes || isLabOwned(identity.tags, group.tags.repository)) return [];
  return [
    `Managed identity "${identityName}" already exists in resource group "${group.name}", and no lab of this repository created it (${describeOwner(identity.tags)}). Set another identity-name, or set create: false to let these service accounts sign in as the existing identity.`,
  ];
}

function rightsFor({ group, create }: Inputs, { identity, plans }: Standing, az: Az): RequiredPermission[] {
  const identities = 'Microsoft.ManagedIdentity/userAssignedIdentities';
  const common = { resourceGroup: group.name, resource: identity?.id };
  const maker = 'Managed Identity Contributor';
  const truster = 'Managed Identity Federated Identity Credential Contributor';
  const groupIsThere = async () =>
    (await findResource(az, ['group', 'show', '--name', group.name, '--query', 'id'])) !== undefined;
  return [
    ...(!identity && create
      ? [
          { ...common, action: `${identities}/write`, remedy: maker },
          { ...CREATE_GROUP, unless: groupIsThere },
        ]
      : []),
    ...(plans.some(({ action }) => action !== 'keep')
      ? [
          {
            ...common,
            action: `${identities}/federatedIdentityCredentials/write`,
            remedy: identity ? truster : maker,
          },
        ]
      : []),
  ];
}
