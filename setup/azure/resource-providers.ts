import type { Az } from '../../actions/shared/az.ts';
import { nothingToDo, type Step } from '../steps.ts';
import type { Wanted } from '../settings.ts';
import { azCall } from './operations.ts';

/**
 * What labs are made of. A subscription must have each registered before it is first used.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types
 */
const NAMESPACES = [
  'Microsoft.ContainerService',
  'Microsoft.ContainerRegistry',
  'Microsoft.KeyVault',
  'Microsoft.ManagedIdentity',
  'Microsoft.Compute',
  'Microsoft.Network',
] as const;

/** The registration of each resource provider that Azure lists: by namespace in lower case, "Registered" and the like. */
export async function findProviders(az: Az, { subscription }: Wanted): Promise<ReadonlyMap<string, string>> {
  const query = '[].{namespace: namespace, state: registrationState}';
  const found = await az<{ namespace: string; state: string }[]>([
    ...['provider', 'list', '--query', query, '--subscription', subscription.id],
  ]);
  return new Map(found.map(({ namespace, state }) => [namespace.toLowerCase(), state]));
}

/**
 * Registers what is not registered. It does not wait: a registration goes region by region and can stay at "Registering"
 * for hours (https://github.com/Azure/azure-cli/issues/16998).
 */
export function registerProviders(found: ReadonlyMap<string, string>, { subscription }: Wanted): Step[] {
  return NAMESPACES.map(namespace => {
    const what = 'Resource provider';
    const state = found.get(namespace.toLowerCase()) ?? 'NotRegistered';
    if (state === 'Registered' || state === 'Registering') return nothingToDo(what, namespace);
    const because = `it is ${state}`;
    const calls = [
      azCall(() => [
        ...['provider', 'register', '--namespace', namespace, '--subscription', subscription.id],
      ]),
    ];
    return { what, name: namespace, does: 'change', because, calls };
  });
}

/** The namespaces of labs that are not registered yet. */
export function unregistered(found: ReadonlyMap<string, string>): string[] {
  return NAMESPACES.filter(namespace => found.get(namespace.toLowerCase()) !== 'Registered');
}

/** The namespaces of labs whose registration has begun and not ended. */
export function registering(found: ReadonlyMap<string, string>): string[] {
  return NAMESPACES.filter(namespace => found.get(namespace.toLowerCase()) === 'Registering');
}
