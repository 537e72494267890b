import { matchesLabelSelector } from '../api/selectors.ts';
import { type ApiClient, ApiError, type WatchEvent } from '../client.ts';
import type { KubernetesObject, LabelSelector, OwnerReference } from '../objects.ts';
import { keyOf, type Source } from './reconciler.ts';

/** A kind whose objects control others. */
export interface OwnerKind {
  readonly apiVersion: string;
  readonly kind: string;
}

interface Owner extends KubernetesObject {
  spec: { selector: LabelSelector };
}

/** The one owner that manages the object. */
export function controllerOf({ metadata }: KubernetesObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** What an object carries to show whose it is. */
export function ownerReference({ apiVersion, kind }: OwnerKind, owner: KubernetesObject): OwnerReference {
  const { name, uid = '' } = owner.metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

export function selects(selector: LabelSelector, { metadata }: KubernetesObject): boolean {
  return matchesLabelSelector({ ...selector }, metadata.labels ?? {});
}

/**
 * The collections that concern the owners of a kind: their own, and that of what they control. An object without a
 * controller concerns every owner that might adopt it.
 */
export function ownerSources(owners: string, kind: OwnerKind, owned: string): Source[] {
  const known = new Map<string, Owner>();
  const remember = ({ type, object }: WatchEvent<KubernetesObject>) => {
    if (type === 'DELETED') known.delete(keyOf(object));
    else known.set(keyOf(object), object as Owner);
    return [keyOf(object)];
  };
  const concerns = ({ object }: WatchEvent<KubernetesObject>) => {
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
    { path: owners, concerns: remember },
    { path: owned, concerns },
  ];
}

/**
 * Settles what belongs to an owner: what matches its selector and has no controller is adopted, what no longer matches
 * is let go.
 * @param collection address of the objects: `/api/v1/namespaces/default/pods`
 * @param objects everything in that collection
 * @returns what the owner controls now
 * @throws ApiError where an object could not be changed
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

/** The answer, `undefined` where the object is not there. @throws ApiError for every other refusal */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}
