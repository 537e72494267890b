import type { Pod } from '../shared/kubernetes-objects.ts';
import { MANAGED_BY } from '../shared/ownership.ts';
import { isOwn } from './existing-object.ts';
import {
  type Client,
  MANAGED_BY_LABEL,
  manifest,
  REPOSITORY_ANNOTATION,
  type Target,
  type WorkloadObject,
} from './manifest.ts';

const LABEL = 'workload-identity-lab/proof-of-denial';

/** How long the refused client retries. Most attempts would see an existing credential within this time. */
const RETRY_SECONDS = 15;

const ACCOUNT_ENDING = '-unfederated';
const POD_ENDING = '-denied';
/** Limits for the names of a workload, so that the names with these endings are valid. */
export const MAX_LENGTHS = { serviceAccount: 253 - ACCOUNT_ENDING.length, name: 63 - POD_ENDING.length };

export function unfederatedTarget({ namespace, serviceAccount, name }: Target): Target {
  return { namespace, serviceAccount: serviceAccount + ACCOUNT_ENDING, name: name + POD_ENDING };
}

export function isFromDenialProof(object: Pick<WorkloadObject, 'metadata'>, repository: string): boolean {
  const ours = { metadata: { name: '', annotations: { [REPOSITORY_ANNOTATION]: repository } } };
  return object.metadata.labels?.[LABEL] === 'true' && isOwn(object, ours);
}

export function unfederatedAccount(
  { namespace, serviceAccount }: Target,
  { repository }: Client,
  clientId: string,
): object {
  const labels = { [LABEL]: 'true', [MANAGED_BY_LABEL]: MANAGED_BY };
  const annotations = {
    'azure.workload.identity/client-id': clientId,
    [REPOSITORY_ANNOTATION]: repository,
  };
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: serviceAccount, namespace, labels, annotations },
  };
}

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
