/** The public regions: name and display name. */
const regions: Readonly<Record<string, string>> = {
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

/** Every region's name: `eastus`. */
export const locationNames: readonly string[] = Object.keys(regions);

/**
 * The name of a region, however it was written.
 * @param location `eastus`, `EastUS` or `East US`
 * @returns `eastus`; `undefined` where there is no such region
 */
export function locationName(location: string): string | undefined {
  const name = location.toLowerCase().replaceAll(' ', '');
  return Object.hasOwn(regions, name) ? name : undefined;
}

/** The regions as a subscription lists them. */
export function listLocations(subscriptionId: string): object[] {
  return Object.entries(regions).map(([name, displayName]) => ({
    id: `/subscriptions/${subscriptionId}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: displayName,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended' },
  }));
}
