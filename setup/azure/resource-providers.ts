import type { Az } from '../../actions/shared/az.ts';
import type { Settings } from '../settings.ts';
import { type Step, unchangedStep } from '../steps.ts';
import { azOperation } from './operations.ts';

/**
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

/** For example "Registered", by namespace in lower case. */
export type ProviderStates = ReadonlyMap<string, string>;

export async function readProviderStates(az: Az, { subscription }: Settings): Promise<ProviderStates> {
  const query = '[].{namespace: namespace, state: registrationState}';
  const found = await az<{ namespace: string; state: string }[]>([
    ...['provider', 'list', '--query', query, '--subscription', subscription.id],
  ]);
  return new Map(found.map(({ namespace, state }) => [namespace.toLowerCase(), state]));
}

/**
 * Does not wait: a registration can stay at "Registering" for hours
 * (https://github.com/Azure/azure-cli/issues/16998).
 */
export function registerProviders(states: ProviderStates, { subscription }: Settings): Step[] {
  return NAMESPACES.map(namespace => {
    const what = 'Resource provider';
    const state = states.get(namespace.toLowerCase()) ?? 'NotRegistered';
    if (state === 'Registered' || state === 'Registering') return unchangedStep(what, namespace);
    const reason = `it is ${state}`;
    const operations = [
      azOperation(() => [
        ...['provider', 'register', '--namespace', namespace, '--subscription', subscription.id],
      ]),
    ];
    return { what, name: namespace, change: 'update', reason, operations };
  });
}

export function listUnregistered(states: ProviderStates): string[] {
  return NAMESPACES.filter(namespace => states.get(namespace.toLowerCase()) !== 'Registered');
}

export function listRegistering(states: ProviderStates): string[] {
  return NAMESPACES.filter(namespace => states.get(namespace.toLowerCase()) === 'Registering');
}
