import { locationNames } from '../arm/locations.ts';
import type { ResourceProvider } from '../arm/provider.ts';
import type { AzureCloud } from '../azure-clouds.ts';
import { json } from '../http/service.ts';
import { type Quotas, vcpusOf } from './quotas.ts';

const vmSizes = [
  'Standard_B2s',
  'Standard_D2s_v5',
  'Standard_D4ds_v5',
  'Standard_D4s_v5',
  'Standard_E4ds_v5',
];

/** Quotas and VM sizes only. */
export function createComputeProvider(
  cloud: AzureCloud,
  quotas: Quotas,
  usedVcpus: (location: string) => number,
): ResourceProvider {
  return {
    namespace: 'Microsoft.Compute',
    resourceTypes: [
      {
        name: 'locations/usages',
        list: ({ id }) => {
          const location = id.names[0]!.toLowerCase();
          const cores = {
            currentValue: usedVcpus(location),
            limit: quotas.of(location).vcpus,
            unit: 'Count',
            name: { value: 'cores', localizedValue: 'Total Regional vCPUs' },
          };
          return json(200, { value: [cores] });
        },
      },
      {
        name: 'skus',
        // az selects the region that the user requested.
        list: () => {
          const skus = locationNames(cloud).flatMap(location => vmSizes.map(name => skuOf(name, location)));
          return json(200, { value: skus });
        },
      },
    ],
    resources: () => [],
    remove: () => {},
  };
}

function skuOf(name: string, location: string): object {
  const family = `${name.replace(/\d+/, '').replaceAll('_', '')}Family`;
  return {
    resourceType: 'virtualMachines',
    name,
    tier: 'Standard',
    size: name.replace('Standard_', ''),
    family,
    locations: [location],
    locationInfo: [{ location, zones: [], zoneDetails: [] }],
    capabilities: [{ name: 'vCPUs', value: String(vcpusOf(name)) }],
    restrictions: [],
  };
}
