import type { ArmContext } from '../arm/context.ts';

export type RegistryContext = Pick<ArmContext, 'authorization' | 'cloud' | 'subscriptionId' | 'tokens'>;
