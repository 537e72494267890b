import type { ArmContext } from '../arm/context.ts';
import type { EntraContext } from '../entra/context.ts';

/** What a cluster needs of the emulator. */
export interface ClusterContext extends EntraContext, Pick<ArmContext, 'authorization'> {
  /** Private directory (0700) for root file systems of containers. */
  readonly stateDir: string;
}
