import { randomUUID } from 'node:crypto';
import { createArm } from '../arm/index.ts';
import type { ResourceProvider } from '../arm/provider.ts';
import type { EmulatorContext } from '../context.ts';
import type { ServicePrincipal } from '../entra/directory.ts';
import type { Reply, Request, Service } from '../http/service.ts';
import { Latency } from '../latency.ts';
import { SigningKey } from '../pki/signing-key.ts';
import { createTestContext } from '../testing/test-context.ts';

/** For tests: an answer with its body read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose shape is what they test
  readonly json: any;
}

/** For tests: a world without a network, in which Resource Manager answers for some providers. */
export class TestWorld {
  readonly context: EmulatorContext;
  readonly subscription: string;
  /** A managed identity with the role Owner on the subscription. */
  readonly owner: ServicePrincipal;
  /** The signing key of the tenant, to forge tokens with. */
  readonly key: SigningKey;
  #arm?: Service;

  private constructor(context: EmulatorContext, key: SigningKey) {
    this.context = context;
    this.key = key;
    this.subscription = `/subscriptions/${context.subscriptionId}`;
    this.owner = this.addPrincipal('owner');
    this.assign(this.owner, roles.owner, this.subscription);
  }

  /** @param install makes the providers that Resource Manager answers for, in a resource group `rg` */
  static async create<T>(
    install: (context: EmulatorContext) => { provider: ResourceProvider } & T,
  ): Promise<TestWorld & T> {
    const key = await SigningKey.generate();
    const context = await createTestContext({ key, latency: new Latency('fast', () => 0) });
    const lab = new TestWorld(context, key);
    const installed = install(context);
    const arm = createArm(context, [installed.provider]);
    lab.#arm = arm.service;
    await lab.arm('PUT', '/resourceGroups/rg', { location: 'eastus' });
    return Object.assign(lab, installed);
  }

  addPrincipal(displayName: string): ServicePrincipal {
    return this.context.directory.add({
      kind: 'ManagedIdentity',
      objectId: randomUUID(),
      clientId: randomUUID(),
      displayName,
      federatedCredentials: [],
    });
  }

  /** Gives a role, in force at once. */
  assign(principal: ServicePrincipal, roleId: string, scope: string, condition?: string): void {
    this.context.authorization.assign({
      id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`,
      name: randomUUID(),
      scope,
      roleId,
      principalId: principal.objectId,
      principalType: 'ServicePrincipal',
      condition: condition ?? null,
      conditionVersion: condition === undefined ? null : '2.0',
      description: null,
      createdOn: new Date(),
      createdBy: null,
      effectiveAt: 0,
    });
  }

  async token(principal: ServicePrincipal, resource: string): Promise<string> {
    return (await this.context.tokens.issueAccessToken(principal, resource)).accessToken;
  }

  /** A call on Resource Manager. @param path below the subscription */
  async arm(
    method: string,
    path: string,
    body?: unknown,
    options: { apiVersion?: string; as?: ServicePrincipal } = {},
  ): Promise<Answer> {
    const token = await this.token(options.as ?? this.owner, 'https://management.azure.com');
    const url = new URL(`https://management.azure.com${this.subscription}${path}`);
    url.searchParams.set('api-version', options.apiVersion ?? '2024-11-01');
    return call(this.#arm!, method, url.href, { authorization: `Bearer ${token}` }, body);
  }

  /** Asks an address of Resource Manager again until it no longer says 202 or that something is under way. */
  async settled(address: string): Promise<Answer> {
    const token = await this.token(this.owner, 'https://management.azure.com');
    for (;;) {
      const answer = await call(this.#arm!, 'GET', address, { authorization: `Bearer ${token}` });
      const state = answer.json?.status ?? answer.json?.properties?.provisioningState ?? '';
      if (answer.status !== 202 && !/^(InProgress|NotStarted|RegisteringDns|Creating)$/.test(state))
        return answer;
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }
}

/** Ids of built-in roles. */
export const roles = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6',
  secretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  keyVaultContributor: 'f25e0fa2-a7c8-4377-a976-54943a77a395',
  purgeOperator: 'a68e7c17-0ab2-4c09-9a58-125dae29748c',
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  acrPush: '8311e382-0749-4cb8-b61a-304f252e45ec',
  repositoryWriter: '2a1e307c-b015-4ebd-883e-5b7698a07328',
  repositoryReader: 'b93aa761-3e63-49ed-ac28-beffa264f7ac',
} as const;

/** Calls a service as the proxy would. */
export async function call(
  service: Service,
  method: string,
  url: string,
  headers: Request['headers'] = {},
  body?: unknown,
): Promise<Answer> {
  const sent =
    Buffer.isBuffer(body) || typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  const reply = await service({
    method,
    url: new URL(url),
    headers,
    body: Buffer.from(sent),
    signal: new AbortController().signal,
  });
  return read(reply);
}

async function read(reply: Reply): Promise<Answer> {
  const chunks: Buffer[] = [];
  if (typeof reply.body === 'string' || reply.body instanceof Uint8Array)
    chunks.push(Buffer.from(reply.body));
  else for await (const chunk of reply.body ?? []) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  const headers = Object.entries(reply.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ]);
  const text = bytes.toString('utf8');
  const isJson = /^[[{]/.test(text);
  return {
    status: reply.status,
    headers: Object.fromEntries(headers),
    text,
    bytes,
    json: isJson ? JSON.parse(text) : undefined,
  };
}
