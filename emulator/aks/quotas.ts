import { clusterError } from './errors.ts';

/** What a subscription is allowed to use in one region. */
export interface RegionQuota {
  /** vCPUs of all VM sizes together. */
  readonly vcpus: number;
  /** Managed clusters. */
  readonly clusters: number;
}

/** The quotas of a subscription that is not new. https://learn.microsoft.com/azure/quotas/regional-quota-requests */
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

  /**
   * Checks whether a region has room for one more cluster.
   * @param used what the clusters of the region use
   * @param vcpus what the new cluster needs
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

/** The vCPUs of all nodes of a cluster. */
export function vcpusIn(
  agentPools: readonly { readonly count?: unknown; readonly vmSize?: unknown }[],
): number {
  return agentPools.reduce(
    (sum, pool) => sum + Number(pool.count ?? 1) * vcpusOf(String(pool.vmSize ?? '')),
    0,
  );
}

/** The vCPUs of a node: the number in the name of its size. The old D series counts differently. */
export function vcpusOf(vmSize: string): number {
  const [, digits] = /^standard_[a-z]+(\d+)/i.exec(vmSize) ?? [];
  if (!digits) return 2;
  if (/^standard_ds?\d+_v2/i.test(vmSize)) return 2 ** ((Number(digits) % 10) - 1);
  return Number(digits);
}
