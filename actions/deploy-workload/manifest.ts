import { createHash } from 'node:crypto';
import { type Pod, USE_LABEL, variable } from '../shared/diagnosis/pod.ts';
import { MANAGED_BY } from '../shared/resource-group.ts';
import type { Kind, Target } from './inputs.ts';

/** What every workload of a run has in common. */
export interface Client {
  kind: Kind;
  image: string;
  vaultName: string;
  secretName: string;
  /** Domain of the vaults of this cloud: vault.azure.net. */
  vaultDomain: string;
}

/** A pod, or what makes pods, as the API server holds it; what is used of it. */
export interface WorkloadObject {
  apiVersion: string;
  kind: string;
  metadata: Pod['metadata'];
  spec: Pod['spec'] | (object & { template: PodTemplate });
  status?: { conditions?: { type: string; status: string }[] };
}

type PodTemplate = { metadata: Pick<Pod['metadata'], 'labels' | 'annotations'>; spec: Pod['spec'] };

export const NAME_LABEL = 'app.kubernetes.io/name';
const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
const DIGEST_ANNOTATION = 'workload-identity-lab/manifest-sha256';

// Where the client says that it can read the secret. The rest of the file system is read-only.
const READY_FOLDER = '/var/run/wi-kv-test';

/**
 * The pod of the walkthrough, or a deployment or a job of it.
 * @param clientId the identity for which the service account is annotated; pods of another are others.
 */
export function manifest(target: Target, client: Client, clientId: string): WorkloadObject {
  const { kind } = client;
  const spec = podSpec(target, client);
  const digest = createHash('sha256')
    .update(JSON.stringify([kind, clientId, spec]))
    .digest('hex');
  const metadata = {
    name: target.name,
    namespace: target.namespace,
    labels: { [NAME_LABEL]: target.name, [MANAGED_BY_LABEL]: MANAGED_BY, [USE_LABEL]: 'true' },
    annotations: { [DIGEST_ANNOTATION]: digest },
  };
  const { name: _, namespace: __, ...template } = metadata;
  switch (kind) {
    case 'pod':
      return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
    case 'deployment': {
      const selector = { matchLabels: { [NAME_LABEL]: target.name } };
      const made = { replicas: 1, selector, template: { metadata: template, spec } };
      return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: made };
    }
    case 'job': {
      // The client tries again by itself; what is left of a finished job goes after an hour.
      const bounds = { backoffLimit: 2, ttlSecondsAfterFinished: 3600 };
      const once = { ...spec, restartPolicy: 'Never' };
      const made = { ...bounds, template: { metadata: template, spec: once } };
      return { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: made };
    }
  }
}

/** The service account that a test of denial runs under: of the same identity, and federated with nothing. */
export function unfederatedAccount({ namespace, serviceAccount }: Target, clientId: string): object {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: serviceAccount,
      namespace,
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
      annotations: { 'azure.workload.identity/client-id': clientId },
    },
  };
}

/** The client in a pod, with all that the restricted Pod Security Standard asks for. */
function podSpec({ serviceAccount }: Target, client: Client): Pod['spec'] {
  const env = [
    { name: 'KEY_VAULT_NAME', value: client.vaultName },
    { name: 'SECRET_NAME', value: client.secretName },
    { name: 'KEY_VAULT_DNS_SUFFIX', value: client.vaultDomain },
    ...(client.kind === 'job'
      ? [{ name: 'READS', value: '1' }]
      : [{ name: 'READY_FILE', value: `${READY_FOLDER}/ready` }]),
  ];
  const container = {
    name: 'wi-kv-test',
    image: client.image,
    imagePullPolicy: 'Always',
    env,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    resources: { requests: { cpu: '10m', memory: '96Mi' }, limits: { memory: '256Mi' } },
  };
  const look = ['/usr/bin/node', '--eval', 'require("node:fs").accessSync(process.env.READY_FILE)'];
  const ready = {
    // It is alive as long as it runs: it ends by itself when it cannot go on.
    readinessProbe: { exec: { command: look }, periodSeconds: 10, timeoutSeconds: 5 },
    volumeMounts: [{ name: 'ready', mountPath: READY_FOLDER }],
  };
  const spec = {
    serviceAccountName: serviceAccount,
    // The client speaks to Azure, not to the cluster; the webhook adds the token that it needs.
    automountServiceAccountToken: false,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    // https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    ...(client.kind === 'job'
      ? { containers: [container] }
      : {
          containers: [{ ...container, ...ready }],
          volumes: [{ name: 'ready', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }],
        }),
  };
  return spec;
}

/** Whether this action made it, with the labels that it gives. */
export function isOurs({ metadata }: Pick<WorkloadObject, 'metadata'>): boolean {
  return metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY;
}

/** Whether it was made from the same manifest. A pod of a deployment or job has its maker's. */
export function isSame(
  one: Pick<WorkloadObject, 'metadata'>,
  other: Pick<WorkloadObject, 'metadata'>,
): boolean {
  return one.metadata.annotations?.[DIGEST_ANNOTATION] === other.metadata.annotations?.[DIGEST_ANNOTATION];
}

/** Whether a job has come to its end, well or not. */
export function isFinished({ status }: WorkloadObject): boolean {
  const ends = ['Complete', 'Failed'];
  return (status?.conditions ?? []).some(({ type, status }) => ends.includes(type) && status === 'True');
}

/**
 * How what is there differs from what is wanted, the likeliest cause of trouble first.
 * @param clientId the client id that the service account is annotated with now.
 * @returns one phrase each; none when it is the wanted one.
 */
export function differences(standing: WorkloadObject, wanted: WorkloadObject, clientId: string): string[] {
  const [is, shouldBe] = [podOf(standing), podOf(wanted)];
  const found: string[] = [];
  const compare = (what: string, value: string | undefined, wantedValue: string | undefined) => {
    if (value !== wantedValue) found.push(`${what} is ${value ?? 'not set'}, not ${wantedValue}`);
  };
  compare(`label ${USE_LABEL}`, is.metadata.labels?.[USE_LABEL], 'true');
  compare('service account', is.spec.serviceAccountName ?? 'default', shouldBe.spec.serviceAccountName);
  compare('image', is.spec.containers[0]?.image, shouldBe.spec.containers[0]?.image);
  for (const name of ['KEY_VAULT_NAME', 'SECRET_NAME'])
    compare(name, variable(is, name), variable(shouldBe, name));
  if (standing.kind === 'Pod') {
    // The webhook writes these when a pod is made, and never again.
    if (variable(is, 'AZURE_FEDERATED_TOKEN_FILE') === undefined) found.push('the webhook did not mutate it');
    else compare('AZURE_CLIENT_ID', variable(is, 'AZURE_CLIENT_ID'), clientId);
  }
  if (found.length === 0 && !isSame(standing, wanted))
    found.push('it was made by something else, by another version of this action, or for another identity');
  return found;
}

function podOf({ metadata, spec }: WorkloadObject): PodTemplate {
  return 'template' in spec ? spec.template : { metadata, spec };
}
