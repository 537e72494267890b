import { type ApiObject, type Fields, fields, items } from '../../fields.ts';
import { kindOf, type Resource, resource } from '../../resources.ts';
import { forbidden, invalid } from '../../status.ts';
import type { Store } from '../../store.ts';
import type { Admission } from '../webhooks.ts';
import { type Pod, type Violation, violations } from './checks.ts';
import { compareLevels, type Policy, policyOf, type Standard, written } from './policy.ts';

/** Applies Pod Security Standards by the labels of namespaces, as the PodSecurity plugin does. */
export class PodSecurity {
  readonly #store: Store;
  /** Newest version of the standards that this server has. */
  readonly #newest: number;

  constructor(store: Store, kubernetesVersion: string) {
    this.#store = store;
    this.#newest = Number(kubernetesVersion.split('.')[1]);
  }

  /**
   * Checks a request after all mutations. A pod must meet the enforced standard. For a pod template it only warns,
   * because its pods are rejected.
   * @returns warnings for the client
   * @throws StatusError 403 for a pod that violates the standard, 422 for invalid labels of a namespace
   * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
   */
  review(admission: Admission): string[] {
    const { operation, resource: type, subresource, object, oldObject } = admission;
    if (operation === 'DELETE' || subresource) return [];
    if (type.kind === 'Namespace') return this.#reviewNamespace(type, object, oldObject);
    const pod = podOf(type.kind, object);
    if (!pod || (oldObject && type.kind === 'Pod' && !changesImages(object, oldObject))) return [];
    const policy = this.#policyOf(object.metadata.namespace);
    if (type.kind === 'Pod') {
      const violated = this.#violations(policy.enforce, pod);
      if (violated.length > 0) {
        const why = `violates PodSecurity "${written(policy.enforce)}": ${detailed(violated)}`;
        throw forbidden(type, object.metadata.name ?? '', why);
      }
    }
    const violated = this.#violations(policy.warn, pod);
    return violated.length > 0
      ? [`would violate PodSecurity "${written(policy.warn)}": ${detailed(violated)}`]
      : [];
  }

  #reviewNamespace(type: Resource, object: ApiObject, before: ApiObject | undefined): string[] {
    const { name = '', labels } = object.metadata;
    const { policy, causes } = policyOf(labels);
    if (causes.length > 0) throw invalid(kindOf(type), name, causes);
    if (!before) return [];
    const { enforce } = policy;
    const { enforce: old } = policyOf(before.metadata.labels).policy;
    const stricter = compareLevels(enforce, old) > 0 || enforce.version !== old.version;
    return stricter ? this.#warnOfExisting(name, enforce) : [];
  }

  /** Existing pods stay. A stricter policy returns warnings about pods that it would reject. */
  #warnOfExisting(namespace: string, standard: Standard): string[] {
    const pods = new Map<string, string[]>();
    for (const pod of this.#store.list(resource('pods'), namespace)) {
      const violated = this.#violations(standard, podOf('Pod', pod)!);
      if (violated.length === 0) continue;
      const reasons = violated.map(({ reason }) => reason).join(', ');
      pods.set(reasons, [...(pods.get(reasons) ?? []), pod.metadata.name ?? '']);
    }
    if (pods.size === 0) return [];
    const each = [...pods].map(([reasons, [first, ...others]]) => {
      const more = others.length === 1 ? '1 other pod' : `${others.length} other pods`;
      return `${first}${others.length > 0 ? ` (and ${more})` : ''}: ${reasons}`;
    });
    return [
      `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${written(standard)}"`,
      ...each.sort(),
    ];
  }

  #policyOf(namespace: string | undefined): Policy {
    const found = this.#store.get(resource('namespaces'), undefined, namespace ?? '');
    return policyOf(found?.metadata.labels).policy;
  }

  #violations({ level, version }: Standard, pod: Pod): Violation[] {
    if (level === 'privileged') return [];
    const minor = version === 'latest' ? this.#newest : Number(version.slice('v1.'.length));
    return violations(level, Math.min(minor, this.#newest), pod);
  }
}

function podOf(kind: string, { metadata, spec }: ApiObject): Pod | undefined {
  if (kind === 'Pod') return { metadata, spec: fields(spec) };
  if (!['Deployment', 'ReplicaSet', 'Job'].includes(kind)) return undefined;
  const template = fields(fields(spec).template);
  return { metadata: fields(template.metadata), spec: fields(template.spec) };
}

/** The part of a pod that can change and matters for the checks. */
function changesImages(pod: ApiObject, before: ApiObject): boolean {
  const images = ({ spec }: ApiObject): unknown[] =>
    [...items(fields(spec).initContainers), ...items(fields(spec).containers)].map(
      ({ image }: Fields) => image,
    );
  return JSON.stringify(images(pod)) !== JSON.stringify(images(before));
}

function detailed(violated: readonly Violation[]): string {
  return violated.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
}
