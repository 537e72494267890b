import { randomBytes } from 'node:crypto';
import type { RequestInit } from 'undici';
import { parse } from 'yaml';
import { Network } from '../../emulator/network.ts';
import type { ProxyAddress } from './tunnel.ts';

export interface Ready extends ProxyAddress {
  readonly control: { readonly url: string; readonly key: string };
  readonly tenantId: string;
  readonly subscriptionId: string;
}

/** Reads one secret, which no other reader can. */
export interface Reader {
  readonly clientId: string;
  readonly objectId: string;
  /** Of GitHub tokens. */
  readonly subject: string;
  readonly vaultToken: string;
  readonly secretName: string;
  /** The secret's value. */
  readonly mark: string;
}

/** By service. */
export type Tokens = Readonly<
  Record<'arm' | 'vault' | 'graph' | 'reader' | 'cluster' | 'registry' | 'github', string>
>;

const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const roleIds = {
  secretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
};

/** Created with requests: a vault, two readers, a registry, and a cluster. */
export class AzureFixture {
  readonly ready: Ready;
  readonly vaultHost = `kv-${randomBytes(4).toString('hex')}.vault.azure.net`;
  readonly registryHost = `cr${randomBytes(4).toString('hex')}.azurecr.io`;
  readonly subscription: string;
  readonly #network: Network;
  #tokens?: Tokens;
  #clusterHost = '';
  #readers: Reader[] = [];

  constructor(ready: Ready) {
    this.ready = ready;
    this.subscription = `/subscriptions/${ready.subscriptionId}`;
    this.#network = new Network({ ...ready, caFile: '' });
  }

  /** Only after `createResources`. */
  get tokens(): Tokens {
    return this.#tokens!;
  }

  get clusterHost(): string {
    return this.#clusterHost;
  }

  get readers(): readonly Reader[] {
    return this.#readers;
  }

  close(): Promise<void> {
    return this.#network.close();
  }

  /** @throws Error for an unexpected status */
  async ask(url: string, init: RequestInit & { token?: string; expect?: number[] } = {}) {
    const { token, expect = [200, 201, 202], ...rest } = init;
    const headers = { ...(token && { authorization: `Bearer ${token}` }), ...rest.headers } as Record<
      string,
      string
    >;
    const reply = await this.#network.fetch(url, { ...rest, headers });
    const text = await reply.text();
    if (!expect.includes(reply.status))
      throw new Error(`${init.method ?? 'GET'} ${url}: ${reply.status} ${text}`);
    // biome-ignore lint/suspicious/noExplicitAny: answers of every type
    return text.startsWith('{') ? (JSON.parse(text) as any) : undefined;
  }

  /** As long as the latency profile says. */
  async createResources({ cluster = true } = {}): Promise<this> {
    const refreshToken = await this.#signIn();
    const [arm, vault, graph] = await Promise.all(
      ['https://management.azure.com', 'https://vault.azure.net', 'https://graph.microsoft.com'].map(
        resource => this.#userToken(refreshToken, resource),
      ),
    );
    const { oid } = claims(arm!);
    await this.#arm(arm!, 'PUT', '/resourceGroups/lab', { location: 'eastus' });
    const [readers, registry, admin, github] = await Promise.all([
      this.#createVault(arm!, vault!, oid),
      this.#createRegistry(arm!),
      cluster ? this.#createCluster(arm!) : '',
      this.#gitHubToken(),
    ]);
    this.#readers = readers;
    this.#tokens = {
      arm: arm!,
      vault: vault!,
      graph: graph!,
      reader: readers[0]!.vaultToken,
      cluster: admin,
      registry,
      github,
    };
    return this;
  }

  /** Of the owner of octo/fuzz. */
  async #gitHubToken(): Promise<string> {
    const names = ['actions', 'actions_variables', 'administration', 'deployments', 'environments', 'issues'];
    const permissions = Object.fromEntries(names.map(name => [name, 'write']));
    const asked = { login: 'octo', repository: 'octo/fuzz', permissions };
    return (await this.#control('/github/tokens', asked)).token;
  }

  async githubToken(subject: string): Promise<string> {
    const { url, token } = await this.#control('/github/id-token-requests', { claims: { sub: subject } });
    return (await this.ask(`${url}&audience=api://AzureADTokenExchange`, { token })).value;
  }

  exchangeForm(clientId: string, assertion: string, resource: string): string {
    return new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      scope: `${resource}/.default`,
    }).toString();
  }

  get tokenUrl(): string {
    return `https://login.microsoftonline.com/${this.ready.tenantId}/oauth2/v2.0/token`;
  }

  async #signIn(): Promise<string> {
    const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });
    const { user_code, device_code } = await this.ask(
      this.tokenUrl.replace('token', 'devicecode'),
      form({ client_id: azureCli, scope: 'https://management.azure.com/.default offline_access' }),
    );
    await this.#control(`/device-codes/${user_code}/approve`);
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    return (await this.ask(this.tokenUrl, form({ grant_type, client_id: azureCli, device_code })))
      .refresh_token;
  }

  async #userToken(refresh_token: string, resource: string): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: azureCli,
      refresh_token,
      scope: `${resource}/.default`,
    });
    return (await this.ask(this.tokenUrl, { method: 'POST', body })).access_token;
  }

  async #createVault(arm: string, vault: string, me: string): Promise<Reader[]> {
    const name = this.vaultHost.split('.')[0]!;
    const path = `/resourceGroups/lab/providers/Microsoft.KeyVault/vaults/${name}`;
    const properties = {
      tenantId: this.ready.tenantId,
      sku: { family: 'A', name: 'standard' },
      enableRbacAuthorization: true,
    };
    await this.#arm(arm, 'PUT', path, { location: 'eastus', properties });
    await this.#assign(arm, path, roleIds.secretsOfficer, me, 'User');
    const readers = await Promise.all(
      ['reader-a', 'reader-b'].map(each => this.#createReader(arm, vault, path, each)),
    );
    return readers;
  }

  async #createReader(arm: string, vault: string, vaultPath: string, name: string): Promise<Reader> {
    const mark = `mark-of-${name}-${randomBytes(24).toString('hex')}`;
    const secretName = `of-${name}`;
    const subject = `repo:octo/${name}:environment:lab`;
    const path = `/resourceGroups/lab/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
    const { properties } = await this.#arm(arm, 'PUT', path, { location: 'eastus' });
    const { clientId, principalId } = properties;
    const issuer = 'https://token.actions.githubusercontent.com';
    await this.#arm(arm, 'PUT', `${path}/federatedIdentityCredentials/github`, {
      properties: { issuer, subject, audiences: ['api://AzureADTokenExchange'] },
    });
    await this.#assign(
      arm,
      `${vaultPath}/secrets/${secretName}`,
      roleIds.secretsUser,
      principalId,
      'ServicePrincipal',
    );
    const url = `https://${this.vaultHost}/secrets/${secretName}?api-version=7.6`;
    const headers = { 'content-type': 'application/json' };
    await retry(() =>
      this.ask(url, { method: 'PUT', token: vault, headers, body: JSON.stringify({ value: mark }) }),
    );
    const assertion = await this.githubToken(subject);
    const body = new URLSearchParams(this.exchangeForm(clientId, assertion, 'https://vault.azure.net'));
    const { access_token } = await retry(() => this.ask(this.tokenUrl, { method: 'POST', body }));
    await retry(() => this.ask(url, { token: access_token }));
    return { clientId, objectId: principalId, subject, vaultToken: access_token, secretName, mark };
  }

  async #createRegistry(arm: string): Promise<string> {
    const path = `/resourceGroups/lab/providers/Microsoft.ContainerRegistry/registries/${this.registryHost.split('.')[0]}`;
    await this.#arm(arm, 'PUT', path, { location: 'eastus', sku: { name: 'Standard' } });
    const service = this.registryHost;
    const post = (way: string, fields: Record<string, string>) =>
      this.ask(`https://${service}/oauth2/${way}`, {
        method: 'POST',
        body: new URLSearchParams({ service, ...fields }),
      });
    const { refresh_token } = await retry(() =>
      post('exchange', { grant_type: 'access_token', access_token: arm }),
    );
    const scope = 'repository:fuzz/image:pull,push,delete,metadata_read,metadata_write registry:catalog:*';
    return (await post('token', { grant_type: 'refresh_token', refresh_token, scope })).access_token;
  }

  async #createCluster(arm: string): Promise<string> {
    const path = '/resourceGroups/lab/providers/Microsoft.ContainerService/managedClusters/aks';
    await this.#arm(arm, 'PUT', path, {
      location: 'eastus',
      identity: { type: 'SystemAssigned' },
      properties: {
        dnsPrefix: 'aks',
        agentPoolProfiles: [{ name: 'nodepool1', mode: 'System', count: 1, vmSize: 'Standard_B2s' }],
        oidcIssuerProfile: { enabled: true },
        securityProfile: { workloadIdentity: { enabled: true } },
      },
    });
    await retry(async () => {
      const { properties } = await this.#arm(arm, 'GET', path);
      if (properties.provisioningState !== 'Succeeded') throw new Error(properties.provisioningState);
    });
    const { kubeconfigs } = await this.#arm(arm, 'POST', `${path}/listClusterUserCredential`);
    const { clusters, users } = parse(Buffer.from(kubeconfigs[0].value, 'base64').toString('utf8'));
    this.#clusterHost = new URL(clusters[0].cluster.server).hostname;
    return users[0].user.token;
  }

  #assign(arm: string, scope: string, role: string, principalId: string, principalType: string) {
    const roleDefinitionId = `${this.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
    const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}`;
    return this.#arm(arm, 'PUT', path, { properties: { roleDefinitionId, principalId, principalType } });
  }

  /** @param path below the subscription */
  #arm(token: string, method: string, path: string, body?: unknown) {
    const [, namespace = 'Microsoft.Resources'] = /.*\/providers\/([^/]+)/.exec(path) ?? [];
    const url = `https://management.azure.com${this.subscription}${path}?api-version=${apiVersions[namespace]}`;
    const headers = { 'content-type': 'application/json' };
    return this.ask(url, {
      method,
      token,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async #control(path: string, body: unknown = {}) {
    const { url, key } = this.ready.control;
    const headers = { authorization: `Bearer ${key}` };
    const reply = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
    // biome-ignore lint/suspicious/noExplicitAny: answers of every type
    return (await reply.json()) as any;
  }
}

export const apiVersions: Readonly<Record<string, string>> = {
  'Microsoft.Resources': '2024-11-01',
  'Microsoft.KeyVault': '2023-07-01',
  'Microsoft.ManagedIdentity': '2023-01-31',
  'Microsoft.ContainerRegistry': '2023-07-01',
  'Microsoft.ContainerService': '2025-03-01',
  'Microsoft.Authorization': '2022-04-01',
};

/** Roles, names, and credentials propagate late. */
async function retry<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }
}

function claims(token: string): { oid: string } {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString('utf8'));
}
