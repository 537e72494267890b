import type { ArmContext } from '../arm/context.ts';

/** The part of the context that Container Registry needs. */
export type RegistryContext = Pick<ArmContext, 'authorization' | 'cloud' | 'subscriptionId' | 'tokens'>;
