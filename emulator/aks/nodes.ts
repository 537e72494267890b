import { parse } from 'yaml';
import type { Cluster } from '../kubernetes/cluster.ts';

interface Listed {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace?: string } }[];
}

/**
 * What is left of a cluster whose nodes are switched off: every pod is gone. Those of a controller are made again, and
 * wait for a node; a pod that nobody controls is lost.
 * @throws Error where the API server refuses
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

/** Lets pods onto the nodes again. */
export function startNodes(kubernetes: Cluster): Promise<void> {
  return setUnschedulable(kubernetes, false);
}

async function setUnschedulable(kubernetes: Cluster, unschedulable: boolean): Promise<void> {
  const { items } = await ask<Listed>(kubernetes, 'GET', '/api/v1/nodes');
  for (const { metadata } of items) {
    await ask(kubernetes, 'PATCH', `/api/v1/nodes/${metadata.name}`, { spec: { unschedulable } });
  }
}

/** A request to the API server as the cluster's administrator; it needs no way through the network. */
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
  // What is gone by now was to go.
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
