import jsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import type { Container, Pod, ServiceAccount } from '../objects.ts';
import { mutatePod, PodRefused, type WebhookConfig } from './mutate-pod.ts';

const config: WebhookConfig = {
  version: '1.5.1',
  tenantId: 'tenant-of-cluster',
  authorityHost: 'https://login.microsoftonline.com/',
  nativeSidecar: true,
};

const tokenFile = '/var/run/secrets/azure/tokens/azure-identity-token';
const mount = { name: 'azure-identity-token', mountPath: '/var/run/secrets/azure/tokens', readOnly: true };

function pod(
  options: { annotations?: Record<string, string>; spec?: Partial<Pod['spec']>; name?: string } = {},
): Pod {
  return {
    metadata: { name: options.name ?? 'p1', annotations: options.annotations ?? {} },
    spec: { containers: [{ name: 'app', image: 'app:1' }], ...options.spec },
  };
}

function account(annotations: Record<string, string> = {}): ServiceAccount {
  return { metadata: { name: 'sa1', annotations } };
}

function mutated(before: Pod, serviceAccount = account(), using = config): Pod {
  const patch = mutatePod(before, serviceAccount, using);
  return jsonPatch.applyPatch(structuredClone(before), patch).newDocument;
}

function variables(container: Container | undefined): Record<string, string | undefined> {
  return Object.fromEntries((container?.env ?? []).map(variable => [variable.name, variable.value]));
}

function refusal(before: Pod, serviceAccount = account()): PodRefused {
  try {
    mutatePod(before, serviceAccount, config);
  } catch (error) {
    if (error instanceof PodRefused) return error;
  }
  throw new Error('the webhook let the pod pass');
}

describe('environment', () => {
  it('is added in the order client, tenant, token file, authority', () => {
    const [app] = mutated(pod(), account({ 'azure.workload.identity/client-id': 'client' })).spec.containers;
    expect(app?.env).toEqual([
      { name: 'AZURE_CLIENT_ID', value: 'client' },
      { name: 'AZURE_TENANT_ID', value: 'tenant-of-cluster' },
      { name: 'AZURE_FEDERATED_TOKEN_FILE', value: tokenFile },
      { name: 'AZURE_AUTHORITY_HOST', value: 'https://login.microsoftonline.com/' },
    ]);
  });

  it('omits the client ID if the service account has none', () => {
    expect(variables(mutated(pod()).spec.containers[0])).not.toHaveProperty('AZURE_CLIENT_ID');
    const empty = account({ 'azure.workload.identity/client-id': '' });
    expect(variables(mutated(pod(), empty).spec.containers[0])).not.toHaveProperty('AZURE_CLIENT_ID');
  });

  it('ignores the client ID on the pod', () => {
    const before = pod({ annotations: { 'azure.workload.identity/client-id': 'from-pod' } });
    expect(variables(mutated(before).spec.containers[0])).not.toHaveProperty('AZURE_CLIENT_ID');
  });

  it('uses the tenant of the service account if the key exists, even if it is empty', () => {
    const other = account({ 'azure.workload.identity/tenant-id': 'other' });
    expect(variables(mutated(pod(), other).spec.containers[0])).toHaveProperty('AZURE_TENANT_ID', 'other');
    const empty = account({ 'azure.workload.identity/tenant-id': '' });
    expect(variables(mutated(pod(), empty).spec.containers[0])).not.toHaveProperty('AZURE_TENANT_ID');
  });

  it('never replaces settings of the user', () => {
    const env = [{ name: 'AZURE_TENANT_ID', value: 'mine' }, { name: 'AZURE_AUTHORITY_HOST' }];
    const [app] = mutated(pod({ spec: { containers: [{ name: 'app', image: 'a', env }] } })).spec.containers;
    expect(app?.env?.slice(0, 2)).toEqual(env);
    expect(app?.env?.filter(variable => variable.name === 'AZURE_TENANT_ID')).toHaveLength(1);
    expect(app?.env?.filter(variable => variable.name === 'AZURE_AUTHORITY_HOST')).toHaveLength(1);
  });
});

describe('volume and mount', () => {
  it('projects a token for the exchange', () => {
    const after = mutated(pod());
    expect(after.spec.volumes).toEqual([
      {
        name: 'azure-identity-token',
        projected: {
          sources: [
            {
              serviceAccountToken: {
                path: 'azure-identity-token',
                expirationSeconds: 3600,
                audience: 'api://AzureADTokenExchange',
              },
            },
          ],
        },
      },
    ]);
    expect(after.spec.containers[0]?.volumeMounts).toEqual([mount]);
  });

  it('keeps an existing mount of that name', () => {
    const mine = { name: 'azure-identity-token', mountPath: '/elsewhere' };
    const spec = { containers: [{ name: 'app', image: 'a', volumeMounts: [mine] }] };
    expect(mutated(pod({ spec })).spec.containers[0]?.volumeMounts).toEqual([mine]);
  });

  it('adds no volume if another one projects a token to that path', () => {
    const sources = [{ serviceAccountToken: { path: 'azure-identity-token' } }];
    const volumes = [{ name: 'mine', projected: { sources } }];
    const containers = [{ name: 'app', image: 'a' }];
    expect(mutated(pod({ spec: { containers, volumes } })).spec.volumes).toEqual(volumes);
  });

  it('is unchanged by a second call of the webhook', () => {
    const once = mutated(pod());
    expect(mutatePod(once, account(), config)).toEqual([]);
  });
});

describe('mutated containers', () => {
  const spec = {
    initContainers: [{ name: 'init', image: 'i' }],
    containers: [
      { name: 'app', image: 'a' },
      { name: 'side', image: 's' },
    ],
  };

  it('are init containers and containers', () => {
    const after = mutated(pod({ spec }));
    for (const container of [...(after.spec.initContainers ?? []), ...after.spec.containers]) {
      expect(container.volumeMounts).toEqual([mount]);
    }
  });

  it('are not the skipped ones: split at semicolons, trimmed', () => {
    const annotations = { 'azure.workload.identity/skip-containers': ' init ; side' };
    const after = mutated(pod({ spec, annotations }));
    expect(after.spec.initContainers?.[0]).toEqual(spec.initContainers[0]);
    expect(after.spec.containers[0]?.volumeMounts).toEqual([mount]);
    expect(after.spec.containers[1]).toEqual(spec.containers[1]);
  });

  it('can be none, and the volume is still added', () => {
    const annotations = { 'azure.workload.identity/skip-containers': 'app' };
    const after = mutated(pod({ annotations }));
    expect(after.spec.containers).toEqual(pod().spec.containers);
    expect(after.spec.volumes).toHaveLength(1);
  });
});

describe('token expiration', () => {
  const key = 'azure.workload.identity/service-account-token-expiration';
  const seconds = (after: Pod) =>
    after.spec.volumes?.[0]?.projected?.sources?.[0]?.serviceAccountToken?.expirationSeconds;

  it.each([
    ['nothing', undefined, undefined, 3600],
    ['the service account', undefined, '7200', 7200],
    ['the pod, before the service account', '5000', '7200', 5000],
    ['the service account if the pod has no value', '', '7200', 7200],
    ['the shortest', '3600', undefined, 3600],
    ['the longest', '86400', undefined, 86_400],
    ['a sign', '+4000', undefined, 4000],
  ])('%s', (_, onPod, onAccount, expected) => {
    const annotations: Record<string, string> = onPod === undefined ? {} : { [key]: onPod };
    const serviceAccount = account(onAccount === undefined ? {} : { [key]: onAccount });
    expect(seconds(mutated(pod({ annotations }), serviceAccount))).toBe(expected);
  });

  it.each([
    ['3599', 'token expiration 3599 not valid. Expected value to be between 3600 and 86400'],
    ['86401', 'token expiration 86401 not valid. Expected value to be between 3600 and 86400'],
    ['-1', 'token expiration -1 not valid. Expected value to be between 3600 and 86400'],
    ['1h', 'strconv.ParseInt: parsing "1h": invalid syntax'],
    [' 3600', 'strconv.ParseInt: parsing " 3600": invalid syntax'],
    ['9223372036854775808', 'strconv.ParseInt: parsing "9223372036854775808": value out of range'],
  ])('%s is rejected', (value, message) => {
    const fromPod = refusal(pod({ annotations: { [key]: value } }));
    expect(fromPod).toMatchObject({ code: 400, message });
    expect(refusal(pod(), account({ [key]: value }))).toMatchObject({ code: 400, message });
  });
});

describe('proxy sidecar', () => {
  const inject = { 'azure.workload.identity/inject-proxy-sidecar': 'false' };

  it('is injected for any value of the annotation, as a native sidecar from Kubernetes 1.32', () => {
    const after = mutated(pod({ annotations: inject }));
    expect(after.spec.initContainers?.map(container => container.name)).toEqual([
      'azwi-proxy',
      'azwi-proxy-init',
    ]);
    expect(after.spec.initContainers?.[0]).toMatchObject({
      restartPolicy: 'Always',
      args: ['--proxy-port=8000', '--log-level=info'],
      volumeMounts: [mount],
    });
    expect(after.spec.containers.map(container => container.name)).toEqual(['app']);
  });

  it('is an ordinary container before that', () => {
    const after = mutated(pod({ annotations: inject }), account(), { ...config, nativeSidecar: false });
    expect(after.spec.containers.map(container => container.name)).toEqual(['azwi-proxy', 'app']);
    expect(after.spec.containers[0]).not.toHaveProperty('restartPolicy');
    expect(after.spec.initContainers?.map(container => container.name)).toEqual(['azwi-proxy-init']);
  });

  it('uses the port of the annotation', () => {
    const annotations = { ...inject, 'azure.workload.identity/proxy-sidecar-port': '9000' };
    const after = mutated(pod({ annotations }));
    expect(after.spec.initContainers?.[0]?.ports).toEqual([{ containerPort: 9000 }]);
    expect(variables(after.spec.initContainers?.[1])).toHaveProperty('PROXY_PORT', '9000');
  });

  it('is not injected twice', () => {
    const once = mutated(pod({ annotations: inject }));
    expect(mutatePod(once, account(), config)).toEqual([]);
  });

  it('is denied with hostNetwork', () => {
    const spec = { hostNetwork: true, containers: [{ name: 'app', image: 'a' }] };
    expect(refusal(pod({ annotations: inject, spec }))).toMatchObject({
      code: 400,
      message: 'hostNetwork is set to true, cannot inject proxy sidecar',
    });
  });

  it.each([
    ['http', 'failed to parse proxy sidecar port: strconv.ParseInt: parsing "http": invalid syntax'],
    ['', 'failed to parse proxy sidecar port: strconv.ParseInt: parsing "": invalid syntax'],
    [
      '2147483648',
      'failed to parse proxy sidecar port: strconv.ParseInt: parsing "2147483648": value out of range',
    ],
  ])('denies the port %j', (port, message) => {
    const annotations = { ...inject, 'azure.workload.identity/proxy-sidecar-port': port };
    expect(refusal(pod({ annotations }))).toMatchObject({ code: 400, message });
  });
});

describe('version 1.6.0', () => {
  const newer: WebhookConfig = { ...config, version: '1.6.0' };

  it("names the volume by a hash of the pod's name, and mounts it elsewhere", () => {
    const after = mutated(pod({ name: 'p1' }), account(), newer);
    // sha256("p1"), first 30 hexadecimal digits
    const name = 'azure-workload-identity-reserved-f64551fcd6f07823cb87971cfb9144';
    expect(after.spec.volumes?.[0]?.name).toBe(name);
    expect(after.spec.containers[0]?.volumeMounts).toEqual([
      { name, mountPath: '/var/run/secrets/azure/wi', readOnly: true },
    ]);
    expect(variables(after.spec.containers[0])).toHaveProperty(
      'AZURE_FEDERATED_TOKEN_FILE',
      '/var/run/secrets/azure/wi/token/azure-identity-token',
    );
  });

  it('replaces an existing volume and mount of that name', () => {
    const reserved = mutated(pod(), account(), newer).spec.volumes?.[0]?.name ?? '';
    const before = pod({
      spec: {
        containers: [
          { name: 'app', image: 'a', volumeMounts: [{ name: reserved, mountPath: '/elsewhere' }] },
        ],
        volumes: [{ name: reserved, emptyDir: {} }],
      },
    });
    expect(mutated(before, account(), newer).spec).toMatchObject({
      containers: [{ volumeMounts: [{ name: reserved, mountPath: '/var/run/secrets/azure/wi' }] }],
      volumes: [{ name: reserved, projected: { sources: [{}] } }],
    });
  });
});
