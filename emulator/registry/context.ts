import type { ArmContext } from '../arm/context.ts';

/** What Container Registry needs of the emulator. */
export type RegistryContext = Pick<ArmContext, 'authorization' | 'cloud' | 'subscriptionId' | 'tokens'>;
