import { randomUUID } from 'node:crypto';
import { type Aks, createAks } from '../aks/index.ts';
import type { StartCluster } from '../aks/managed-clusters.ts';
import { platformAssignment } from '../arm/authorization/authorization.ts';
import { roleNamed } from '../arm/authorization/role-definitions.ts';
import { type Arm, createArm } from '../arm/index.ts';
import type { ResourceProvider } from '../arm/provider.ts';
import type { EmulatorContext } from '../context.ts';
import type { ServicePrincipal, User } from '../entra/directory.ts';
import { Latency, type LatencyProfile } from '../latency.ts';
import { callService, type ServiceReply } from './call-service.ts';
import { createTestContext } from './test-context.ts';

type Principal = User | ServicePrincipal;

/** Without a network. `owner` has the role Owner on the subscription. */
export interface TestArm extends Arm {
  readonly aks: Aks;
  readonly context: EmulatorContext;
  /** ARM ID. */
  readonly subscription: string;
  readonly owner: User;
  /** @param path absolute, or below the subscription: `resourceGroups/rg` */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<ServiceReply>;
  /** As the owner. */
  waitUntilDone(url: string): Promise<ServiceReply>;
  addPrincipal(displayName?: string): ServicePrincipal;
  /** Effective immediately. */
  assignRole(principal: Principal, role: string, scope: string, condition?: string): void;
  principalWith(role: string, scope: string, condition?: string): ServicePrincipal;
  token(principal: Principal, audience: string): Promise<string>;
}

export interface CallOptions {
  /** Default: the owner. */
  readonly as?: Principal;
  readonly headers?: Readonly<Record<string, string>>;
  readonly apiVersion?: string;
}

export interface TestArmOptions {
  /** Default: a new one with `latency`. */
  readonly context?: EmulatorContext;
  /** Operations take the median. */
  readonly latency?: LatencyProfile;
  /** They share `context`. */
  readonly providers?: readonly ResourceProvider[];
  /** Without it, no cluster can be created. */
  readonly startCluster?: StartCluster;
}

export async function createTestArm(options: TestArmOptions = {}): Promise<TestArm> {
  const context =
    options.context ?? (await createTestContext({ latency: new Latency(options.latency, () => 0.5) }));
  const { authorization, directory, subscriptionId, tokens } = context;
  const subscription = `/subscriptions/${subscriptionId}`;
  const arm = createArm(context, options.providers ?? []);
  const aks = createAks(
    context,
    arm,
    options.startCluster ?? (() => Promise.reject(new Error('This test starts no cluster.'))),
  );
  arm.addProviders(...aks.providers);
  const owner = directory.add<User>({
    kind: 'User',
    objectId: randomUUID(),
    displayName: 'Owner',
    userPrincipalName: 'owner@lab.example',
  });

  const testArm: TestArm = {
    ...arm,
    aks,
    context,
    subscription,
    owner,
    async call(method, path, body, { as = owner, headers = {}, apiVersion = '2024-11-01' } = {}) {
      const url = new URL(path, `https://management.azure.com${subscription}/`);
      if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', apiVersion);
      const authorization = `Bearer ${await testArm.token(as, 'https://management.azure.com')}`;
      return callService(arm.service, method, url.href, { authorization, ...headers }, body);
    },
    async waitUntilDone(url) {
      for (;;) {
        const reply = await testArm.call('GET', url);
        const state = reply.body?.status ?? reply.body?.properties?.provisioningState ?? '';
        const isRunning = /^(InProgress|NotStarted|RegisteringDns|Creating)$/.test(state);
        if (reply.status !== 202 && !isRunning) return reply;
        await new Promise(resolve => setTimeout(resolve, 5));
      }
    },
    addPrincipal: (displayName = 'application') =>
      directory.add<ServicePrincipal>({
        kind: 'Application',
        objectId: randomUUID(),
        clientId: randomUUID(),
        displayName,
        federatedCredentials: [],
      }),
    assignRole(principal, role, scope, condition) {
      authorization.assign(
        platformAssignment({
          scope,
          roleId: roleNamed(role).id,
          principalId: principal.objectId,
          principalType: principal.kind === 'User' ? 'User' : 'ServicePrincipal',
          ...(condition !== undefined && { condition }),
        }),
      );
    },
    principalWith(role, scope, condition) {
      const principal = testArm.addPrincipal();
      testArm.assignRole(principal, role, scope, condition);
      return principal;
    },
    token: async (principal, audience) => (await tokens.issueAccessToken(principal, audience)).accessToken,
  };
  testArm.assignRole(owner, 'Owner', subscription);
  return testArm;
}
