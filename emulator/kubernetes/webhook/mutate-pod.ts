import { createHash } from 'node:crypto';
import jsonPatch, { type Operation } from 'fast-json-patch';
import type { Container, Pod, ServiceAccount, Volume } from '../objects.ts';

export const webhookVersions = ['1.5.1', '1.6.0'] as const;

export type WebhookVersion = (typeof webhookVersions)[number];

/**
 * Configuration of the azure-workload-identity webhook.
 * @see https://github.com/Azure/azure-workload-identity/blob/v1.5.1/pkg/webhook/webhook.go
 */
export interface WebhookConfig {
  /** AKS was last seen to run 1.5.1. */
  readonly version: WebhookVersion;
  /** Tenant of the cluster. */
  readonly tenantId: string;
  /** With the trailing slash. */
  readonly authorityHost: string;
  /** Inject the proxy as a native sidecar, which the webhook does from Kubernetes 1.32. */
  readonly nativeSidecar: boolean;
}

export class PodRefused extends Error {
  override readonly name = 'PodRefused';
  /** HTTP status of the admission response. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const annotation = {
  clientId: 'azure.workload.identity/client-id',
  tenantId: 'azure.workload.identity/tenant-id',
  tokenExpiration: 'azure.workload.identity/service-account-token-expiration',
  skipContainers: 'azure.workload.identity/skip-containers',
  injectProxySidecar: 'azure.workload.identity/inject-proxy-sidecar',
  proxySidecarPort: 'azure.workload.identity/proxy-sidecar-port',
} as const;

/** In seconds, inclusive. */
const tokenExpiration = { default: 3600n, min: 3600n, max: 86_400n } as const;
const defaultProxyPort = 8000n;
const audience = 'api://AzureADTokenExchange';
const proxyImages = 'mcr.microsoft.com/oss/v2/azure/workload-identity';

interface TokenPlace {
  readonly volume: string;
  readonly mountPath: string;
  /** Below the mount path. */
  readonly file: string;
  /** Replace an existing volume or mount of that name. */
  readonly overwrites: boolean;
}

/**
 * Returns the webhook's changes to a new pod.
 * @returns JSON patch (RFC 6902)
 * @throws PodRefused with the webhook's text
 */
export function mutatePod(pod: Pod, serviceAccount: ServiceAccount, config: WebhookConfig): Operation[] {
  const mutated = structuredClone(pod);
  const annotations = pod.metadata.annotations ?? {};
  const accountAnnotations = serviceAccount.metadata.annotations ?? {};

  // Only the key counts: "false" injects too.
  if (annotation.injectProxySidecar in annotations) injectProxy(mutated, config);

  const expirationSeconds = tokenExpirationOf(annotations, accountAnnotations);
  const place = tokenPlaceOf(pod, config.version);
  const environment = {
    AZURE_CLIENT_ID: accountAnnotations[annotation.clientId] ?? '',
    AZURE_TENANT_ID: accountAnnotations[annotation.tenantId] ?? config.tenantId,
    AZURE_FEDERATED_TOKEN_FILE: `${place.mountPath}/${place.file}`,
    AZURE_AUTHORITY_HOST: config.authorityHost,
  };
  const skipped = new Set((annotations[annotation.skipContainers] ?? '').split(';').map(name => name.trim()));

  for (const container of [...(mutated.spec.initContainers ?? []), ...mutated.spec.containers]) {
    if (skipped.has(container.name)) continue;
    addEnvironment(container, environment);
    addMount(container, place);
  }
  addVolume(mutated, place, expirationSeconds);
  return jsonPatch.compare(pod, mutated);
}

/** Does not replace an existing variable, and does not set an empty value. */
function addEnvironment(container: Container, environment: Record<string, string>): void {
  const present = new Set(container.env?.map(variable => variable.name));
  for (const [name, value] of Object.entries(environment)) {
    if (present.has(name) || value === '') continue;
    container.env ??= [];
    container.env.push({ name, value });
  }
}

function addMount(container: Container, place: TokenPlace): void {
  const mount = { name: place.volume, mountPath: place.mountPath, readOnly: true };
  container.volumeMounts ??= [];
  const index = container.volumeMounts.findIndex(existing => existing.name === place.volume);
  if (index === -1) container.volumeMounts.push(mount);
  else if (place.overwrites) container.volumeMounts[index] = mount;
}

/** Added even if every container is skipped. */
function addVolume(pod: Pod, place: TokenPlace, expirationSeconds: number): void {
  const volume: Volume = {
    name: place.volume,
    projected: { sources: [{ serviceAccountToken: { path: place.file, expirationSeconds, audience } }] },
  };
  pod.spec.volumes ??= [];
  const { volumes } = pod.spec;
  const index = volumes.findIndex(existing =>
    place.overwrites
      ? existing.name === place.volume
      : existing.projected?.sources?.some(source => source.serviceAccountToken?.path === place.file),
  );
  if (index === -1) volumes.push(volume);
  else if (place.overwrites) volumes[index] = volume;
}

function tokenPlaceOf(pod: Pod, version: WebhookConfig['version']): TokenPlace {
  if (version === '1.5.1') {
    return {
      volume: 'azure-identity-token',
      mountPath: '/var/run/secrets/azure/tokens',
      file: 'azure-identity-token',
      overwrites: false,
    };
  }
  const podName = pod.metadata.name || `${pod.metadata.generateName ?? ''} (prefix)`;
  const prefix = 'azure-workload-identity-reserved-';
  const hash = createHash('sha256').update(podName).digest('hex');
  return {
    // A volume name has at most 63 characters.
    volume: prefix + hash.slice(0, 63 - prefix.length),
    mountPath: '/var/run/secrets/azure/wi',
    file: 'token/azure-identity-token',
    overwrites: true,
  };
}

function tokenExpirationOf(pod: Record<string, string>, account: Record<string, string>): number {
  const text = pod[annotation.tokenExpiration] || account[annotation.tokenExpiration];
  const seconds = text ? parseInteger(text, 64) : tokenExpiration.default;
  if (seconds < tokenExpiration.min || seconds > tokenExpiration.max) {
    const { min, max } = tokenExpiration;
    throw new PodRefused(
      400,
      `token expiration ${seconds} not valid. Expected value to be between ${min} and ${max}`,
    );
  }
  return Number(seconds);
}

/** Parses like Go's `strconv.ParseInt`, with its error texts. */
function parseInteger(text: string, bits: number): bigint {
  const refuse = (why: string): never => {
    throw new PodRefused(400, `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
  };
  if (!/^[+-]?[0-9]+$/.test(text)) return refuse('invalid syntax');
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(bits, value) === value ? value : refuse('value out of range');
}

function injectProxy(pod: Pod, config: WebhookConfig): void {
  if (pod.spec.hostNetwork) {
    throw new PodRefused(400, 'hostNetwork is set to true, cannot inject proxy sidecar');
  }
  const port = proxyPortOf(pod);
  const initContainers = [...(pod.spec.initContainers ?? [])];
  if (!initContainers.some(container => container.name === 'azwi-proxy-init')) {
    initContainers.push(proxyInitContainer(port, config));
  }
  pod.spec.initContainers = initContainers;
  const target = config.nativeSidecar ? initContainers : pod.spec.containers;
  if (!target.some(container => container.name === 'azwi-proxy')) target.unshift(proxySidecar(port, config));
}

function proxyPortOf(pod: Pod): bigint {
  const text = pod.metadata.annotations?.[annotation.proxySidecarPort];
  if (text === undefined) return defaultProxyPort;
  try {
    return parseInteger(text, 32);
  } catch (error) {
    throw new PodRefused(400, `failed to parse proxy sidecar port: ${(error as Error).message}`);
  }
}

function proxyInitContainer(port: bigint, config: WebhookConfig): Container {
  return {
    name: 'azwi-proxy-init',
    image: `${proxyImages}/proxy-init:v${config.version}`,
    imagePullPolicy: 'IfNotPresent',
    securityContext: {
      capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
      privileged: true,
      runAsNonRoot: false,
      runAsUser: 0,
    },
    env: [{ name: 'PROXY_PORT', value: `${port}` }],
  };
}

function proxySidecar(port: bigint, config: WebhookConfig): Container {
  return {
    name: 'azwi-proxy',
    image: `${proxyImages}/proxy:v${config.version}`,
    imagePullPolicy: 'IfNotPresent',
    args: [`--proxy-port=${port}`, '--log-level=info'],
    ports: [{ containerPort: Number(port) }],
    lifecycle: {
      postStart: { exec: { command: ['/proxy', `--proxy-port=${port}`, '--probe', '--log-level=info'] } },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
    },
    ...(config.nativeSidecar ? { restartPolicy: 'Always' } : {}),
  };
}
