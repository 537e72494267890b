import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  emulatedSubscriptions,
  expectedDeletion,
  type GeneratedDeletedVault,
  type GeneratedResource,
  type GeneratedSubscription,
  generatedOwner,
} from '../actions/shared/deletion/generated-subscriptions.ts';
import { CLUSTER, IDENTITY, VAULT } from '../actions/shared/deletion/inventory.ts';
import { roleNamed } from '../emulator/arm/authorization/role-definitions.ts';
import { Network } from '../emulator/network.ts';
import { control } from '../lab/emulator-process.ts';
import { Chain } from './support/chain.ts';
import { ownerEnvironment } from './support/owner.ts';

// A sample of the generated subscriptions of the unit tests. The emulator cannot express other
// types of resources, children with tags, and a page that fails.

/**
 * Together they cover each rule of deletion. Only the unit tests cover a group with the tag of
 * another tool, and one without the tag `repository`.
 */
const SEEDS = [10975, 51440, 20152, 100328];
const TARGET = 'group0';
/** A resource group that no lab contains. */
const FOREIGN_GROUP = 'lab-trust';
const API_VERSIONS: Record<string, string> = {
  [CLUSTER]: '2025-07-01',
  'Microsoft.ContainerRegistry/registries': '2023-07-01',
  [VAULT]: '2024-11-01',
  [IDENTITY]: '2023-01-31',
};

interface Listed {
  id: string;
}

/** As the deployer and the owner see it. */
class ResourceManager {
  readonly #network: Network;
  readonly #subscription: string;
  readonly #tokens: Readonly<Record<'deployer' | 'someone', string>>;

  private constructor(
    network: Network,
    subscription: string,
    tokens: Record<'deployer' | 'someone', string>,
  ) {
    this.#network = network;
    this.#subscription = subscription;
    this.#tokens = tokens;
  }

  static async connect(chain: Chain): Promise<ResourceManager> {
    const { caFile, proxyUrl, subscriptionId } = chain.emulator.facts;
    const network = new Network({ proxyUrl, caFile, caCertificate: readFileSync(caFile, 'utf8') });
    const command = ['account', 'get-access-token', '--query', 'accessToken', '--output', 'json'];
    const owner = await chain.start('az', command, '', await ownerEnvironment(chain));
    const tokens = { deployer: await chain.az(...command), someone: JSON.parse(owner.output) };
    return new ResourceManager(network, `/subscriptions/${subscriptionId}`, tokens);
  }

  /** @param path below the subscription */
  async send(
    method: string,
    path: string,
    apiVersion: string,
    body?: object,
    as: 'deployer' | 'someone' = 'someone',
    // biome-ignore lint/suspicious/noExplicitAny: answers of every type are read
  ): Promise<any> {
    const url = `https://management.azure.com${this.#subscription}${path}?api-version=${apiVersion}`;
    const answer = await this.#network.fetch(url, {
      method,
      headers: { authorization: `Bearer ${this.#tokens[as]}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async until(path: string, apiVersion: string, state: string): Promise<void> {
    while ((await this.send('GET', path, apiVersion)).properties.provisioningState !== state) await sleep(50);
  }

  async read(): Promise<Record<'groups' | 'resources' | 'deletedVaults' | 'assignments', Listed[]>> {
    const list = async (path: string, apiVersion: string): Promise<Listed[]> => {
      const { value } = await this.send('GET', path, apiVersion);
      return value.sort((one: Listed, other: Listed) => one.id.localeCompare(other.id));
    };
    return {
      groups: await list('/resourcegroups', '2024-11-01'),
      resources: await list('/resources', '2021-04-01'),
      deletedVaults: await list('/providers/Microsoft.KeyVault/deletedVaults', '2024-11-01'),
      assignments: await list('/providers/Microsoft.Authorization/roleAssignments', '2022-04-01'),
    };
  }

  close(): Promise<void> {
    return this.#network.close();
  }
}

type State = Awaited<ReturnType<ResourceManager['read']>>;

const pathOf = ({ group, type, name }: Pick<GeneratedResource, 'group' | 'type' | 'name'>) =>
  `/resourceGroups/${group}/providers/${type}/${name}`;

function bodyOf({ type, tags, region }: GeneratedResource, tenantId: string): object {
  const place = { location: region, ...(tags && { tags }) };
  if (type === VAULT) return { ...place, properties: vaultProperties(tenantId, 7) };
  if (type === CLUSTER) {
    const agentPoolProfiles = [{ name: 'nodepool1', mode: 'System', count: 1 }];
    return {
      ...place,
      identity: { type: 'SystemAssigned' },
      properties: { dnsPrefix: 'lab', agentPoolProfiles },
    };
  }
  return type === IDENTITY ? place : { ...place, sku: { name: 'Basic' } };
}

function vaultProperties(tenantId: string, softDeleteRetentionInDays: number): object {
  return { tenantId, sku: { family: 'A', name: 'standard' }, softDeleteRetentionInDays };
}

/** IDs of the role assignments, by the resource whose identity has them. */
async function create(
  { groups, resources, deletedVaults }: GeneratedSubscription,
  arm: ResourceManager,
  tenantId: string,
): Promise<Map<GeneratedResource, string>> {
  for (const { name, region, tags, managed } of groups) {
    const body = { location: region, ...(tags && { tags }), ...(managed && { managedBy: '/a/cluster' }) };
    await arm.send('PUT', `/resourcegroups/${name}`, '2024-11-01', body);
  }
  const exists = (group: string) => groups.some(({ name }) => name === group);
  const missing = new Set(deletedVaults.map(({ group }) => group).filter(group => !exists(group)));
  for (const name of missing)
    await arm.send('PUT', `/resourcegroups/${name}`, '2024-11-01', { location: 'eastus' });
  await Promise.all(deletedVaults.map(vault => createDeletedVault(vault, arm, tenantId)));
  for (const name of missing) await arm.send('DELETE', `/resourcegroups/${name}`, '2024-11-01');

  await Promise.all(
    resources.map(async resource => {
      const apiVersion = API_VERSIONS[resource.type]!;
      const creator = resource.createdBy ?? 'deployer';
      await arm.send('PUT', pathOf(resource), apiVersion, bodyOf(resource, tenantId), creator);
      if (resource.type !== IDENTITY) await arm.until(pathOf(resource), apiVersion, 'Succeeded');
    }),
  );
  const assignments = new Map<GeneratedResource, string>();
  for (const resource of resources.filter(({ hasRole }) => hasRole)) {
    const { properties } = await arm.send('GET', pathOf(resource), API_VERSIONS[IDENTITY]!);
    const path = `/resourceGroups/${FOREIGN_GROUP}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    const { id } = await arm.send('PUT', path, '2022-04-01', {
      properties: {
        roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleNamed('AcrPull').id}`,
        principalId: properties.principalId,
        principalType: 'ServicePrincipal',
      },
    });
    assignments.set(resource, id);
  }
  const locked = [
    ...groups.filter(each => each.locked).map(({ name }) => `/resourcegroups/${name}`),
    ...resources.filter(each => each.locked).map(pathOf),
  ];
  for (const scope of locked)
    await arm.send('PUT', `${scope}/providers/Microsoft.Authorization/locks/kept`, '2016-09-01', {
      properties: { level: 'CanNotDelete' },
    });
  for (const name of missing)
    while ((await arm.read()).groups.some(({ id }) => id.endsWith(`/${name}`))) await sleep(50);
  return assignments;
}

async function createDeletedVault(
  { name, group, region, tags, retention }: GeneratedDeletedVault,
  arm: ResourceManager,
  tenantId: string,
): Promise<void> {
  const path = pathOf({ group, type: VAULT, name });
  const properties = vaultProperties(tenantId, retention);
  const body = { location: region, ...(tags && { tags }), properties };
  await arm.send('PUT', path, API_VERSIONS[VAULT]!, body, 'deployer');
  await arm.send('DELETE', path, API_VERSIONS[VAULT]!);
}

function stateAfter(
  before: State,
  generated: GeneratedSubscription,
  targets: readonly (string | undefined)[],
  assignments: ReadonlyMap<GeneratedResource, string>,
): State {
  const deletions = targets.map(target => expectedDeletion(generated, target));
  const resources = deletions.flatMap(each => [...each.resources]);
  const goneRoles = deletions.flatMap(each =>
    [...each.withoutRoles].map(resource => assignments.get(resource)),
  );
  const purged = deletions.flatMap(each => [...each.purged]);
  // Azure deletes a cluster's node resource group with it.
  const nodeGroups = resources
    .filter(({ type }) => type === CLUSTER)
    .map(({ group, name, region }) => `/resourceGroups/MC_${group}_${name}_${region}`);
  const gone = [
    ...resources.map(pathOf),
    ...deletions.flatMap(each => [...each.groups].map(({ name }) => `/resourceGroups/${name}`)),
    ...nodeGroups,
  ].map(path => path.toLowerCase());
  const stays = ({ id }: Listed) => {
    const path = id.toLowerCase().replace(/^\/subscriptions\/[^/]+/, '');
    return !gone.some(each => path === each || path.startsWith(`${each}/`));
  };
  return {
    groups: before.groups.filter(stays),
    resources: before.resources.filter(stays),
    deletedVaults: before.deletedVaults.filter(({ id }) => !purged.includes(id.split('/').at(-1)!)),
    assignments: before.assignments.filter(each => stays(each) && !goneRoles.includes(each.id)),
  };
}

describe.each(SEEDS)('the subscription generated with seed %i', seed => {
  let chain: Chain;
  let arm: ResourceManager;
  let before: State;
  let assignments: ReadonlyMap<GeneratedResource, string>;
  const [generated] = fc.sample(emulatedSubscriptions, { seed, numRuns: 1 }) as [GeneratedSubscription];

  beforeAll(async () => {
    chain = await Chain.start();
    arm = await ResourceManager.connect(chain);
    const { facts } = chain.emulator;
    assignments = await create(generated, arm, facts.tenantId);
    before = await arm.read();
  });
  afterAll(async () => {
    await arm?.close();
    await chain?.stop();
  });

  /** The action can fail because of a lock. */
  async function expectLeft(state: State, action: string, inputs: Record<string, string>): Promise<void> {
    const { facts } = chain.emulator;
    const unseen = generated.resources.filter(each => each.unseen).map(({ name }) => name);
    await control(facts, 'PUT /control/resource-lists', { pageSize: generated.pageSize, unseen });
    const { output } = await chain.run(action, { repository: generatedOwner.repository, ...inputs });
    await control(facts, 'PUT /control/resource-lists', {});
    expect(await arm.read(), output).toEqual(state);
  }

  test('delete-lab, sweep-labs, and a second sweep delete exactly what is the lab’s', async () => {
    const afterDelete = stateAfter(before, generated, [TARGET], assignments);
    const afterSweep = stateAfter(before, generated, [TARGET, undefined], assignments);
    const deleteLab = ['delete-lab', { 'resource-group': TARGET }] as const;
    const sweepLabs = ['sweep-labs', { 'dry-run': 'false' }] as const;
    await expectLeft(afterDelete, ...deleteLab);
    await expectLeft(afterSweep, ...sweepLabs);
    await expectLeft(afterSweep, ...sweepLabs);
  });
});
