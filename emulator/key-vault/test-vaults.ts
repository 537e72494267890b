import type { ServicePrincipal } from '../entra/directory.ts';
import { createKeyVault } from './index.ts';
import { type Answer, call, TestWorld } from './test-world.ts';

export const vaultsPath = '/resourceGroups/rg/providers/Microsoft.KeyVault/vaults';

type Lab = TestWorld & ReturnType<typeof createKeyVault>;

/** For tests: a world with Key Vault in it. */
export class TestVaults {
  readonly lab: Lab;
  #count = 0;

  private constructor(lab: Lab) {
    this.lab = lab;
  }

  static async create(): Promise<TestVaults> {
    return new TestVaults(await TestWorld.create(createKeyVault));
  }

  /** A vault that is registered, under a name of its own. */
  async make(properties: Record<string, unknown> = {}): Promise<string> {
    this.#count += 1;
    const name = `vault${this.#count}`;
    const created = await this.lab.arm('PUT', `${vaultsPath}/${name}`, this.body(properties));
    if (created.status !== 200) throw new Error(`${created.status} ${created.text}`);
    await this.lab.settled(`https://management.azure.com${created.json.id}?api-version=2024-11-01`);
    return name;
  }

  /** What creates a vault that decides by roles, unless the properties say otherwise. */
  body(properties: Record<string, unknown>): unknown {
    return {
      location: 'East US',
      properties: {
        tenantId: this.lab.context.tenantId,
        sku: { family: 'A', name: 'standard' },
        accessPolicies: [],
        enableRbacAuthorization: true,
        softDeleteRetentionInDays: 90,
        networkAcls: { bypass: 'AzureServices', defaultAction: 'Allow' },
        ...properties,
      },
    };
  }

  /** ARM id of a vault. */
  id(name: string): string {
    return `${this.lab.subscription}${vaultsPath}/${name}`;
  }

  /** A call on a vault's data plane, with a token where it is made as somebody. */
  async call(
    vault: string,
    method: string,
    path: string,
    options: { as?: ServicePrincipal; token?: string; body?: unknown; version?: string } = {},
  ): Promise<Answer> {
    const { as, body, version = '7.4' } = options;
    const token = options.token ?? (as && (await this.lab.token(as, 'https://vault.azure.net')));
    const url = `https://${vault}.vault.azure.net${path}${path.includes('?') ? '&' : '?'}api-version=${version}`;
    return call(this.lab.service, method, url, token ? { authorization: `Bearer ${token}` } : {}, body);
  }
}
