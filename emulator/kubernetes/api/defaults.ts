import { type ApiObject, type Fields, fields, items, text } from './fields.ts';

/**
 * Sets defaults as the API server does when it reads or stores an object.
 * @param object changed in place
 * @see https://github.com/kubernetes/kubernetes/tree/master/pkg/apis (`defaults.go` of each version)
 */
export function setDefaults(object: ApiObject): void {
  defaults[object.kind]?.(object);
}

const defaults: Readonly<Record<string, (object: ApiObject) => void>> = {
  Namespace(namespace) {
    const spec = part(namespace, 'spec');
    spec.finalizers ??= ['kubernetes'];
    part(namespace, 'status').phase ??= 'Active';
    namespace.metadata.labels = {
      ...namespace.metadata.labels,
      'kubernetes.io/metadata.name': namespace.metadata.name ?? '',
    };
  },
  Secret(secret) {
    secret.type ??= 'Opaque';
  },
  Pod(pod) {
    const spec = part(pod, 'spec');
    podSpec(spec);
    // Pods only, not pod templates.
    spec.enableServiceLinks ??= true;
    if (spec.hostNetwork === true) {
      for (const container of [...items(spec.initContainers), ...items(spec.containers)])
        for (const port of items(container.ports)) port.hostPort ??= port.containerPort;
    }
    for (const condition of items(fields(pod.status).conditions)) condition.lastProbeTime ??= null;
  },
  Deployment(deployment) {
    const spec = part(deployment, 'spec');
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    const strategy = part(spec, 'strategy');
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      const rollingUpdate = part(strategy, 'rollingUpdate');
      rollingUpdate.maxUnavailable ??= '25%';
      rollingUpdate.maxSurge ??= '25%';
    }
    podSpec(part(part(spec, 'template'), 'spec'));
  },
  ReplicaSet(set) {
    const spec = part(set, 'spec');
    spec.replicas ??= 1;
    podSpec(part(part(spec, 'template'), 'spec'));
  },
  Job(job) {
    const spec = part(job, 'spec');
    if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
    spec.parallelism ??= 1;
    spec.backoffLimit ??= 6;
    spec.completionMode ??= 'NonIndexed';
    spec.suspend ??= false;
    spec.manualSelector ??= false;
    spec.podReplacementPolicy ??= 'TerminatingOrFailed';
    podSpec(part(part(spec, 'template'), 'spec'));
  },
  MutatingWebhookConfiguration(configuration) {
    for (const webhook of items(configuration.webhooks)) {
      webhook.failurePolicy ??= 'Fail';
      webhook.matchPolicy ??= 'Equivalent';
      webhook.namespaceSelector ??= {};
      webhook.objectSelector ??= {};
      webhook.timeoutSeconds ??= 10;
      webhook.reinvocationPolicy ??= 'Never';
      for (const rule of items(webhook.rules)) rule.scope ??= '*';
      const service = fields(fields(webhook.clientConfig).service);
      if (service.name) service.port ??= 443;
    }
  },
  TokenRequest(request) {
    part(request, 'spec').expirationSeconds ??= 3600;
  },
};

/** Returns a field that is an object. Creates it if it is missing. */
function part(object: Fields, name: string): Fields {
  object[name] ??= {};
  return object[name] as Fields;
}

function podSpec(spec: Fields): void {
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.securityContext ??= {};
  spec.schedulerName ??= 'default-scheduler';
  // Deprecated alias of the new field.
  spec.serviceAccountName ??= spec.serviceAccount;
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else {
    delete spec.serviceAccountName;
    delete spec.serviceAccount;
  }
  for (const container of [...items(spec.initContainers), ...items(spec.containers)])
    containerDefaults(container);
  for (const volume of items(spec.volumes)) volumeDefaults(volume);
  if (!spec.restartPolicy) spec.restartPolicy = 'Always';
}

function containerDefaults(container: Fields): void {
  container.imagePullPolicy ??= pullsAlways(text(container.image)) ? 'Always' : 'IfNotPresent';
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  const resources = part(container, 'resources');
  // A limit is the default of the request.
  if (resources.limits) resources.requests = { ...fields(resources.limits), ...fields(resources.requests) };
  for (const port of items(container.ports)) port.protocol ??= 'TCP';
  for (const { valueFrom } of items(container.env)) {
    const fieldRef = fields(fields(valueFrom).fieldRef);
    if (fieldRef.fieldPath) fieldRef.apiVersion ??= 'v1';
  }
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'].map(name => container[name])) {
    if (!probe) continue;
    const each = probe as Fields;
    each.timeoutSeconds ??= 1;
    each.periodSeconds ??= 10;
    each.successThreshold ??= 1;
    each.failureThreshold ??= 3;
    if (each.httpGet) {
      const httpGet = each.httpGet as Fields;
      httpGet.path ??= '/';
      httpGet.scheme ??= 'HTTP';
    }
  }
}

/** True for the tag `latest`, or without tag and digest. */
function pullsAlways(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest';
}

function volumeDefaults(volume: Fields): void {
  for (const source of ['configMap', 'secret', 'downwardAPI', 'projected'].map(name => volume[name])) {
    if (source) (source as Fields).defaultMode ??= 0o644;
  }
  for (const { serviceAccountToken, downwardAPI } of items(fields(volume.projected).sources)) {
    if (serviceAccountToken) (serviceAccountToken as Fields).expirationSeconds ??= 3600;
    downwardItems(fields(downwardAPI));
  }
  downwardItems(fields(volume.downwardAPI));
  // The default type of a volume is emptyDir.
  if (Object.keys(volume).length === 1) volume.emptyDir = {};
}

function downwardItems(source: Fields): void {
  for (const { fieldRef } of items(source.items)) {
    if (fieldRef) (fieldRef as Fields).apiVersion ??= 'v1';
  }
}
