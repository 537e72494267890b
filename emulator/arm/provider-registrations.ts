import { json, type Reply } from '../http/service.ts';
import { gatewayError } from './errors.ts';
import { locationNames } from './locations.ts';
import type { ResourceProvider } from './provider.ts';
import { sameId } from './resource-id.ts';
import type { ArmServices } from './route.ts';

export function listProviders(services: ArmServices): Reply {
  return json(200, { value: services.providers.map(each => registration(services, each)) });
}

export function showProvider(services: ArmServices, namespace: string): Reply {
  return json(200, registration(services, findProvider(services.providers, namespace)));
}

export function registerProvider(services: ArmServices, namespace: string): Reply {
  const provider = findProvider(services.providers, namespace);
  services.registrations.register(provider.namespace);
  return json(200, registration(services, provider));
}

/** @throws ArmError 404 */
export function findProvider(providers: readonly ResourceProvider[], namespace: string): ResourceProvider {
  const provider = providers.find(each => sameId(each.namespace, namespace));
  if (provider) return provider;
  throw gatewayError(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
}

/** `az resource` reads the newest stable API versions here. */
const newestVersions: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.ContainerRegistry': ['2025-04-01'],
  'Microsoft.ContainerService': ['2025-07-01'],
  'Microsoft.KeyVault': ['2024-11-01'],
  'Microsoft.ManagedIdentity': ['2024-11-30'],
};

function registration(
  { context, registrations }: ArmServices,
  { namespace, resourceTypes }: ResourceProvider,
): object {
  const { cloud, subscriptionId } = context;
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    resourceTypes: resourceTypes.map(({ name }) => ({
      resourceType: name,
      locations: locationNames(cloud),
      apiVersions: newestVersions[namespace] ?? [],
    })),
    registrationState: registrations.stateOf(namespace),
    registrationPolicy: 'RegistrationRequired',
  };
}
