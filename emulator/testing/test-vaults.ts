import type { ServicePrincipal, User } from '../entra/directory.ts';
import type { Service } from '../http/service.ts';
import { createKeyVault } from '../key-vault/index.ts';
import type { Vaults } from '../key-vault/vaults.ts';
import { Latency } from '../latency.ts';
import { SigningKey } from '../pki/signing-key.ts';
import { callService, type ServiceReply } from './call-service.ts';
import { createTestArm, type TestArm } from './test-arm.ts';
import { createTestContext } from './test-context.ts';

/** Below the subscription. The resource group exists. */
export const vaultsPath = 'resourceGroups/rg/providers/Microsoft.KeyVault/vaults';

export class TestVaults {
  readonly arm: TestArm;
  /** `*.vault.azure.net`. */
  readonly service: Service;
  readonly vaults: Vaults;
  readonly key: SigningKey;
  #count = 0;

  private constructor(
    arm: TestArm,
    { service, vaults }: Pick<TestVaults, 'service' | 'vaults'>,
    key: SigningKey,
  ) {
    this.arm = arm;
    this.service = service;
    this.vaults = vaults;
    this.key = key;
  }

  static async create(): Promise<TestVaults> {
    const key = await SigningKey.generate();
    const context = await createTestContext({ key, latency: new Latency('fast', () => 0) });
    const keyVault = createKeyVault(context);
    const arm = await createTestArm({ context, providers: [keyVault.provider] });
    await arm.call('PUT', 'resourceGroups/rg', { location: 'eastus' });
    return new TestVaults(arm, keyVault, key);
  }

  /** Waits until the host name resolves. */
  async createVault(properties: Record<string, unknown> = {}): Promise<string> {
    this.#count += 1;
    const name = `vault${this.#count}`;
    const created = await this.arm.call('PUT', `${vaultsPath}/${name}`, this.bodyWith(properties));
    if (created.status !== 200) throw new Error(`${created.status} ${created.text}`);
    await this.arm.waitUntilDone(created.body.id);
    return name;
  }

  /** Uses roles by default. */
  bodyWith(properties: Record<string, unknown>): unknown {
    return {
      location: 'East US',
      properties: {
        tenantId: this.arm.context.tenantId,
        sku: { family: 'A', name: 'standard' },
        accessPolicies: [],
        enableRbacAuthorization: true,
        softDeleteRetentionInDays: 90,
        networkAcls: { bypass: 'AzureServices', defaultAction: 'Allow' },
        ...properties,
      },
    };
  }

  /** ARM ID. */
  idOf(name: string): string {
    return `${this.arm.subscription}/${vaultsPath}/${name}`;
  }

  /** @param options.as default: anonymous */
  async call(
    vault: string,
    method: string,
    path: string,
    options: { as?: ServicePrincipal | User; token?: string; body?: unknown; version?: string } = {},
  ): Promise<ServiceReply> {
    const { as, body, version = '7.4' } = options;
    const token = options.token ?? (as && (await this.arm.token(as, 'https://vault.azure.net')));
    const url = `https://${vault}.vault.azure.net${path}${path.includes('?') ? '&' : '?'}api-version=${version}`;
    return callService(this.service, method, url, token ? { authorization: `Bearer ${token}` } : {}, body);
  }
}
