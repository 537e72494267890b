import type { ArmContext } from './arm/context.ts';
import type { EntraContext } from './entra/context.ts';

/** What the services of one emulator share. Each receives the part that it needs. State ends with the process. */
export interface EmulatorContext extends EntraContext, ArmContext {
  /** Private directory (0700) for the CA certificate and the root file systems of containers. */
  readonly stateDir: string;
}
