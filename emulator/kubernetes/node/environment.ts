import { type ApiClient, ApiError } from '../client.ts';
import type { ConfigMap, Container, EnvVarSource, Pod, Secret } from '../objects.ts';
import { type NodeResources, resourceField } from './resources.ts';
import { ContainerConfigError } from './run-as-non-root.ts';

export interface PodAddresses {
  readonly podIP: string;
  readonly hostIP: string;
}

/**
 * Field of the pod for `fieldRef`.
 * @throws ContainerConfigError for an unsupported field
 * @see https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields
 */
export function podField(pod: Pod, fieldPath: string, addresses: PodAddresses): string {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath);
  if (keyed !== null) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'metadata.labels':
    case 'metadata.annotations':
      return formatMap(pod.metadata[fieldPath.slice('metadata.'.length) as 'labels' | 'annotations'] ?? {});
    case 'spec.nodeName':
      return pod.spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return addresses.hostIP;
    case 'status.podIP':
    case 'status.podIPs':
      return addresses.podIP;
    default:
      throw new ContainerConfigError(`unsupported fieldPath: ${fieldPath}`);
  }
}

function formatMap(map: Record<string, string>): string {
  return Object.keys(map)
    .sort()
    .map(key => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
}

/** Replaces `$(NAME)` by a known variable. `$$(NAME)` is a literal `$(NAME)`. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^()]*)\))/g, (reference, name: string | undefined) =>
    name === undefined ? '$' : (variables[name] ?? reference),
  );
}

/**
 * Resolves `envFrom`, then `env`.
 * @param allocatable default limits
 * @throws ContainerConfigError for a missing object or key
 */
export async function resolveEnvironment(
  api: ApiClient,
  pod: Pod,
  container: Container,
  addresses: PodAddresses,
  allocatable: NodeResources,
): Promise<Record<string, string>> {
  const values = new ReferencedValues(api, pod.metadata.namespace ?? 'default');
  const environment: Record<string, string> = {};
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const kind = configMapRef === undefined ? 'secret' : 'configmap';
    const { name = '', optional = false } = configMapRef ?? secretRef ?? {};
    for (const [key, value] of Object.entries((await values.read(kind, name, optional)) ?? {})) {
      environment[prefix + key] = value;
    }
  }
  for (const { name, value = '', valueFrom } of container.env ?? []) {
    const resolved =
      valueFrom === undefined
        ? expand(value, environment)
        : valueFrom.resourceFieldRef === undefined
          ? await resolveSource(valueFrom, values, pod, addresses)
          : resourceField(pod, valueFrom.resourceFieldRef, container.name, allocatable);
    if (resolved !== undefined) environment[name] = resolved;
  }
  return environment;
}

async function resolveSource(
  source: EnvVarSource,
  values: ReferencedValues,
  pod: Pod,
  addresses: PodAddresses,
): Promise<string | undefined> {
  if (source.fieldRef !== undefined) return podField(pod, source.fieldRef.fieldPath, addresses);
  const reference = source.configMapKeyRef ?? source.secretKeyRef;
  if (reference === undefined) throw new ContainerConfigError('invalid valueFrom');
  const kind = source.configMapKeyRef === undefined ? 'secret' : 'configmap';
  const { name = '', key, optional = false } = reference;
  const value = (await values.read(kind, name, optional))?.[key];
  if (value === undefined && !optional) {
    const where = `${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${pod.metadata.namespace}/${name}`;
    throw new ContainerConfigError(`couldn't find key ${key} in ${where}`);
  }
  return value;
}

/** Reads each ConfigMap and Secret of a namespace once. */
class ReferencedValues {
  readonly #api: ApiClient;
  readonly #namespace: string;
  readonly #read = new Map<string, Record<string, string> | undefined>();

  constructor(api: ApiClient, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
  }

  async read(kind: 'configmap' | 'secret', name: string, optional: boolean) {
    const key = `${kind}/${name}`;
    if (!this.#read.has(key)) this.#read.set(key, await this.#fetch(kind, name));
    const values = this.#read.get(key);
    if (values === undefined && !optional) throw new ContainerConfigError(`${kind} "${name}" not found`);
    return values;
  }

  async #fetch(kind: 'configmap' | 'secret', name: string): Promise<Record<string, string> | undefined> {
    try {
      const object = await this.#api.get<ConfigMap | Secret>(
        `/api/v1/namespaces/${this.#namespace}/${kind}s/${name}`,
      );
      const decode = (value: string) => (kind === 'secret' ? Buffer.from(value, 'base64').toString() : value);
      return Object.fromEntries(Object.entries(object.data ?? {}).map(([k, v]) => [k, decode(v)]));
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }
}
