import { ENGLISH } from './az-configuration.ts';
import { type CommandOptions, runCommand } from './command.ts';
import { failedWith } from './command-errors.ts';

/**
 * @returns standard output
 * @throws {CommandFailed}
 */
export type Kubectl = (args: readonly string[], options?: CommandOptions) => Promise<string>;

/**
 * A user's kuberc file can change the options of a command, and give its name to another.
 * https://kubernetes.io/docs/reference/kubectl/kuberc/
 */
const ENVIRONMENT = { ...ENGLISH, KUBERC: 'off', KUBECTL_KUBERC: 'false' };

/** Time limit of one request to the API server; kubectl has none by default. */
const REQUEST_TIMEOUT = ['--request-timeout', '60s'];

/** kubectl for the cluster of a kubeconfig file, without the user's preferences. */
export function kubectlWith(kubeconfig: string): Kubectl {
  return async (args, options) => {
    const env = { ...ENVIRONMENT, ...options?.env };
    // A followed log is one request that lasts as long as its caller wants.
    const timeout = args.includes('--follow') ? [] : REQUEST_TIMEOUT;
    const command = ['--kubeconfig', kubeconfig, ...timeout, ...args];
    return (await runCommand('kubectl', command, { ...options, env })).stdout;
  };
}

export async function getObject<T>(
  kubectl: Kubectl,
  kind: string,
  name: string,
  namespace?: string,
): Promise<T | undefined> {
  const scope = namespace ? ['--namespace', namespace] : [];
  const text = await kubectl(['get', kind, name, ...scope, '--ignore-not-found', '--output', 'json']);
  return text.trim() === '' ? undefined : (JSON.parse(text) as T);
}

export interface StoredObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    deletionTimestamp?: string;
    finalizers?: string[];
  };
}

/** A namespaced object, with the kind as kubectl spells it. */
export interface ObjectReference {
  kind: string;
  name: string;
  namespace: string;
}

/** @returns the object as stored by the API server */
export async function createObject<T>(kubectl: Kubectl, manifest: object): Promise<T> {
  const args = ['create', '--save-config', '--filename', '-', '--output', 'json'];
  return JSON.parse(await kubectl(args, { input: JSON.stringify(manifest) })) as T;
}

const MOST_ATTEMPTS = 5;

/**
 * Deletes an object if `mayDelete` allows it. The API server deletes exactly the version that was checked: if the object has
 * changed since, it is read and checked again.
 * @param mayDelete throws, or returns false, for an object that stays
 * @returns the deleted object, which might exist for a while; undefined if it did not exist, or stays
 */
export async function deleteObject<T extends StoredObject>(
  kubectl: Kubectl,
  { kind, name, namespace }: ObjectReference,
  mayDelete: (object: T) => boolean,
  propagationPolicy: 'Background' | 'Foreground' = 'Background',
): Promise<T | undefined> {
  for (let attempt = 1; ; attempt++) {
    const object = await getObject<T>(kubectl, kind, name, namespace);
    if (!object || !mayDelete(object)) return undefined;
    const { uid, resourceVersion, deletionTimestamp } = object.metadata;
    if (deletionTimestamp) return object;
    const preconditions = { uid, resourceVersion };
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy };
    try {
      // `kubectl delete NAME` deletes whatever has the name by then.
      await kubectl(['delete', '--raw', pathOf(object), '--filename', '-'], {
        input: JSON.stringify(options),
      });
      return object;
    } catch (error) {
      if (failedWith(error, 'object-not-found')) return undefined;
      if (!failedWith(error, 'object-changed') || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
function pathOf({ apiVersion, kind, metadata: { name, namespace } }: StoredObject): string {
  const group = apiVersion.includes('/') ? 'apis' : 'api';
  return `/${group}/${apiVersion}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
}
