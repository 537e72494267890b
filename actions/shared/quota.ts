const LEARN = 'https://learn.microsoft.com';

export interface Explanation {
  cause: string;
  remedy: string;
  link: string;
}

/** Large regions in which new subscriptions usually find quota. */
const REGIONS = [
  'eastus2',
  'centralus',
  'westus3',
  'northeurope',
  'swedencentral',
  'uksouth',
  'southeastasia',
];

export function explainQuota(text: string): Explanation | undefined {
  return clusterQuota(text) ?? vcpuQuota(text) ?? vmSize(text) ?? capacity(text) ?? regionRestriction(text);
}

/** https://learn.microsoft.com/azure/aks/quotas-skus-regions */
function clusterQuota(text: string): Explanation | undefined {
  if (!/ManagedClusterCountExceedsQuotaLimit|exceeding quota limits for managed clusters/i.test(text)) return;
  const [, limit, used, more] =
    /Maximum allowed: (\d+), Current usage: (\d+), Additional requested: (\d+)/i.exec(text) ?? [];
  const numbers = limit ? `: limit ${limit}, used ${used}, requested ${more}` : '';
  return {
    cause: `The subscription's quota of AKS clusters in this region is used up${numbers}.`,
    remedy: `Delete unused clusters (az aks list --query "[].{name: name, group: resourceGroup, location: location}"), or set the input location to another region: ${others(text)}. Or request more quota.`,
    link: `${LEARN}/azure/aks/quotas-skus-regions`,
  };
}

/** What Azure's messages say about vCPUs, in AKS's two wordings and in that of Compute. */
const VCPU_WORDINGS: readonly [RegExp, (groups: Record<string, string>) => string][] = [
  [
    /left regional vcpu quota (?<left>-?\d+), requested quota (?<more>\d+)/i,
    ({ left, more }) => `all VM sizes together: available ${left}, required ${more}`,
  ],
  [
    /Insufficient vcpu quota requested (?<more>\d+), remaining (?<left>-?\d+)(?: for family (?<family>\w+))?/i,
    ({ left, more, family }) => `${family ?? 'this VM family'}: available ${left}, required ${more}`,
  ],
  [
    /exceeding approved (?<what>[\w ]+?) (?:Cores )?quota.*?Current Limit: (?<limit>\d+), Current Usage: (?<used>\d+), Additional Required: (?<more>\d+)/is,
    ({ what, limit, used, more }) => `${what}: limit ${limit}, used ${used}, required ${more} more`,
  ],
];

function vcpuQuota(text: string): Explanation | undefined {
  if (
    !/QuotaExceeded|InsufficientVCPUQuota|exceeding approved .* quota|insufficient .*vcpu quota/i.test(text)
  )
    return;
  const told = VCPU_WORDINGS.flatMap(([pattern, words]) => {
    const groups = pattern.exec(text)?.groups;
    return groups ? [words(groups as Record<string, string>)] : [];
  })[0];
  const region = regionOf(text);
  return {
    cause: `The subscription's vCPU quota is too small${region ? ` in ${region}` : ' in this region'}${told ? ` (${told})` : ''}.`,
    remedy: `Set the input location to another region: ${others(text)}. Or use fewer nodes or a smaller size (node-count, node-vm-size), or request more quota. This command shows the quota of a region: ${usageCommand(otherRegions(text)[0]!)}`,
    link: `${LEARN}/azure/quotas/per-vm-quota-requests`,
  };
}

/** https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-sku-not-available */
function vmSize(text: string): Explanation | undefined {
  if (
    !/SkuNotAvailable|VMSizeNotSupported|NotAvailableForSubscription|VM size of .* is not allowed|Virtual Machine size: .* is not supported/i.test(
      text,
    )
  )
    return;
  const region = regionOf(text);
  const offered = sizesFor(text);
  const size = offered.length > 0 ? ` Azure offers, among others: ${offered.join(', ')}.` : '';
  return {
    cause: `This VM size is not available to the subscription${region ? ` in ${region}` : ' in this region'}.`,
    remedy: `Set the input node-vm-size to another size.${size} Or set location to another region: ${others(text)}. This command lists the sizes of a region: az vm list-skus --location ${region ?? 'LOCATION'} --resource-type virtualMachines --query "[?!restrictions[0]].name"`,
    link: `${LEARN}/azure/azure-resource-manager/troubleshooting/error-sku-not-available`,
  };
}

function capacity(text: string): Explanation | undefined {
  if (
    !/AKSCapacity(?:HeavyUsage|Error)|(?:Zonal)?AllocationFailed|Overconstrained(?:Zonal)?AllocationRequest|AvailabilityZoneNotSupported/i.test(
      text,
    )
  )
    return;
  return {
    cause:
      'Azure has no capacity for this cluster in this region now. It is not the quota of the subscription.',
    remedy: `Set the input location to another region: ${others(text)}. Or set another node-vm-size, or retry later.`,
    link: `${LEARN}/troubleshoot/azure/azure-kubernetes/error-codes/akscapacityheavyusage-error`,
  };
}

/** Subscriptions of some offers, such as Azure for Students, are restricted to a few regions. */
function regionRestriction(text: string): Explanation | undefined {
  if (!/RequestDisallowedByAzure|RequestDisallowedByPolicy/i.test(text)) return;
  return {
    cause: "A policy does not allow this region or these settings. Azure's message shows its name.",
    remedy:
      'Set the input location to a region that the policy allows: az policy assignment list --query "[].{name: displayName, parameters: parameters}"',
    link: `${LEARN}/azure/azure-resource-manager/troubleshooting/error-policy-requestdisallowedbypolicy`,
  };
}

export function usageCommand(location: string): string {
  return `az vm list-usage --location ${location} --query "[?name.value=='cores']"`;
}

function regionOf(text: string): string | undefined {
  return /\blocation:? '?([a-z][a-z0-9]{3,30})\b/i.exec(text)?.[1]?.toLowerCase();
}

function otherRegions(text: string): string[] {
  const region = regionOf(text);
  return REGIONS.filter(each => each !== region).slice(0, 4);
}

const others = (text: string): string => otherRegions(text).join(', ');

/** A few of the sizes that Azure's message lists: two or four vCPUs, general purpose, not ARM. */
function sizesFor(text: string): string[] {
  const list = /available VM sizes are '?([\w,-]+)/i.exec(text)?.[1]?.split(',') ?? [];
  return list.filter(size => /^standard_[bde][24](?!\w*p\w*_v)\w*_v\d$/i.test(size)).slice(0, 4);
}
