import type { Grant } from '../api/server.ts';

/** A grant as a ClusterRole and its binding. @returns paths of collections, and the objects to create there */
export function rbacObjects({ subject, namespace, rules }: Grant): [path: string, object: object][] {
  const name = `aks:${subject.replace(/^system:/, '')}`;
  const group = 'rbac.authorization.k8s.io';
  const role = { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
  const binding = {
    apiVersion: `${group}/v1`,
    kind: namespace ? 'RoleBinding' : 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name },
    subjects: [{ apiGroup: group, kind: 'User', name: subject }],
  };
  const collection = `/apis/${group}/v1`;
  return [
    [`${collection}/clusterroles`, role],
    [
      namespace ? `${collection}/namespaces/${namespace}/rolebindings` : `${collection}/clusterrolebindings`,
      binding,
    ],
  ];
}

/** A Service without a selector: only the egress proxy knows its endpoint. */
export function serviceObject(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { ports: [{ port: 443, protocol: 'TCP', targetPort: 9443 }] },
  };
}
