import type { ArmContext } from '../arm/context.ts';

/** What Key Vault needs of the emulator. */
export type KeyVaultContext = Pick<
  ArmContext,
  'authorization' | 'cloud' | 'latency' | 'subscriptionId' | 'tenantId' | 'tokens'
>;
