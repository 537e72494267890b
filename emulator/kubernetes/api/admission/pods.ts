import { randomBytes } from 'node:crypto';
import { type ApiObject, type Fields, fields, items, text } from '../fields.ts';
import { resource } from '../resources.ts';
import { forbidden } from '../status.ts';
import type { Store } from '../store.ts';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Does what the ServiceAccount, DefaultTolerationSeconds, and Priority plugins do to a new pod.
 * @param pod changed in place
 * @throws StatusError 403 if the service account does not exist
 * @see https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
 */
export function admitPod(store: Store, pod: ApiObject): void {
  const spec = fields(pod.spec);
  const { namespace } = pod.metadata;
  const name = text(spec.serviceAccountName) || 'default';
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
  const account = store.get(resource('serviceaccounts'), namespace, name);
  if (!account) {
    const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden(resource('pods'), pod.metadata.name || pod.metadata.generateName || '', why);
  }
  if (!spec.imagePullSecrets && account.imagePullSecrets) spec.imagePullSecrets = account.imagePullSecrets;
  if ((spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) === true)
    mountToken(spec);

  tolerate(spec, 'node.kubernetes.io/not-ready');
  tolerate(spec, 'node.kubernetes.io/unreachable');
  spec.priority ??= 0;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
}

/** Mounts one token volume in every container that has no such mount. */
function mountToken(spec: Fields): void {
  const there = items(spec.volumes).find(({ name }) => text(name).startsWith('kube-api-access-'));
  const name = text(there?.name) || `kube-api-access-${suffix()}`;
  let mounted = false;
  for (const container of [...items(spec.initContainers), ...items(spec.containers)]) {
    const mounts = items(container.volumeMounts);
    if (mounts.some(mount => mount.mountPath === mountPath)) continue;
    container.volumeMounts = [...mounts, { name, readOnly: true, mountPath }];
    mounted = true;
  }
  if (!mounted || there) return;
  const projected = {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 0o644,
  };
  spec.volumes = [...items(spec.volumes), { name, projected }];
}

/** A pod stays on an unhealthy node for five minutes by default. */
function tolerate(spec: Fields, key: string): void {
  const tolerations = items(spec.tolerations);
  const covered = tolerations.some(
    each => (!each.key || each.key === key) && (!each.effect || each.effect === 'NoExecute'),
  );
  if (covered) return;
  spec.tolerations = [
    ...tolerations,
    { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
  ];
}

/**
 * Random suffix of a generated name.
 * @see https://github.com/kubernetes/apimachinery/blob/master/pkg/util/rand/rand.go
 */
export function suffix(): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from(randomBytes(5), byte => alphabet[byte % alphabet.length]).join('');
}
