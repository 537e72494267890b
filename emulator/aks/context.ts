import type { ArmContext } from '../arm/context.ts';

export type AksContext = Pick<
  ArmContext,
  'authorization' | 'cloud' | 'directory' | 'latency' | 'log' | 'subscriptionId' | 'tenantId' | 'tokens'
>;
