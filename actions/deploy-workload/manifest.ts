import { createHash } from 'node:crypto';
import { CONTAINER, USE_LABEL } from '../shared/diagnosis/pod.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { MANAGED_BY } from '../shared/ownership.ts';
import type { Workload } from '../shared/workloads.ts';

/** What the client runs as. https://kubernetes.io/docs/concepts/workloads/ */
export type WorkloadKind = 'pod' | 'deployment' | 'job';

/** A pod, deployment, or job to create, and its service account. */
export interface Target extends Workload {
  /** Name of the pod, deployment, or job. */
  name: string;
}

/** What every workload of a run has in common. */
export interface Client {
  kind: WorkloadKind;
  image: string;
  vaultName: string;
  secretName: string;
  /** Domain of the vaults of this cloud: vault.azure.net. */
  vaultDomain: string;
  /** The repository whose workflow runs, OWNER/NAME; '' outside GitHub. */
  repository: string;
}

/** A pod, or what makes pods, as the API server holds it; what is used of it. */
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
/** The repository whose workflow created an object. What lacks it, or has another, belongs to another owner. */
export const REPOSITORY_ANNOTATION = 'workload-identity-lab/repository';

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
    annotations: { [DIGEST_ANNOTATION]: digest, [REPOSITORY_ANNOTATION]: client.repository },
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
      const once: PodSpec = { ...spec, restartPolicy: 'Never' };
      const made = { ...bounds, template: { metadata: template, spec: once } };
      return { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: made };
    }
  }
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
  const isThere = ['node', '--eval', 'require("node:fs").accessSync(process.env.READY_FILE)'];
  const ready = {
    // It is alive as long as it runs: it ends by itself when it cannot go on.
    readinessProbe: { exec: { command: isThere }, periodSeconds: 10, timeoutSeconds: 5 },
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
