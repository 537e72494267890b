import { createHash } from 'node:crypto';
import { CONTAINER, USE_LABEL } from '../shared/diagnosis/pod.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { MANAGED_BY } from '../shared/ownership.ts';
import type { Workload } from '../shared/workloads.ts';

/** What the client runs as. https://kubernetes.io/docs/concepts/workloads/ */
export type WorkloadKind = 'pod' | 'deployment' | 'job';

export interface Target extends Workload {
  name: string;
}

export interface Client {
  kind: WorkloadKind;
  image: string;
  vaultName: string;
  secretName: string;
  /** Vault domain of this cloud, such as vault.azure.net. */
  vaultDomain: string;
  /** The repository whose workflow runs, OWNER/NAME; '' outside GitHub. */
  repository: string;
}

export interface WorkloadObject {
  apiVersion: string;
  kind: string;
  metadata: Pod['metadata'];
  spec: PodSpec | (object & { template: PodTemplate });
  status?: { conditions?: { type: string; status: string }[] };
}

type PodSpec = Pod['spec'] & { restartPolicy?: 'Never' };

export interface PodTemplate {
  metadata: Pick<Pod['metadata'], 'labels' | 'annotations'>;
  spec: PodSpec;
}

export const NAME_LABEL = 'app.kubernetes.io/name';
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const DIGEST_ANNOTATION = 'workload-identity-lab/manifest-sha256';
/** The repository whose workflow created the object. An object without this value belongs to another owner. */
export const REPOSITORY_ANNOTATION = 'workload-identity-lab/repository';

// The client creates a file here while it can read the secret. The rest of the file system is read-only.
const READY_FOLDER = '/var/run/wi-kv-test';

/** @param clientId annotation of the service account. A pod of another identity counts as different. */
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
    annotations: { [DIGEST_ANNOTATION]: digest, [REPOSITORY_ANNOTATION]: client.repository },
  };
  const { name: _, namespace: __, ...template } = metadata;
  switch (kind) {
    case 'pod':
      return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
    case 'deployment': {
      const selector = { matchLabels: { [NAME_LABEL]: target.name } };
      const objectSpec = { replicas: 1, selector, template: { metadata: template, spec } };
      return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: objectSpec };
    }
    case 'job': {
      // The client retries by itself. Kubernetes deletes a finished job after an hour.
      const limits = { backoffLimit: 2, ttlSecondsAfterFinished: 3600 };
      const once: PodSpec = { ...spec, restartPolicy: 'Never' };
      const objectSpec = { ...limits, template: { metadata: template, spec: once } };
      return { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: objectSpec };
    }
  }
}

/** Meets the restricted Pod Security Standard. */
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
    name: CONTAINER,
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
  const fileExists = ['node', '--eval', 'require("node:fs").accessSync(process.env.READY_FILE)'];
  const ready = {
    // It needs no liveness probe: the client ends when it cannot continue.
    readinessProbe: { exec: { command: fileExists }, periodSeconds: 10, timeoutSeconds: 5 },
    volumeMounts: [{ name: 'ready', mountPath: READY_FOLDER }],
  };
  const spec = {
    serviceAccountName: serviceAccount,
    // The client does not use the Kubernetes API. The webhook adds the token for Azure.
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
