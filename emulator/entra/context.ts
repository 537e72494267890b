import type { AzureCloud } from '../azure-clouds.ts';
import type { Latency } from '../latency.ts';
import type { Network } from '../network.ts';
import type { Directory } from './directory.ts';
import type { TokenService } from './tokens.ts';

export interface EntraContext {
  readonly cloud: AzureCloud;
  readonly tenantId: string;
  readonly latency: Latency;
  readonly network: Network;
  readonly directory: Directory;
  readonly tokens: TokenService;
  /** One line, without secrets and tokens. */
  log(line: string): void;
}
