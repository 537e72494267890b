import { describe, expect, it } from 'vitest';
import { CommandFailed } from './command-errors.ts';
import { describeFailure } from './failures.ts';
import { explain } from './known-errors.ts';
import { explainQuota } from './quota.ts';

describe('explainQuota', () => {
  it.each<[string, string, RegExp]>([
    [
      'of clusters, as AKS documents it',
      '(ManagedClusterCountExceedsQuotaLimit) Operation results in exceeding quota limits for managed clusters. Maximum allowed: 5, Current usage: 5, Additional requested: 1. Consider deleting unused clusters',
      /quota of AKS clusters in this region is used up: limit 5, used 5, requested 1\./,
    ],
    [
      'of clusters, as it was seen',
      '(QuotaExceeded) Operation results in exceeding quota limits for managed clusters.\nMaximum allowed: 20, Current usage: 20, Additional requested: 1.',
      /clusters in this region is used up: limit 20, used 20, requested 1\./,
    ],
    [
      'of all vCPUs',
      '(ErrCode_InsufficientVCPUQuota) Insufficient regional vcpu quota left for location eastus. left regional vcpu quota 0, requested quota 2. If you want to increase the quota, please follow this instruction',
      /vCPU quota is too small in eastus \(all VM sizes together: available 0, required 2\)/,
    ],
    [
      'of a family',
      '(ErrCode_InsufficientVCPUQuota) Insufficient vcpu quota requested 4, remaining 2 for family standardDSv3Family for region westus.',
      /\(standardDSv3Family: available 2, required 4\)/,
    ],
    [
      'of all vCPUs, as Compute reports it',
      'Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: northeurope, Current Limit: 100, Current Usage: 100, Additional Required: 4, (Minimum) New Limit Required: 104.',
      /too small in northeurope \(Total Regional: limit 100, used 100, required 4 more\)/,
    ],
    [
      'of a family, as Compute reports it',
      '(OperationNotAllowed) Operation could not be completed as it results in exceeding approved standardDASv5Family Cores quota. Additional details - Deployment Model: Resource Manager, Location: eastus, Current Limit: 100, Current Usage: 96, Additional Required: 64',
      /in eastus \(standardDASv5Family: limit 100, used 96, required 64 more\)/,
    ],
    ['whose wording is new', '(QuotaExceeded) No more for you.', /vCPU quota is too small in this region\./],
    [
      'for a size',
      "(BadRequest) The VM size of Standard_DS2_v2 is not allowed in your subscription in location 'westus'. For more details, please visit https://aka.ms/aks/quotas-skus-regions",
      /VM size is not available to the subscription in westus\./,
    ],
    [
      'for the size that AKS chose',
      "(VMSizeNotSupported) Virtual Machine size: '' is not supported for subscription s in location 'westus2'. The available VM sizes are 'standard_a2_v2,standard_d2s_v5'",
      /VM size is not available to the subscription in westus2\./,
    ],
    ['for a capacity', '(AKSCapacityHeavyUsage) AKS is experiencing heavy usage in eastus.', /no capacity/],
    ['for a zone', 'Code: ZonalAllocationFailed', /no capacity/],
    [
      'for a policy',
      '(RequestDisallowedByAzure) Resource was disallowed by Azure',
      /A policy does not allow/,
    ],
  ])('recognizes a refusal %s', (_, text, cause) => {
    expect(explain(text)?.cause).toMatch(cause);
  });

  it('suggests other regions, and the command that lists their quota', () => {
    const { remedy } = explainQuota(
      'Insufficient regional vcpu quota left for location eastus2. left regional vcpu quota 0, requested quota 2',
    )!;
    expect(remedy).toContain('another region: centralus, westus3, northeurope, swedencentral.');
    expect(remedy).toContain('az vm list-usage --location centralus');
  });

  it('suggests a few of the offered sizes: small, general purpose, not ARM', () => {
    const { remedy } = explainQuota(
      "The VM size of Standard_B2s is not allowed in your subscription in location 'westus2'. The available VM sizes are 'standard_a2_v2,standard_d16s_v5,standard_d2pds_v5,standard_d2s_v5,standard_e4ds_v5,standard_nc24ads_a100_v4'.",
    )!;
    expect(remedy).toContain('Azure offers, among others: standard_d2s_v5, standard_e4ds_v5.');
  });

  it('does not explain other failures', () => {
    expect(
      explainQuota('(OperationNotAllowed) managed cluster is not allowed to be updated.'),
    ).toBeUndefined();
  });

  it('appears in the description of the failed command, above the output of az', () => {
    const text = describeFailure(
      new CommandFailed(
        ['az', 'aks', 'create'],
        1,
        'ERROR: (ManagedClusterCountExceedsQuotaLimit) Operation results in exceeding quota limits for managed clusters. Maximum allowed: 5, Current usage: 5, Additional requested: 1.',
      ),
    );
    expect(text).toMatch(
      /^The subscription's quota of AKS clusters .*\nWhat to do: Delete unused clusters .*\nhttps:.*\n`az aks create` failed/,
    );
  });
});
