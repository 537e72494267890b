import { matchesLabelSelector } from '../api/selectors.ts';
import { type ApiClient, ApiError, type WatchEvent } from '../client.ts';
import type { KubernetesObject, LabelSelector, OwnerReference } from '../objects.ts';
import { keyOf, type Source } from './reconciler.ts';

export interface OwnerKind {
  readonly apiVersion: string;
  readonly kind: string;
}

interface Owner extends KubernetesObject {
  spec: { selector: LabelSelector };
}

export function controllerOf({ metadata }: KubernetesObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

export function ownerReference({ apiVersion, kind }: OwnerKind, owner: KubernetesObject): OwnerReference {
  const { name, uid = '' } = owner.metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

export function selects(selector: LabelSelector, { metadata }: KubernetesObject): boolean {
  return matchesLabelSelector({ ...selector }, metadata.labels ?? {});
}

/**
 * Sources for owners of a kind, and for the objects that they control. An object without a controller concerns every
 * owner that can adopt it.
 */
export function ownerSources(owners: string, kind: OwnerKind, owned: string): Source[] {
  const known = new Map<string, Owner>();
  const remember = ({ type, object }: WatchEvent<KubernetesObject>) => {
    if (type === 'DELETED') known.delete(keyOf(object));
    else known.set(keyOf(object), object as Owner);
    return [keyOf(object)];
  };
  const affectedKeys = ({ object }: WatchEvent<KubernetesObject>) => {
    const namespace = object.metadata.namespace ?? 'default';
    const controller = controllerOf(object);
    if (controller !== undefined) {
      return controller.kind === kind.kind ? [`${namespace}/${controller.name}`] : [];
    }
    return [...known]
      .filter(([key, { spec }]) => key.startsWith(`${namespace}/`) && selects(spec.selector, object))
      .map(([key]) => key);
  };
  return [
    { path: owners, affectedKeys: remember },
    { path: owned, affectedKeys },
  ];
}

/**
 * Adopts objects that match the selector and have no controller. Releases objects that no longer match.
 * @param collection `/api/v1/namespaces/default/pods`
 * @param objects all objects in the collection
 * @returns the objects that the owner controls
 * @throws ApiError if an object could not be changed
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/controller_ref_manager.go
 */
export async function claim<T extends KubernetesObject>(
  api: ApiClient,
  kind: OwnerKind,
  owner: Owner,
  collection: string,
  objects: readonly T[],
): Promise<T[]> {
  const claimed: T[] = [];
  for (const object of objects) {
    const { metadata } = object;
    const controller = controllerOf(object);
    const matches = selects(owner.spec.selector, object);
    const going = owner.metadata.deletionTimestamp !== undefined;
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches || going) claimed.push(object);
      else await own(metadata.ownerReferences?.filter(({ uid }) => uid !== owner.metadata.uid) ?? []);
    } else if (matches && !going && metadata.deletionTimestamp === undefined) {
      const adopted = await own([...(metadata.ownerReferences ?? []), ownerReference(kind, owner)]);
      if (adopted !== undefined) claimed.push(adopted);
    }

    async function own(ownerReferences: OwnerReference[]): Promise<T | undefined> {
      const { uid, resourceVersion } = metadata;
      const patch = { metadata: { uid, resourceVersion, ownerReferences } };
      return await unlessGone(api.mergePatch<T>(`${collection}/${metadata.name}`, patch));
    }
  }
  return claimed;
}

/** Returns `undefined` for 404. @throws ApiError for every other error */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}
