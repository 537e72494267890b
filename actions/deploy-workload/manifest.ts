import { createHash } from 'node:crypto';
import { type Pod, USE_LABEL, variable } from '../shared/diagnosis/pod.ts';
import type { Inputs } from './inputs.ts';

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
