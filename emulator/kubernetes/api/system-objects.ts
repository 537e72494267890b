import { randomUUID } from 'node:crypto';
import { wholeSeconds } from '../../timestamps.ts';
import type { ApiObject } from './fields.ts';
import { apiVersionOf, resource } from './resources.ts';
import type { Store } from './store.ts';

/** Annotation of the controller that publishes the CA. */
const rootCaNote = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
};

const systemNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** First address of AKS' default Service range. */
const apiService = {
  spec: {
    clusterIP: '10.0.0.1',
    clusterIPs: ['10.0.0.1'],
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 443 }],
    sessionAffinity: 'None',
    type: 'ClusterIP',
  },
  status: { loadBalancer: {} },
};

/**
 * Creates the system namespaces, the Service `kubernetes` and, in each namespace, the ServiceAccount `default` and
 * the ConfigMap `kube-root-ca.crt`. Recreates them after deletion. In a cluster, controllers create them a moment
 * after the namespace.
 * @param caCertificate PEM
 */
export function createSystemObjects(store: Store, caCertificate: string): void {
  const ensure = (
    plural: string,
    namespace: string | undefined,
    name: string,
    content: Record<string, unknown>,
    annotations?: Record<string, string>,
  ) => {
    const type = resource(plural);
    if (store.get(type, namespace, name)) return;
    const object: ApiObject = {
      kind: type.kind,
      apiVersion: apiVersionOf(type),
      metadata: {
        name,
        ...(namespace && { namespace }),
        uid: randomUUID(),
        creationTimestamp: wholeSeconds(),
        ...(annotations && { annotations }),
        ...(plural === 'namespaces' && { labels: { 'kubernetes.io/metadata.name': name } }),
        ...(plural === 'services' && { labels: { component: 'apiserver', provider: 'kubernetes' } }),
      },
      ...content,
    };
    store.put(type, object);
  };
  const furnish = (namespace: string) => {
    ensure('serviceaccounts', namespace, 'default', {});
    ensure('configmaps', namespace, 'kube-root-ca.crt', { data: { 'ca.crt': caCertificate } }, rootCaNote);
  };
  store.subscribe(undefined, ({ type, resource: changed, object }) => {
    if (changed.kind === 'Namespace') {
      if (type === 'ADDED') furnish(object.metadata.name!);
      return;
    }
    if (type !== 'DELETED' || (changed.kind !== 'ServiceAccount' && changed.kind !== 'ConfigMap')) return;
    const namespace = store.get(resource('namespaces'), undefined, object.metadata.namespace!);
    if (namespace && !namespace.metadata.deletionTimestamp)
      queueMicrotask(() => furnish(object.metadata.namespace!));
  });
  for (const name of systemNamespaces) {
    ensure('namespaces', undefined, name, {
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
  ensure('services', 'default', 'kubernetes', apiService);
}
