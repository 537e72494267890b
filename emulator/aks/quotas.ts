import { clusterError } from './errors.ts';

export interface RegionQuota {
  /** All VM sizes together. */
  readonly vcpus: number;
  readonly clusters: number;
}

/** Of a subscription that is not new: https://learn.microsoft.com/azure/quotas/regional-quota-requests */
const usual: RegionQuota = { vcpus: 350, clusters: 100 };

export class Quotas {
  readonly #regions = new Map<string, RegionQuota>();

  set(location: string, quota: Partial<RegionQuota>): void {
    this.#regions.set(location, { ...this.of(location), ...quota });
  }

  of(location: string): RegionQuota {
    return this.#regions.get(location) ?? usual;
  }

  /**
   * @param vcpus of the new cluster
   * @throws ArmError 400
   * @see https://learn.microsoft.com/azure/aks/quotas-skus-regions
   */
  check(location: string, used: RegionQuota, vcpus: number): void {
    const quota = this.of(location);
    if (used.clusters >= quota.clusters) {
      throw clusterError(
        400,
        'ManagedClusterCountExceedsQuotaLimit',
        `Operation results in exceeding quota limits for managed clusters. Maximum allowed: ${quota.clusters}, Current usage: ${used.clusters}, Additional requested: 1. Consider deleting unused clusters or requesting a quota increase.`,
      );
    }
    const left = quota.vcpus - used.vcpus;
    if (vcpus > left) {
      throw clusterError(
        400,
        'ErrCode_InsufficientVCPUQuota',
        `Insufficient regional vcpu quota left for location ${location}. left regional vcpu quota ${left}, requested quota ${vcpus}. If you want to increase the quota, please follow this instruction: https://learn.microsoft.com/en-us/azure/quotas/view-quotas.`,
      );
    }
  }
}

export function vcpusIn(
  agentPools: readonly { readonly count?: unknown; readonly vmSize?: unknown }[],
): number {
  return agentPools.reduce(
    (sum, pool) => sum + Number(pool.count ?? 1) * vcpusOf(String(pool.vmSize ?? '')),
    0,
  );
}

/** The number in the name of the size. The old D series counts differently. */
export function vcpusOf(vmSize: string): number {
  const [, digits] = /^standard_[a-z]+(\d+)/i.exec(vmSize) ?? [];
  if (!digits) return 2;
  if (/^standard_ds?\d+_v2/i.test(vmSize)) return 2 ** ((Number(digits) % 10) - 1);
  return Number(digits);
}
