import type { Reply, Service } from '../../http/service.ts';
import { type LogSource, podLog } from '../api/logs.ts';
import { StatusError } from '../api/status.ts';
import type { Pod } from '../objects.ts';

/**
 * The kubelet's API: `GET /containerLogs/NAMESPACE/POD/CONTAINER`, with the query of `pods/log`. Errors are plain
 * text, which the API server converts to a Status.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/server/server.go
 */
export function kubeletEndpoint(
  find: (namespace: string, name: string) => Pod | undefined,
  logs: LogSource,
): Service {
  return async ({ method, url, signal }) => {
    const [, root, namespace, name, container, ...more] = url.pathname.split('/').map(decodeURIComponent);
    if (root !== 'containerLogs' || !container || more.length > 0) return text(404, '404 page not found\n');
    if (method !== 'GET') return text(405, '405: Method Not Allowed');
    const pod = find(namespace ?? '', name ?? '');
    if (pod === undefined) return text(404, `pod "${name}" does not exist\n`);
    const query = new URLSearchParams(url.searchParams);
    query.set('container', container);
    try {
      const { metadata, spec, status } = pod;
      const known = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata }, spec, status };
      const body = await podLog(known, query, logs, signal);
      return { status: 200, headers: { 'content-type': 'text/plain' }, body };
    } catch (error) {
      if (error instanceof StatusError) return text(error.status.code!, error.message);
      throw error;
    }
  };
}

function text(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
