import { describe, expect, it } from 'vitest';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { listDifferences } from './existing-object.ts';
import { clientId, mutated } from './fake-cluster.ts';
import type { WorkloadObject } from './manifest.ts';
import { testContext } from './test-context.ts';

type Container = Pod['spec']['containers'][number];

describe('listDifferences', () => {
  const desired = testContext().workload.desired as WorkloadObject & Pod;

  it('finds no difference in the desired pod, even with another container before the client', () => {
    const pod = mutated(desired);
    expect(listDifferences(pod, desired, clientId)).toEqual([]);
    pod.spec.containers.unshift({ name: 'proxy', image: 'mesh.example/proxy:1' });
    expect(listDifferences(pod, desired, clientId)).toEqual([]);
  });

  it.each<[string, (pod: WorkloadObject & Pod, container: Container) => unknown, RegExp]>([
    ['label', pod => delete pod.metadata.labels, /label azure.workload.identity\/use is not set/],
    ['service account', pod => delete pod.spec.serviceAccountName, /service account is "default"/],
    [
      'image',
      (_, container) => Object.assign(container, { image: 'r.azurecr.io/x:1.0' }),
      /image is "r.azurecr.io\/x:1.0"/,
    ],
    ['vault', (_, { env }) => Object.assign(env![0]!, { value: 'wilab1' }), /KEY_VAULT_NAME is "wilab1"/],
    ['secret', (_, { env }) => Object.assign(env![1]!, { value: 'Other' }), /SECRET_NAME is "Other"/],
    ['mutation', (_, { env }) => env!.splice(4), /did not mutate it/],
    ['identity', (_, { env }) => Object.assign(env![4]!, { value: 'x' }), /AZURE_CLIENT_ID is "x"/],
    ['manifest', pod => delete pod.metadata.annotations, /another version of this action/],
  ])('reports a different %s', (_, change, expected) => {
    const pod = mutated(desired);
    change(pod, pod.spec.containers[0]!);
    const found = listDifferences(pod, desired, clientId);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });
});
