import type { EntraContext } from '../entra/context.ts';

export interface ClusterContext
  extends Pick<EntraContext, 'cloud' | 'latency' | 'log' | 'network' | 'tenantId' | 'tokens'> {
  /** Private directory (0700) for root file systems of containers. */
  readonly stateDir: string;
}
