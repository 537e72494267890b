import type { Pod } from '../shared/diagnosis/pod.ts';
import type { Target } from './inputs.ts';
import { type Client, manifest, type WorkloadObject } from './manifest.ts';

/** On what a proof of denial makes, and on nothing else: what has it not is somebody else's. */
const LABEL = 'workload-identity-lab/proof-of-denial';

/** How long the refused client tries again. A credential that was there would be seen by most of these attempts. */
const RETRY_SECONDS = 15;

const ACCOUNT_ENDING = '-unfederated';
const POD_ENDING = '-denied';
/** How long the names of a workload may be, so that those of its proof of denial are valid. */
export const LONGEST = { serviceAccount: 253 - ACCOUNT_ENDING.length, name: 63 - POD_ENDING.length };

/** The service account and the pod that are to be refused, beside a workload. */
export function unfederatedBeside({ namespace, serviceAccount, name }: Target): Target {
  return { namespace, serviceAccount: serviceAccount + ACCOUNT_ENDING, name: name + POD_ENDING };
}

/** Whether a proof of denial made it. */
export function isOfAProof({ metadata }: Pick<WorkloadObject, 'metadata'>): boolean {
  return metadata.labels?.[LABEL] === 'true';
}

/** A service account of the same identity, which is federated with nothing. */
export function unfederatedAccount({ namespace, serviceAccount }: Target, clientId: string): object {
  const labels = { [LABEL]: 'true' };
  const annotations = { 'azure.workload.identity/client-id': clientId };
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: serviceAccount, namespace, labels, annotations },
  };
}

/** The client in a pod that ends by itself, and soon. */
export function unfederatedPod(target: Target, client: Client, clientId: string): WorkloadObject {
  const { metadata, spec, ...rest } = manifest(target, { ...client, kind: 'pod' }, clientId);
  const pod = spec as Pod['spec'];
  const env = [
    { name: 'RETRY_SECONDS', value: String(RETRY_SECONDS) },
    { name: 'READS', value: '1' },
  ];
  return {
    ...rest,
    metadata: { ...metadata, labels: { ...metadata.labels, [LABEL]: 'true' } },
    spec: {
      ...pod,
      restartPolicy: 'Never',
      containers: pod.containers.map(container => ({
        ...container,
        env: [...(container.env ?? []), ...env],
      })),
    },
  };
}
