import { type Az, findResource } from '../az.ts';
import { CommandFailed } from '../command-errors.ts';
import type { Tags } from '../ownership.ts';
import type { Permission } from '../permissions.ts';
import { quote } from '../quote.ts';

export interface Resource {
  id: string;
  name: string;
  type: string;
  location?: string;
  tags?: Tags | null;
  /** Azure's own record, which no tag changes. Not every resource provider returns it. */
  systemData?: { createdBy?: string | null } | null;
}

export interface Group {
  id: string;
  name: string;
  tags?: Tags | null;
  /** The resource that owns the group, such as the cluster of a node resource group. */
  managedBy?: string | null;
  properties?: { provisioningState?: string } | null;
}

export interface Inventory {
  group: Group;
  resources: readonly Resource[];
}

export interface Kind {
  type: string;
  command: string;
  deletion: readonly string[];
}

export const VAULT = 'Microsoft.KeyVault/vaults';
export const CLUSTER = 'Microsoft.ContainerService/managedClusters';
export const IDENTITY = 'Microsoft.ManagedIdentity/userAssignedIdentities';

/** What the lab creates, in the order of deletion: a cluster takes the longest. */
export const KINDS: readonly Kind[] = [
  { type: CLUSTER, command: 'aks', deletion: ['--yes', '--no-wait'] },
  { type: 'Microsoft.ContainerRegistry/registries', command: 'acr', deletion: ['--yes'] },
  { type: VAULT, command: 'keyvault', deletion: [] },
  { type: IDENTITY, command: 'identity', deletion: [] },
];

export function kindOf(resource: Resource): Kind | undefined {
  return KINDS.find(({ type }) => isOfType(resource, type));
}

/** Compares resource types without case: Azure spells them in more than one. */
export function isOfType({ type }: Resource, wanted: string): boolean {
  return type.toLowerCase() === wanted.toLowerCase();
}

export function describeResource({ type, name }: Resource): string {
  return `${type.split('/').slice(1).join('/')} ${name}`;
}

export function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function isBelow(id: string, parent: string): boolean {
  return id.toLowerCase().startsWith(`${parent.toLowerCase()}/`);
}

export function groupId(subscriptionId: string, name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}

/** @throws Error when az answers for another subscription. */
export async function readGroup(az: Az, subscriptionId: string, name: string): Promise<Group | undefined> {
  const group = await findResource<Group>(az, ['group', 'show', '--name', name]);
  if (group && !sameId(group.id, groupId(subscriptionId, name)))
    throw new Error(
      `az shows resource group ${quote(group.id)}, but the request was for ${quote(groupId(subscriptionId, name))}.`,
    );
  return group;
}

export async function readResource(az: Az, listed: Resource): Promise<Resource | undefined> {
  const group = listed.id.split('/')[4] ?? '';
  const shown = await findResource<Resource>(az, [
    ...[kindOf(listed)!.command, 'show', '--name', listed.name, '--resource-group', group],
  ]);
  return shown && { ...shown, type: listed.type, systemData: shown.systemData ?? listed.systemData ?? null };
}

/**
 * Resource Manager's list comes from a regional cache that can miss new resources
 * (https://github.com/Azure/AKS/issues/1964). The answers of the providers of the lab's kinds are current.
 */
export async function readInventory(
  az: Az,
  subscriptionId: string,
  name: string,
): Promise<Inventory | undefined> {
  const group = await readGroup(az, subscriptionId, name);
  if (!group) return undefined;
  try {
    const [cached, ...current] = await Promise.all([
      listAll<Resource>(az, `${groupId(subscriptionId, name)}/resources?api-version=2021-04-01`),
      ...KINDS.map(({ command }) => listKind(az, command, name)),
    ]);
    const listed = current.flatMap((list, index) =>
      checkedList(list).map(resource => ({ ...resource, type: KINDS[index]!.type })),
    );
    const resources = new Map(listed.map(resource => [resource.id.toLowerCase(), resource]));
    const gone: Resource[] = [];
    for (const resource of cached) {
      const key = resource.id.toLowerCase();
      const known = resources.get(key);
      // The cache shows a deleted resource for some minutes more, and a list can be incomplete: the resource itself decides.
      const shown = known ?? (kindOf(resource) ? await readResource(az, resource) : resource);
      if (shown)
        resources.set(key, {
          ...shown,
          type: resource.type,
          systemData: shown.systemData ?? resource.systemData,
        });
      else gone.push(resource);
    }
    for (const [key, { id }] of resources)
      if (gone.some(parent => isBelow(id, parent.id))) resources.delete(key);
    const foreign = [...resources.values()].find(({ id }) => !isBelow(id, group.id));
    if (foreign)
      throw new Error(
        `The list of resource group ${quote(name)} contains ${quote(foreign.id)}, which is not in the group.`,
      );
    return { group, resources: [...resources.values()] };
  } catch (error) {
    // The group can be deleted while its resources are listed.
    if (error instanceof CommandFailed && !(await readGroup(az, subscriptionId, name))) return undefined;
    throw error;
  }
}

async function listKind(az: Az, command: string, resourceGroup: string): Promise<Resource[]> {
  try {
    return await az<Resource[]>([command, 'list', '--resource-group', resourceGroup]);
  } catch (error) {
    // A provider that the subscription has never used has no resources.
    if (error instanceof CommandFailed && error.code === 'MissingSubscriptionRegistration') return [];
    throw error;
  }
}

/**
 * Reads a list of Resource Manager with all its pages. `az resource list` is not used, because az adds the filter
 * `--location` to it where the user has configured a default location.
 * @param path from `/subscriptions/…` on, with its query
 * @throws {CommandFailed} when a page fails; Error when a page is not a list.
 */
export async function listAll<T extends { id: string }>(az: Az, path: string): Promise<T[]> {
  const items: T[] = [];
  const pages = new Set<string>();
  for (let url: string | undefined = path; url !== undefined; ) {
    if (pages.has(url)) throw new Error(`The list ${quote(path)} repeats a page.`);
    pages.add(url);
    const page: { value?: T[]; nextLink?: string | null } | undefined = await az([
      ...['rest', '--method', 'get', '--url', url],
    ]);
    items.push(...checkedList(page?.value));
    url = page?.nextLink ? pageOf(page.nextLink, path) : undefined;
  }
  return items;
}

/** The path of a next page. It must be a page of the same list: az sends the caller's token along. */
function pageOf(nextLink: string, path: string): string {
  const { pathname, search } = new URL(nextLink, 'https://management.azure.com');
  const [wanted = ''] = path.split('?');
  if (sameId(decodeURIComponent(pathname), wanted)) return `${pathname}${search}`;
  throw new Error(`The list ${quote(wanted)} continues at ${quote(nextLink)}, which is another list.`);
}

function checkedList<T extends { id: string }>(list: T[] | undefined): T[] {
  if (Array.isArray(list) && list.every(item => typeof item?.id === 'string')) return list;
  throw new Error("Azure's answer to a list of resources is not a list.");
}

/** Whether these permissions show every resource of a group: lists leave out what the caller is not allowed to read. */
export function seesEverything(permissions: readonly Permission[] | undefined): boolean {
  return (permissions ?? []).some(
    ({ actions, notActions, condition }) =>
      !condition &&
      actions.some(action => /^\*(\/read)?$/i.test(action)) &&
      !notActions.some(action => /(^|\/)(\*|read)$/i.test(action)),
  );
}
