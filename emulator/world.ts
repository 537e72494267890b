import type { Authorization } from './arm/authorization/authorization.ts';
import type { AzureCloud } from './azure-clouds.ts';
import type { Directory } from './entra/directory.ts';
import type { TokenService } from './entra/tokens.ts';
import type { Latency } from './latency.ts';
import type { Network } from './network.ts';

/** What every service of one emulator shares. State lives in memory and ends with the process. */
export interface World {
  readonly cloud: AzureCloud;
  /** The one Entra tenant. */
  readonly tenantId: string;
  /** The one subscription. */
  readonly subscriptionId: string;
  readonly latency: Latency;
  /** How one part reaches another as it would in Azure: by HTTPS, through the emulator's own proxy. */
  readonly network: Network;
  /** A private directory (0700) for what must be a file: the CA, root file systems of containers. */
  readonly stateDir: string;
  readonly directory: Directory;
  readonly tokens: TokenService;
  readonly authorization: Authorization;
  /** One line for the emulator's own log. Never a secret, never a token. */
  log(line: string): void;
}
