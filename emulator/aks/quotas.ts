/** What a subscription may use in one region. */
export interface RegionQuota {
  /** vCPUs of all virtual machine sizes together. */
  readonly vcpus: number;
  /** Managed clusters. */
  readonly clusters: number;
}

/** A subscription that is not new. https://learn.microsoft.com/azure/quotas/regional-quota-requests */
const usual: RegionQuota = { vcpus: 350, clusters: 100 };

/** The quotas of the subscription, by region. */
export class Quotas {
  readonly #regions = new Map<string, RegionQuota>();

  set(location: string, quota: Partial<RegionQuota>): void {
    this.#regions.set(location, { ...this.of(location), ...quota });
  }

  of(location: string): RegionQuota {
    return this.#regions.get(location) ?? usual;
  }
}

/** How many vCPUs a node has, by the number in its size's name; of the old D series the names count otherwise. */
export function vcpusOf(vmSize: string): number {
  const [, digits] = /^standard_[a-z]+(\d+)/i.exec(vmSize) ?? [];
  if (!digits) return 2;
  if (/^standard_ds?\d+_v2/i.test(vmSize)) return 2 ** ((Number(digits) % 10) - 1);
  return Number(digits);
}

/** Sizes that `az vm list-skus` lists: a few of the hundreds. */
export const sizes = [
  'Standard_B2s',
  'Standard_D2s_v5',
  'Standard_D4ds_v5',
  'Standard_D4s_v5',
  'Standard_E4ds_v5',
];
