import type { ArmContext } from '../arm/context.ts';

/** What AKS needs of the emulator. */
export type AksContext = Pick<
  ArmContext,
  'authorization' | 'cloud' | 'directory' | 'latency' | 'log' | 'subscriptionId' | 'tenantId' | 'tokens'
>;
