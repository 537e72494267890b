import type { ArmContext } from '../arm/context.ts';

export type KeyVaultContext = Pick<
  ArmContext,
  'authorization' | 'cloud' | 'latency' | 'subscriptionId' | 'tenantId' | 'tokens'
>;
