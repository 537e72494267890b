import type { ArmContext } from '../arm/context.ts';

/** The part of the context that Key Vault needs. */
export type KeyVaultContext = Pick<
  ArmContext,
  'authorization' | 'cloud' | 'latency' | 'subscriptionId' | 'tenantId' | 'tokens'
>;
