import { expect, it } from 'vitest';
import { createRequester, createTestApiServer } from '../../testing/kubernetes/test-api-server.ts';
import { createTestNetwork } from '../../testing/kubernetes/test-network.ts';
import { ApiClient } from '../client.ts';
import { keepLease } from './lease.ts';

const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-0';

it('creates and renews the lease, and logs failures, until it ends', async () => {
  const { api } = await createTestApiServer();
  const admin = createRequester(api.service, 'admin');
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-0' } };
  const client = new ApiClient(
    createTestNetwork(() => api.service),
    'https://cluster.test',
    'node',
    'kubelet',
  );
  const ending = new AbortController();
  const log: string[] = [];
  const kept = keepLease(client, 'node-0', ending.signal, line => log.push(line), 5);
  // The node does not exist yet.
  await expect.poll(() => log.length).toBeGreaterThan(0);
  expect(log[0]).toBe('node "node-0": cannot renew its lease: ApiError: nodes "node-0" not found');

  const { uid } = (await admin('POST', '/api/v1/nodes', node)).body.metadata as { uid: string };
  await expect.poll(async () => (await admin('GET', path)).code).toBe(200);
  const first = (await admin('GET', path)).body;
  expect(first).toMatchObject({
    metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'node-0', uid }] },
    spec: { holderIdentity: 'node-0', leaseDurationSeconds: 40 },
  });
  const { renewTime } = first.spec as { renewTime: string };
  expect(renewTime).toMatch(/T\d\d:\d\d:\d\d\.\d{6}Z$/);
  await expect.poll(async () => (await admin('GET', path)).body.spec).not.toMatchObject({ renewTime });

  ending.abort();
  await kept;
});
