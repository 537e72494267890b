import type { Container, Pod, ResourceFieldSelector } from '../objects.ts';
import { ContainerConfigError } from './run-as-non-root.ts';

/** By resource: `cpu`, `memory`. */
export type NodeResources = Readonly<Record<string, string>>;

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * Parses a quantity to cores or bytes.
 * @throws RangeError if it is invalid
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(quantity: string | number): number {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/.exec(
    String(quantity),
  );
  if (match === null) throw new RangeError(`Invalid quantity: ${JSON.stringify(quantity)}`);
  const [, number = '', suffix = '', exponent] = match;
  const value = Number(exponent === undefined ? number : `${number}e${exponent}`);
  // Division, because 0.001 has no exact binary form.
  return suffix === 'm' ? value / 1000 : value * (factors[suffix] ?? 1);
}

/**
 * Resolves `resourceFieldRef`: a limit or request in units of the divisor, rounded up. The default limit is the
 * node's.
 * @param own default container
 * @throws ContainerConfigError for an unknown container or resource
 * @see https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#downwardapi-resourceFieldRef
 */
export function resourceField(
  pod: Pod,
  { resource, containerName, divisor }: ResourceFieldSelector,
  own: string | undefined,
  allocatable: NodeResources,
): string {
  const name = containerName || own;
  const containers: readonly Container[] = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const container = containers.find(each => each.name === name);
  if (container === undefined) throw new ContainerConfigError(`container ${name ?? ''} not found`);
  const [, part, kind = ''] = /^(limits|requests)\.(cpu|memory|ephemeral-storage)$/.exec(resource) ?? [];
  if (part === undefined) throw new ContainerConfigError(`unsupported container resource : ${resource}`);
  const set = container.resources?.[part as 'limits' | 'requests']?.[kind];
  const value = set ?? (part === 'limits' ? (allocatable[kind] ?? 0) : 0);
  const unit = parseQuantity(divisor ?? 0) || 1;
  return String(Math.ceil(parseQuantity(value) / unit));
}
