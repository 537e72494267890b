import { createHash } from 'node:crypto';
import type { Inputs } from './inputs.ts';

/** A pod as the API server holds it; what is used of it. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export interface Pod {
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
  };
  spec: {
    serviceAccountName?: string;
    containers: { name: string; image: string; env?: { name: string; value?: string }[] }[];
  };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string; message?: string }[];
    containerStatuses?: ContainerStatus[];
  };
}

export interface ContainerStatus {
  restartCount: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: object;
  terminated?: { exitCode: number; reason?: string };
}

export const USE_LABEL = 'azure.workload.identity/use';
const DIGEST_ANNOTATION = 'workload-identity-lab/manifest-sha256';

/** The pod of the walkthrough, with what the restricted Pod Security Standard asks for. */
export function manifest(inputs: Inputs): Pod & { apiVersion: string; kind: string } {
  const spec = {
    serviceAccountName: inputs.serviceAccount,
    // The client speaks to Azure, not to the cluster; the webhook adds the token that it needs.
    automountServiceAccountToken: false,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    // https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'wi-kv-test',
        image: inputs.image,
        imagePullPolicy: 'Always',
        env: [
          { name: 'KEY_VAULT_NAME', value: inputs.vaultName },
          { name: 'SECRET_NAME', value: inputs.secretName },
        ],
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
        resources: { requests: { cpu: '10m', memory: '96Mi' }, limits: { memory: '256Mi' } },
      },
    ],
  };
  const digest = createHash('sha256').update(JSON.stringify(spec)).digest('hex');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: inputs.podName,
      namespace: inputs.namespace,
      labels: { [USE_LABEL]: 'true' },
      annotations: { [DIGEST_ANNOTATION]: digest },
    },
    spec,
  };
}

/** An environment variable of the pod's first container. */
export function variable(pod: Pod, name: string): string | undefined {
  return pod.spec.containers[0]?.env?.find(entry => entry.name === name)?.value;
}

/**
 * How a pod that is there differs from the wanted one, the likeliest cause of trouble first.
 * @param clientId the client id that the service account is annotated with now.
 * @returns one phrase each; none when it is the wanted pod.
 */
export function differences(pod: Pod, wanted: Pod, clientId: string): string[] {
  const found: string[] = [];
  const compare = (what: string, is: string | undefined, shouldBe: string | undefined) => {
    if (is !== shouldBe) found.push(`${what} is ${is ?? 'not set'}, not ${shouldBe}`);
  };
  compare(`label ${USE_LABEL}`, pod.metadata.labels?.[USE_LABEL], 'true');
  compare('service account', pod.spec.serviceAccountName ?? 'default', wanted.spec.serviceAccountName);
  compare('image', pod.spec.containers[0]?.image, wanted.spec.containers[0]?.image);
  for (const name of ['KEY_VAULT_NAME', 'SECRET_NAME'])
    compare(name, variable(pod, name), variable(wanted, name));
  // The webhook writes these when a pod is made, and never again.
  if (variable(pod, 'AZURE_FEDERATED_TOKEN_FILE') === undefined) found.push('the webhook did not mutate it');
  else compare('AZURE_CLIENT_ID', variable(pod, 'AZURE_CLIENT_ID'), clientId);
  if (
    found.length === 0 &&
    pod.metadata.annotations?.[DIGEST_ANNOTATION] !== wanted.metadata.annotations?.[DIGEST_ANNOTATION]
  ) {
    found.push('it was made by something else, or by another version of this action');
  }
  return found;
}

export function containerStatus(pod: Pod): ContainerStatus | undefined {
  return pod.status?.containerStatuses?.[0];
}

/** Whether there is a log to read: the container runs, or did. */
export function hasStarted(pod: Pod): boolean {
  const status = containerStatus(pod);
  return Boolean(status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated);
}

/** The pod's state in a few words, for the log. */
export function stateOf(pod: Pod | undefined): string {
  if (!pod) return 'not to be seen';
  const state = containerStatus(pod)?.state;
  if (state?.running) return 'running, and has not shown the secret yet';
  if (state?.terminated) return `ended with ${state.terminated.exitCode}`;
  return state?.waiting?.reason ?? pod.status?.phase ?? 'just made';
}
