import { Authorization } from '../arm/authorization/authorization.ts';
import { azureClouds } from '../azure-clouds.ts';
import type { EmulatorContext } from '../context.ts';
import { Directory } from '../entra/directory.ts';
import { TokenService } from '../entra/tokens.ts';
import { Latency } from '../latency.ts';
import { Network } from '../network.ts';
import { SigningKey } from '../pki/signing-key.ts';

/** Nothing listens behind its network. */
export async function createTestContext(
  options: { latency?: Latency; key?: SigningKey } = {},
): Promise<EmulatorContext> {
  const tenantId = '7e4a4700-0000-4000-8000-000000000001';
  return {
    cloud: azureClouds.AzureCloud,
    tenantId,
    subscriptionId: '5ab00000-0000-4000-8000-000000000001',
    latency: options.latency ?? new Latency('fast', () => 0.5),
    network: new Network({ proxyUrl: 'http://127.0.0.1:9', caCertificate: '', caFile: '' }),
    stateDir: '',
    directory: new Directory(),
    tokens: new TokenService(tenantId, options.key ?? (await SigningKey.generate())),
    authorization: new Authorization(),
    log: () => {},
  };
}
