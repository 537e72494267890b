import { azureError, type FakeAnswer, notFound } from '../fake-tools.ts';
import type { Tags } from '../ownership.ts';

export interface FakeResource {
  group: string;
  type: string;
  /** For a child: `PARENT/CHILD`. */
  name: string;
  tags?: Tags | null;
  /** undefined: its provider does not record it. */
  createdBy?: string;
  /** Days for which a deleted vault is kept. */
  retention?: number;
  /** Further members that `az … show` prints. */
  more?: object;
}

export interface FakeGroup {
  name: string;
  tags?: Tags | null;
  managedBy?: string;
}

export interface FakeDeletedVault {
  name: string;
  group: string;
  tags?: Tags | null;
  retention?: number;
  protected?: boolean;
}

export interface FakeAssignment {
  id: string;
  role: string;
  scope: string;
  principalId: string;
}

const SUBSCRIPTION = '/subscriptions/subscription-id';
const COMMANDS: Readonly<Record<string, string>> = {
  aks: 'Microsoft.ContainerService/managedClusters',
  acr: 'Microsoft.ContainerRegistry/registries',
  keyvault: 'Microsoft.KeyVault/vaults',
  identity: 'Microsoft.ManagedIdentity/userAssignedIdentities',
};

export const groupIdOf = (name: string) => `${SUBSCRIPTION}/resourceGroups/${name}`;

export function idOf({ group, type, name }: Pick<FakeResource, 'group' | 'type' | 'name'>): string {
  const [namespace, ...types] = type.split('/');
  const names = name.split('/');
  const path = types.map((each, index) => `${each}/${names[index]}`).join('/');
  return `${groupIdOf(group)}/providers/${namespace}/${path}`;
}

/**
 * A subscription that answers the commands of delete-lab and sweep-labs as Azure does: by resource ID, ignoring case, and
 * deleting everything in a deleted group. Tests change it between the commands.
 */
export class FakeSubscription {
  groups: FakeGroup[] = [];
  resources: FakeResource[] = [];
  deletedVaults: FakeDeletedVault[] = [];
  assignments: FakeAssignment[] = [];
  locked = new Set<string>();
  /** Names that Resource Manager's cached list does not show. */
  unseen = new Set<string>();
  stale: FakeResource[] = [];
  pageSize = 1000;
  /** A page of a list of resources that fails, from 0. */
  failingPage: number | undefined;
  permissions: object[] = [{ actions: ['*'], notActions: [] }];
  /** How often a deleted vault is missing in the list, by its name. */
  unlisted = new Map<string, number>();
  /** IDs that were deleted, and names of vaults that were purged. */
  readonly deleted: string[] = [];
  readonly purged: string[] = [];
  before: (command: string) => void = () => {};

  add(group: string, type: string, name: string, more: Partial<FakeResource> = {}): FakeResource {
    const resource = { group, type, name, ...more };
    this.resources.push(resource);
    return resource;
  }

  answers(): Record<string, FakeAnswer> {
    const all: Record<string, FakeAnswer> = {
      'az account get-access-token': () =>
        `x.${Buffer.from(JSON.stringify({ appid: 'Deployer', oid: 'object-id' })).toString('base64url')}.x`,
      'az group show': args => this.#group(option(args, '--name')),
      'az group list': () => this.groups.map(shownGroup),
      'az group delete': args => this.#deleteGroup(option(args, '--name')),
      'az rest --method get --url': args => this.#get(option(args, '--url')),
      'az role assignment list': () => this.assignments,
      'az role assignment delete': args => {
        this.assignments = this.assignments.filter(({ id }) => id !== option(args, '--ids'));
      },
      'az keyvault list-deleted': () => this.#listDeleted(),
      'az keyvault purge': args => this.#purge(option(args, '--name')),
    };
    for (const [command, type] of Object.entries(COMMANDS)) {
      const find = (args: readonly string[]) =>
        this.#find(option(args, '--resource-group'), type, option(args, '--name'));
      all[`az ${command} list`] = args => {
        this.#group(option(args, '--resource-group'));
        return this.resources
          .filter(each => isIn(each, option(args, '--resource-group')) && each.type === type)
          .map(shown);
      };
      all[`az ${command} show`] = args => shown(find(args));
      all[`az ${command} delete`] = args => this.#delete(find(args));
    }
    return Object.fromEntries(
      Object.entries(all).map(([command, answer]) => [
        command,
        (args, options) => {
          this.before(args.join(' '));
          return answer(args, options);
        },
      ]),
    );
  }

  #group(name: string): object {
    const found = this.groups.find(group => same(group.name, name));
    return found ? shownGroup(found) : notFound('ResourceGroupNotFound');
  }

  #find(group: string, type: string, name: string): FakeResource {
    const id = idOf({ group, type, name });
    return this.resources.find(each => same(idOf(each), id)) ?? notFound();
  }

  #deleteGroup(name: string): void {
    this.#group(name);
    const inside = this.resources.filter(each => isIn(each, name));
    if ([groupIdOf(name), ...inside.map(idOf)].some(id => this.locked.has(id)))
      azureError('ScopeLocked', 'Locked.');
    for (const each of inside) this.#remove(each);
    this.groups = this.groups.filter(group => !same(group.name, name));
    this.deleted.push(groupIdOf(name));
  }

  #delete(resource: FakeResource): void {
    const scopes = [groupIdOf(resource.group), idOf(resource)];
    if (scopes.some(id => this.locked.has(id))) azureError('ScopeLocked', 'Locked.');
    this.#remove(resource);
  }

  #remove(resource: FakeResource): void {
    const { group, name, tags = null, retention = 7, type } = resource;
    const children = this.resources.filter(each => idOf(each).startsWith(`${idOf(resource)}/`));
    this.resources = this.resources.filter(each => each !== resource && !children.includes(each));
    this.deleted.push(...[resource, ...children].map(idOf));
    if (type === COMMANDS.keyvault) this.deletedVaults.push({ name, group, tags, retention });
  }

  #get(url: string): object {
    const [path = '', query = ''] = url.split('?');
    if (path.endsWith('/permissions')) return { value: this.permissions };
    const group = /\/resourceGroups\/([^/]+)\/resources$/i.exec(path)?.[1];
    if (group) this.#group(group);
    const parameters = new URLSearchParams(query);
    const byTag = parameters.has('$filter');
    const page = Number(parameters.get('page') ?? 0);
    if (page === this.failingPage) azureError('AuthorizationFailed', 'No.');
    const all = [...this.resources, ...this.stale].filter(
      each =>
        (!group || isIn(each, group)) &&
        !this.unseen.has(each.name) &&
        (!byTag || Object.values(each.tags ?? {}).includes('workload-identity-lab')),
    );
    const value = all.slice(page * this.pageSize, (page + 1) * this.pageSize).map(shown);
    if ((page + 1) * this.pageSize >= all.length) return { value };
    parameters.set('page', String(page + 1));
    return { value, nextLink: `https://management.azure.com${path}?${parameters}` };
  }

  #listDeleted(): object[] {
    return this.deletedVaults
      .filter(({ name }) => {
        const left = this.unlisted.get(name) ?? 0;
        this.unlisted.set(name, left - 1);
        return left <= 0;
      })
      .map(({ name, group, tags = null, retention = 7 }) => ({
        name,
        properties: {
          vaultId: idOf({ group, type: COMMANDS.keyvault!, name }),
          location: 'eastus',
          tags,
          deletionDate: '2026-11-24T00:00:00Z',
          scheduledPurgeDate: new Date(Date.UTC(2026, 10, 24 + retention)).toISOString(),
        },
      }));
  }

  #purge(name: string): void {
    const vault = this.deletedVaults.find(each => same(each.name, name));
    if (!vault) notFound();
    if (vault?.protected) azureError('MethodNotAllowed', 'Operation DeletedVaultPurge is not allowed.');
    this.deletedVaults = this.deletedVaults.filter(each => each !== vault);
    this.purged.push(name);
  }
}

function shown(resource: FakeResource): object {
  const { group, name, type, tags = null, createdBy, more } = resource;
  const systemData = createdBy === undefined ? null : { createdBy };
  const last = name.split('/').at(-1);
  return {
    id: idOf(resource),
    name: last,
    type,
    tags,
    systemData,
    resourceGroup: group,
    location: 'eastus',
    ...more,
  };
}

function shownGroup({ name, tags = null, managedBy = undefined }: FakeGroup): object {
  const properties = { provisioningState: 'Succeeded' };
  return { id: groupIdOf(name), name, tags, managedBy: managedBy ?? null, properties };
}

function isIn({ group }: FakeResource, name: string): boolean {
  return same(group, name);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function option(args: readonly string[], name: string): string {
  return args[args.indexOf(name) + 1] ?? '';
}
