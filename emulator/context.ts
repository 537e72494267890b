import type { ArmContext } from './arm/context.ts';
import type { EntraContext } from './entra/context.ts';

/** Each service receives the part that it needs. */
export interface EmulatorContext extends EntraContext, ArmContext {
  /** Mode 0700. CA certificate and containers' root file systems. */
  readonly stateDir: string;
}
