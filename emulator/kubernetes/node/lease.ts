import { setTimeout as delay } from 'node:timers/promises';
import { type ApiClient, ApiError } from '../client.ts';
import type { Node } from '../objects.ts';

/** Milliseconds between renewals, and seconds that the lease is valid, as in a kubelet. */
const interval = 10_000;
const leaseDurationSeconds = 40;

const collection = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

/**
 * Renews the node's lease. Without it, the control plane marks the node as not ready.
 * @param every milliseconds between renewals
 * @see https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats
 */
export async function keepLease(
  api: ApiClient,
  nodeName: string,
  signal: AbortSignal,
  log: (line: string) => void,
  every = interval,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await renew(api, nodeName);
    } catch (error) {
      if (!signal.aborted) log(`node "${nodeName}": cannot renew its lease: ${error}`);
    }
    await delay(every, undefined, { signal }).catch(() => {});
  }
}

async function renew(api: ApiClient, nodeName: string): Promise<void> {
  // `metav1.MicroTime` has six digits after the second.
  const renewTime = new Date().toISOString().replace('Z', '000Z');
  try {
    await api.mergePatch(`${collection}/${nodeName}`, { spec: { renewTime } });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 404)) throw error;
    const { uid } = (await api.get<Node>(`/api/v1/nodes/${nodeName}`)).metadata;
    await api.create(collection, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: nodeName,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid }],
      },
      spec: { holderIdentity: nodeName, leaseDurationSeconds, renewTime },
    });
  }
}
