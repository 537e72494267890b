import { parse } from 'yaml';
import type { Cluster } from '../kubernetes/cluster.ts';

interface Listed {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace?: string } }[];
}

/**
 * Cordons the nodes and deletes all pods. Those without a controller are lost.
 * @throws Error if the API server rejects a request
 * @see https://learn.microsoft.com/azure/aks/start-stop-cluster
 */
export async function stopNodes(kubernetes: Cluster): Promise<void> {
  await setUnschedulable(kubernetes, true);
  const { items } = await ask<Listed>(kubernetes, 'GET', '/api/v1/pods');
  for (const { metadata } of items) {
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}?gracePeriodSeconds=0`;
    await ask(kubernetes, 'DELETE', path);
  }
}

export function startNodes(kubernetes: Cluster): Promise<void> {
  return setUnschedulable(kubernetes, false);
}

async function setUnschedulable(kubernetes: Cluster, unschedulable: boolean): Promise<void> {
  const { items } = await ask<Listed>(kubernetes, 'GET', '/api/v1/nodes');
  for (const { metadata } of items) {
    await ask(kubernetes, 'PATCH', `/api/v1/nodes/${metadata.name}`, { spec: { unschedulable } });
  }
}

/** As the cluster's administrator, without the network. */
async function ask<T>(kubernetes: Cluster, method: string, path: string, body?: object): Promise<T> {
  const { clusters, users } = parse(kubernetes.kubeconfig('clusterAdmin'));
  const reply = await kubernetes.inside({
    method,
    url: new URL(path, clusters[0].cluster.server),
    headers: {
      authorization: `Bearer ${users[0].user.token}`,
      accept: 'application/json',
      ...(body && { 'content-type': 'application/merge-patch+json' }),
    },
    body: Buffer.from(body ? JSON.stringify(body) : ''),
    signal: new AbortController().signal,
  });
  const text = await textOf(reply.body);
  // 404: deleted in the meantime.
  if (reply.status >= 300 && reply.status !== 404) {
    throw new Error(`${method} ${path}: ${reply.status} ${text}`);
  }
  return JSON.parse(text) as T;
}

async function textOf(body: Awaited<ReturnType<Cluster['api']>>['body'] = ''): Promise<string> {
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
