import { randomUUID } from 'node:crypto';
import { type Aks, createAks } from '../aks/index.ts';
import type { StartCluster } from '../aks/managed-clusters.ts';
import { platformAssignment } from '../arm/authorization/authorization.ts';
import { roleNamed } from '../arm/authorization/role-definitions.ts';
import { type Arm, createArm } from '../arm/index.ts';
import type { ResourceProvider } from '../arm/provider.ts';
import type { EmulatorContext } from '../context.ts';
import type { ServicePrincipal, User } from '../entra/directory.ts';
import type { Reply } from '../http/service.ts';
import { Latency, type LatencyProfile } from '../latency.ts';
import { createTestContext } from './test-context.ts';

/** An answer of Resource Manager, with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of every shape
  readonly body: any;
}

/** Resource Manager in a world of its own, for unit tests; `owner` has the Owner role on the subscription. */
export interface TestArm extends Arm {
  readonly aks: Aks;
  readonly context: EmulatorContext;
  readonly subscription: string;
  readonly owner: User;
  /** Sends a request as a principal, the owner where none is named. `api-version` is added where it is missing. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** Adds an application that has a role on a scope, from now on. */
  principalWith(role: string, scope: string, condition?: string): ServicePrincipal;
}

export interface CallOptions {
  readonly as?: User | ServicePrincipal;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Makes a `TestArm`.
 * @param options.latency medians of this profile
 * @param options.startCluster what a cluster's Kubernetes side is; without it no cluster can be made
 */
export async function createTestArm(
  options: { latency?: LatencyProfile; startCluster?: StartCluster; providers?: ResourceProvider[] } = {},
): Promise<TestArm> {
  const context = await createTestContext({ latency: new Latency(options.latency, () => 0.5) });
  const { authorization, directory, subscriptionId, tokens } = context;
  const subscription = `/subscriptions/${subscriptionId}`;
  const owner = directory.add<User>({
    kind: 'User',
    objectId: randomUUID(),
    displayName: 'Owner',
    userPrincipalName: 'owner@lab.example',
  });
  const arm = createArm(context, options.providers ?? []);
  const startCluster = options.startCluster ?? (() => Promise.reject(new Error('no Kubernetes here')));
  const aks = createAks(context, arm, startCluster);
  arm.addProviders(...aks.providers);

  const assign = (principal: User | ServicePrincipal, role: string, scope: string, condition?: string) => {
    authorization.assign(
      platformAssignment({
        scope,
        roleId: roleNamed(role).id,
        principalId: principal.objectId,
        principalType: principal.kind === 'User' ? 'User' : 'ServicePrincipal',
        ...(condition && { condition }),
      }),
    );
  };
  assign(owner, 'Owner', subscription);

  return {
    ...arm,
    aks,
    context,
    subscription,
    owner,
    principalWith(role, scope, condition) {
      const principal = directory.add<ServicePrincipal>({
        kind: 'Application',
        objectId: randomUUID(),
        clientId: randomUUID(),
        displayName: 'application',
        federatedCredentials: [],
      });
      assign(principal, role, scope, condition);
      return principal;
    },
    async call(method, path, body, { as = owner, headers = {} } = {}) {
      const { accessToken } = await tokens.issueAccessToken(as, 'https://management.core.windows.net/');
      const url = new URL(path, 'https://management.azure.com');
      if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', '2024-11-01');
      const reply = await arm.service({
        method,
        url,
        headers: { authorization: `Bearer ${accessToken}`, ...headers },
        body: Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)),
        signal: new AbortController().signal,
      });
      return read(reply);
    },
  };
}

function read({ status, headers = {}, body }: Reply): Answer {
  const text = typeof body === 'string' ? body : '';
  return {
    status,
    headers: headers as Record<string, string>,
    body: text === '' ? undefined : JSON.parse(text),
  };
}
