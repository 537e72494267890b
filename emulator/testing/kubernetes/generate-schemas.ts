/**
 * Generates schemas.json (OpenAPI v3) from @kubernetes/client-node. After an update of that package, run `npm run
 * kubernetes-schemas`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as client from '@kubernetes/client-node';
import type { Schema } from '../../kubernetes/api/schemas.ts';

interface Attribute {
  baseName: string;
  type: string;
  format: string;
}

interface Model {
  getAttributeTypeMap(): Attribute[];
}

/** Class, package in the schema's name, API group. */
const roots: [className: string, home: string, group?: string][] = [
  ...[
    'Namespace',
    'ServiceAccount',
    'Pod',
    'ConfigMap',
    'Secret',
    'Service',
    'Node',
    'Binding',
    'PodTemplateSpec',
    'ObjectReference',
  ].map((kind): [string, string, string?] => [
    `V1${kind}`,
    'core',
    kind === 'PodTemplateSpec' ? undefined : '',
  ]),
  ['CoreV1Event', 'core', ''],
  ['V1Deployment', 'apps', 'apps'],
  ['V1ReplicaSet', 'apps', 'apps'],
  ['V1Job', 'batch', 'batch'],
  ['V1Scale', 'autoscaling', 'autoscaling'],
  ['V1Lease', 'coordination', 'coordination.k8s.io'],
  ['V1MutatingWebhookConfiguration', 'admissionregistration', 'admissionregistration.k8s.io'],
  ['AuthenticationV1TokenRequest', 'authentication', 'authentication.k8s.io'],
  ['V1TokenReview', 'authentication', 'authentication.k8s.io'],
  ['V1SelfSubjectReview', 'authentication', 'authentication.k8s.io'],
  ['V1SubjectAccessReview', 'authorization', 'authorization.k8s.io'],
  ['V1SelfSubjectAccessReview', 'authorization', 'authorization.k8s.io'],
  ['V1SelfSubjectRulesReview', 'authorization', 'authorization.k8s.io'],
  ['V1DeleteOptions', 'meta'],
];

const metaTypes = new Set(
  [
    'ObjectMeta',
    'OwnerReference',
    'ManagedFieldsEntry',
    'LabelSelector',
    'LabelSelectorRequirement',
    'Condition',
  ]
    .concat(['DeleteOptions', 'Preconditions', 'FieldSelectorRequirement'])
    .map(name => `V1${name}`),
);

/** Attribute maps call resource.Quantity a string. JSON numbers are valid too. */
const quantities = new Set([
  'ResourceRequirements.limits',
  'ResourceRequirements.requests',
  'VolumeResourceRequirements.limits',
  'VolumeResourceRequirements.requests',
  'EmptyDirVolumeSource.sizeLimit',
  'ResourceFieldSelector.divisor',
  'PodSpec.overhead',
  'NodeStatus.capacity',
  'NodeStatus.allocatable',
  'ContainerStatus.allocatedResources',
]);

/** Tags `patchMergeKey` and `patchStrategy` in k8s.io/api, which attribute maps omit. */
const container: Record<string, [mergeKey: string | undefined, strategy: string]> = {
  env: ['name', 'merge'],
  ports: ['containerPort', 'merge'],
  volumeDevices: ['devicePath', 'merge'],
  volumeMounts: ['mountPath', 'merge'],
};
const conditions: typeof container = { conditions: ['type', 'merge'] };
const merging: Record<string, typeof container> = {
  Container: container,
  EphemeralContainer: container,
  PodSpec: {
    containers: ['name', 'merge'],
    initContainers: ['name', 'merge'],
    ephemeralContainers: ['name', 'merge'],
    imagePullSecrets: ['name', 'merge'],
    schedulingGates: ['name', 'merge'],
    hostAliases: ['ip', 'merge'],
    topologySpreadConstraints: ['topologyKey', 'merge'],
    volumes: ['name', 'merge,retainKeys'],
    resourceClaims: ['name', 'merge,retainKeys'],
  },
  PodStatus: { ...conditions, podIPs: ['ip', 'merge'] },
  NamespaceStatus: conditions,
  DeploymentStatus: conditions,
  ReplicaSetStatus: conditions,
  JobStatus: conditions,
  NodeStatus: { ...conditions, addresses: ['type', 'merge'] },
  ServiceSpec: { ports: ['port', 'merge'] },
  ServiceStatus: conditions,
  NodeSpec: { podCIDRs: [undefined, 'merge'] },
  ServiceAccount: { secrets: ['name', 'merge'] },
  ObjectMeta: { ownerReferences: ['uid', 'merge'], finalizers: [undefined, 'merge'] },
  DeploymentSpec: { strategy: [undefined, 'retainKeys'] },
  MutatingWebhookConfiguration: { webhooks: ['name', 'merge'] },
};

const models = client as unknown as Record<string, Model>;
const declarations = new URL('gen/models/', import.meta.resolve('@kubernetes/client-node'));
const schemas: Record<string, Schema> = {};

/** `V1PodSpec` → `PodSpec`, `CoreV1EventSeries` → `EventSeries`. */
function kindOf(className: string): string {
  return className.replace(/^([A-Z][a-z]+)?V1(?=[A-Z])/, '');
}

function nameOf(className: string, home: string): string {
  return metaTypes.has(className)
    ? `io.k8s.apimachinery.pkg.apis.meta.v1.${kindOf(className)}`
    : `io.k8s.api.${home}.v1.${kindOf(className)}`;
}

function readDeclaration(className: string): {
  description: string;
  fields: Map<string, { description: string; required: boolean }>;
} {
  const source = readFileSync(new URL(`${className}.d.ts`, declarations), 'utf8');
  const comment = (lines: string) =>
    lines
      .replace(/^\s*\* ?/gm, '')
      .replaceAll('\\', '')
      .trim();
  const about = /\/\*\*\n((?:\*.*\n)+)\*\/\nexport declare class/.exec(source);
  const found = new Map<string, { description: string; required: boolean }>();
  for (const match of source.matchAll(
    /(?:\/\*\*\n((?:\s*\*(?!\/).*\n)+)\s*\*\/\n\s*)?'(\w[\w$-]*)'(\??):/g,
  )) {
    found.set(match[2]!, { description: comment(match[1] ?? ''), required: match[3] === '' });
  }
  return { description: comment(about?.[1] ?? ''), fields: found };
}

const known = new Map<string, string>();

/** Of an attribute map. Classes become references. */
function schemaOf(type: string, format: string, home: string, quantity: boolean): Schema {
  const list = /^Array<(.*)>$/.exec(type);
  if (list) return { type: 'array', items: schemaOf(list[1]!, format, home, quantity) };
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) return { type: 'object', additionalProperties: schemaOf(map[1]!, format, home, quantity) };
  if (quantity) return { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity' };
  if (type === 'string') return format ? { type, format } : { type };
  if (type === 'boolean') return { type };
  if (type === 'number')
    return format === 'double' ? { type, format } : { type: 'integer', format: format || 'int32' };
  if (type === 'Date') return { type: 'string', format: 'date-time' };
  if (type === 'V1MicroTime') return { type: 'string', format: 'date-time' };
  if (type === 'IntOrString') {
    return { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString' };
  }
  if (type === 'any' || type === 'object') return { type: 'object' };
  return { $ref: `#/components/schemas/${walk(type, home)}` };
}

/** With references. @returns the schema's name */
function walk(className: string, home: string, group?: string): string {
  const before = known.get(className);
  if (before) return before;
  const name = nameOf(className, home);
  known.set(className, name);
  const { description, fields } = readDeclaration(className);
  const kind = kindOf(className);
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  for (const { baseName, type, format } of models[className]!.getAttributeTypeMap()) {
    const declared = fields.get(baseName) ??
      fields.get(baseName.replace('$', '')) ?? { description: '', required: false };
    if (declared.required) required.push(baseName);
    const property = schemaOf(type, format, home, quantities.has(`${kind}.${baseName}`));
    const [mergeKey, strategy] = merging[kind]?.[baseName] ?? [];
    properties[baseName] = {
      ...(declared.description && { description: declared.description }),
      ...(property.$ref ? { allOf: [property], default: {} } : property),
      ...(mergeKey && { 'x-kubernetes-patch-merge-key': mergeKey }),
      ...(strategy && { 'x-kubernetes-patch-strategy': strategy }),
    };
  }
  schemas[name] = {
    description,
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    ...(group !== undefined && { 'x-kubernetes-group-version-kind': [{ group, kind, version: 'v1' }] }),
  };
  return name;
}

schemas['io.k8s.apimachinery.pkg.api.resource.Quantity'] = {
  description: 'A fixed-point number, as a string such as "500m" or "1Gi", or as a JSON number.',
  oneOf: [{ type: 'string' }, { type: 'number' }],
};
schemas['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = {
  description: 'An integer, or a string such as a percentage or the name of a port.',
  format: 'int-or-string',
  oneOf: [{ type: 'integer' }, { type: 'string' }],
};
for (const [className, home, group] of roots) walk(className, home, group);

const lines = Object.entries(schemas)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`);
writeFileSync(
  fileURLToPath(new URL('../../kubernetes/api/schemas.json', import.meta.url)),
  `{\n${lines.join(',\n')}\n}\n`,
);
