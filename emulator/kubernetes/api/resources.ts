export interface Subresource {
  readonly name: string;
  /** Kind at that path, if it differs from the resource. */
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly Verb[];
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources?: readonly Subresource[];
  /** Field selectors in addition to `metadata.name` and `metadata.namespace`: label → path in the object. */
  readonly fieldLabels?: Readonly<Record<string, string>>;
  /** Value of an empty field in a field selector. The default is the empty string. */
  readonly fieldDefaults?: Readonly<Record<string, string>>;
  /** A change of `spec` increments `metadata.generation`. */
  readonly generation?: boolean;
}

const every: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
const status: Subresource = { name: 'status', verbs: ['get', 'patch', 'update'] };
const scale: Subresource = {
  name: 'scale',
  kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  verbs: ['get', 'patch', 'update'],
};

function core(kind: string, plural: string, more: Partial<Resource> = {}): Resource {
  return { group: '', version: 'v1', kind, plural, namespaced: true, verbs: every, ...more };
}

/** A review: nothing is stored. */
function review(group: string, kind: string): Resource {
  const plural = `${kind.toLowerCase()}s`;
  return { group, version: 'v1', kind, plural, namespaced: false, verbs: ['create'] };
}

/** All resources of the server. */
export const resources: readonly Resource[] = [
  core('Namespace', 'namespaces', {
    namespaced: false,
    shortNames: ['ns'],
    verbs: every.filter(verb => verb !== 'deletecollection'),
    subresources: [{ name: 'finalize', verbs: ['update'] }, status],
    fieldLabels: { 'status.phase': 'status.phase' },
  }),
  core('ServiceAccount', 'serviceaccounts', {
    shortNames: ['sa'],
    subresources: [
      {
        name: 'token',
        kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
        verbs: ['create'],
      },
    ],
  }),
  core('Pod', 'pods', {
    shortNames: ['po'],
    categories: ['all'],
    generation: true,
    subresources: [
      { name: 'binding', kind: { group: '', version: 'v1', kind: 'Binding' }, verbs: ['create'] },
      { name: 'log', verbs: ['get'] },
      status,
    ],
    fieldLabels: {
      'spec.nodeName': 'spec.nodeName',
      'spec.restartPolicy': 'spec.restartPolicy',
      'spec.schedulerName': 'spec.schedulerName',
      'spec.serviceAccountName': 'spec.serviceAccountName',
      'spec.hostNetwork': 'spec.hostNetwork',
      'status.phase': 'status.phase',
      'status.podIP': 'status.podIP',
      'status.nominatedNodeName': 'status.nominatedNodeName',
    },
    fieldDefaults: { 'spec.hostNetwork': 'false' },
  }),
  core('ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  core('Secret', 'secrets', { fieldLabels: { type: 'type' } }),
  // Services have no network here: the default Service can be read, and none can be created.
  core('Service', 'services', {
    shortNames: ['svc'],
    categories: ['all'],
    verbs: ['get', 'list', 'watch'],
    fieldLabels: { 'spec.clusterIP': 'spec.clusterIP', 'spec.type': 'spec.type' },
  }),
  core('Event', 'events', {
    shortNames: ['ev'],
    fieldLabels: {
      ...Object.fromEntries(
        ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(field => [
          `involvedObject.${field}`,
          `involvedObject.${field}`,
        ]),
      ),
      reason: 'reason',
      reportingComponent: 'reportingComponent',
      source: 'source.component',
      type: 'type',
    },
  }),
  core('Node', 'nodes', {
    namespaced: false,
    shortNames: ['no'],
    subresources: [status],
    fieldLabels: { 'spec.unschedulable': 'spec.unschedulable' },
    fieldDefaults: { 'spec.unschedulable': 'false' },
  }),
  {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    plural: 'deployments',
    shortNames: ['deploy'],
    categories: ['all'],
    namespaced: true,
    verbs: every,
    subresources: [scale, status],
    generation: true,
  },
  {
    group: 'apps',
    version: 'v1',
    kind: 'ReplicaSet',
    plural: 'replicasets',
    shortNames: ['rs'],
    categories: ['all'],
    namespaced: true,
    verbs: every,
    subresources: [scale, status],
    fieldLabels: { 'status.replicas': 'status.replicas' },
    fieldDefaults: { 'status.replicas': '0' },
    generation: true,
  },
  {
    group: 'batch',
    version: 'v1',
    kind: 'Job',
    plural: 'jobs',
    categories: ['all'],
    namespaced: true,
    verbs: every,
    subresources: [status],
    fieldLabels: { 'status.successful': 'status.succeeded' },
    fieldDefaults: { 'status.successful': '0' },
    generation: true,
  },
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    kind: 'Lease',
    plural: 'leases',
    namespaced: true,
    verbs: every,
  },
  {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    kind: 'MutatingWebhookConfiguration',
    plural: 'mutatingwebhookconfigurations',
    categories: ['api-extensions'],
    namespaced: false,
    verbs: every,
    generation: true,
  },
  review('authentication.k8s.io', 'TokenReview'),
  review('authentication.k8s.io', 'SelfSubjectReview'),
  review('authorization.k8s.io', 'SelfSubjectAccessReview'),
  review('authorization.k8s.io', 'SelfSubjectRulesReview'),
  review('authorization.k8s.io', 'SubjectAccessReview'),
];

/** `v1` or `apps/v1`. */
export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group ? `${group}/${version}` : version;
}

/** `Pod` or `Deployment.apps`, as in errors. */
export function kindOf({ group, kind }: Resource): string {
  return group ? `${kind}.${group}` : kind;
}

export function isStored(resource: Resource): boolean {
  return resource.verbs.includes('get');
}

/** @param name plural name */
export function findResource(group: string, version: string, name: string): Resource | undefined {
  return resources.find(each => each.plural === name && each.group === group && each.version === version);
}

export function resourceOfKind(apiVersion: string, kind: string): Resource | undefined {
  return resources.find(each => each.kind === kind && apiVersionOf(each) === apiVersion);
}

/** @param plural must exist */
export function resource(plural: string): Resource {
  return resources.find(each => each.plural === plural)!;
}
