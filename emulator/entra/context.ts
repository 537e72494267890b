import type { AzureCloud } from '../azure-clouds.ts';
import type { Latency } from '../latency.ts';
import type { Network } from '../network.ts';
import type { Directory } from './directory.ts';
import type { TokenService } from './tokens.ts';

/** What Entra's services share. */
export interface EntraContext {
  readonly cloud: AzureCloud;
  /** The only tenant. */
  readonly tenantId: string;
  readonly latency: Latency;
  readonly network: Network;
  readonly directory: Directory;
  readonly tokens: TokenService;
  /** Writes one line to the emulator's log. It must not contain a secret or a token. */
  log(line: string): void;
}
