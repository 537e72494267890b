import type { AzureCloud } from '../azure-clouds.ts';

const publicRegions: Readonly<Record<string, string>> = {
  eastus: 'East US',
  eastus2: 'East US 2',
  southcentralus: 'South Central US',
  westus2: 'West US 2',
  westus3: 'West US 3',
  australiaeast: 'Australia East',
  southeastasia: 'Southeast Asia',
  northeurope: 'North Europe',
  swedencentral: 'Sweden Central',
  uksouth: 'UK South',
  westeurope: 'West Europe',
  centralus: 'Central US',
  southafricanorth: 'South Africa North',
  centralindia: 'Central India',
  eastasia: 'East Asia',
  japaneast: 'Japan East',
  koreacentral: 'Korea Central',
  canadacentral: 'Canada Central',
  francecentral: 'France Central',
  germanywestcentral: 'Germany West Central',
  italynorth: 'Italy North',
  norwayeast: 'Norway East',
  polandcentral: 'Poland Central',
  spaincentral: 'Spain Central',
  switzerlandnorth: 'Switzerland North',
  uaenorth: 'UAE North',
  brazilsouth: 'Brazil South',
  israelcentral: 'Israel Central',
  mexicocentral: 'Mexico Central',
  newzealandnorth: 'New Zealand North',
  northcentralus: 'North Central US',
  westus: 'West US',
  westcentralus: 'West Central US',
  japanwest: 'Japan West',
  canadaeast: 'Canada East',
  ukwest: 'UK West',
  southindia: 'South India',
  koreasouth: 'Korea South',
  australiasoutheast: 'Australia Southeast',
  malaysiasouth: 'Malaysia South',
};

/** @see https://learn.microsoft.com/azure/azure-government/documentation-government-welcome */
const governmentRegions: Readonly<Record<string, string>> = {
  usgovvirginia: 'USGov Virginia',
  usgovarizona: 'USGov Arizona',
  usgovtexas: 'USGov Texas',
  usdodcentral: 'USDoD Central',
  usdodeast: 'USDoD East',
};

const regions: Readonly<Record<AzureCloud['name'], Readonly<Record<string, string>>>> = {
  AzureCloud: publicRegions,
  AzureUSGovernment: governmentRegions,
};

export function locationNames(cloud: AzureCloud): string[] {
  return Object.keys(regions[cloud.name]);
}

/**
 * @param location `eastus`, `EastUS`, or `East US`
 * @returns `eastus`; `undefined` if the cloud does not have it
 */
export function locationName(cloud: AzureCloud, location: string): string | undefined {
  const name = location.toLowerCase().replaceAll(' ', '');
  return Object.hasOwn(regions[cloud.name], name) ? name : undefined;
}

export function listLocations(cloud: AzureCloud, subscriptionId: string): object[] {
  return Object.entries(regions[cloud.name]).map(([name, displayName]) => ({
    id: `/subscriptions/${subscriptionId}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: displayName,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended' },
  }));
}
