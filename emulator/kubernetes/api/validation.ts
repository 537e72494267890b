import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../http/json.ts';
import { type ApiObject, type Fields, fields, items, text } from './fields.ts';
import type { Resource } from './resources.ts';
import { matchesLabelSelector } from './selectors.ts';
import { type Cause, cause } from './status.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

// The wording is that of k8s.io/apimachinery/pkg/util/validation, two blanks in the second example included.
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
  `alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`;
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  `with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
const labelValueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const qualifiedNameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
  "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  `'${qualifiedName}')`;
const envNameRule =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";
const configKeyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or " +
  "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/**
 * What is wrong with a new object: nothing, or the causes of an `Invalid` error.
 * @see https://github.com/kubernetes/kubernetes/tree/master/pkg/apis (`validation.go` of each group)
 */
export function validate(resource: Resource, object: ApiObject): Cause[] {
  return [...validateMeta(resource, object), ...(validators[resource.kind]?.(object) ?? [])];
}

/** What is wrong with a change of an object. Metadata that nobody can change has been put back before. */
export function validateUpdate(resource: Resource, object: ApiObject, previous: ApiObject): Cause[] {
  return [...validate(resource, object), ...(updateValidators[resource.kind]?.(object, previous) ?? [])];
}

function validateMeta(resource: Resource, { metadata }: ApiObject): Cause[] {
  if (!metadata.name) return [cause.required('metadata.name', 'name or generateName is required')];
  const labels = Object.entries(metadata.labels ?? {});
  return [
    ...(resource.kind === 'Namespace' ? isLabel : isSubdomain)(metadata.name, 'metadata.name'),
    ...labels.flatMap(([key, value]) => [
      ...isQualifiedName(key, 'metadata.labels'),
      ...isLabelValue(value, 'metadata.labels'),
    ]),
    ...Object.keys(metadata.annotations ?? {}).flatMap(key =>
      isQualifiedName(key.toLowerCase(), 'metadata.annotations'),
    ),
  ];
}

const validators: Readonly<Record<string, (object: ApiObject) => Cause[]>> = {
  Pod: pod => podSpec(fields(pod.spec), 'spec'),
  Deployment: deployment => [...workload(deployment), ...rollout(fields(deployment.spec))],
  ReplicaSet: workload,
  Job(job) {
    const { template, ...rest } = fields(job.spec);
    const spec = fields(fields(template).spec);
    const at = 'spec.template.spec';
    const restart = ['OnFailure', 'Never'].includes(text(spec.restartPolicy))
      ? []
      : [cause.unsupported(`${at}.restartPolicy`, spec.restartPolicy, ['OnFailure', 'Never'])];
    return [...jobSpec(rest), ...podSpec(spec, at), ...restart];
  },
  ConfigMap: map => [...dataKeys(map.data, 'data'), ...dataKeys(map.binaryData, 'binaryData')],
  Secret(secret) {
    const badValues = Object.entries(fields(secret.data))
      .filter(([, value]) => typeof value !== 'string')
      .map(([key, value]) => cause.invalid(`data[${key}]`, value, 'must be a string'));
    return [...dataKeys(secret.data, 'data'), ...badValues];
  },
  Event(event) {
    const { namespace } = fields(event.involvedObject);
    const expected = text(namespace) || 'default';
    return event.metadata.namespace === expected
      ? []
      : [cause.invalid('involvedObject.namespace', text(namespace), 'does not match event.namespace')];
  },
  MutatingWebhookConfiguration(configuration) {
    return items(configuration.webhooks).flatMap((webhook, index) => {
      const at = `webhooks[${index}]`;
      const { url, service } = fields(webhook.clientConfig);
      return [
        ...(webhook.name ? [] : [cause.required(`${at}.name`)]),
        ...((url === undefined) === (service === undefined)
          ? [cause.required(`${at}.clientConfig`, 'exactly one of url or service is required')]
          : []),
        ...(Array.isArray(webhook.admissionReviewVersions) && webhook.admissionReviewVersions.length > 0
          ? []
          : [cause.required(`${at}.admissionReviewVersions`, 'must specify one of v1, v1beta1')]),
        ...(['None', 'NoneOnDryRun'].includes(text(webhook.sideEffects))
          ? []
          : [cause.unsupported(`${at}.sideEffects`, webhook.sideEffects, ['None', 'NoneOnDryRun'])]),
      ];
    });
  },
};

const updateValidators: Readonly<Record<string, (object: ApiObject, previous: ApiObject) => Cause[]>> = {
  Pod: podUpdate,
  Deployment: selectorUnchanged,
  ReplicaSet: selectorUnchanged,
  Job(job, previous) {
    const now = fields(job.spec);
    const before = fields(previous.spec);
    // While a job is suspended and has not begun, more of it could be changed: that is not done here.
    return ['completions', 'selector', 'template', 'completionMode', 'podReplacementPolicy']
      .filter(field => !isDeepStrictEqual(now[field], before[field]))
      .map(field => cause.invalid(`spec.${field}`, now[field], 'field is immutable'));
  },
  ConfigMap: immutable,
  Secret: (secret, previous) => [
    ...(secret.type === previous.type ? [] : [cause.invalid('type', secret.type, 'field is immutable')]),
    ...immutable(secret, previous),
  ],
};

function immutable(object: ApiObject, previous: ApiObject): Cause[] {
  if (previous.immutable !== true) return [];
  const changed = ['data', 'binaryData'].filter(field => !isDeepStrictEqual(object[field], previous[field]));
  return [
    ...(object.immutable === true
      ? []
      : [cause.forbidden('immutable', 'field is immutable when `immutable` is set')]),
    ...changed.map(field => cause.forbidden(field, 'field is immutable when `immutable` is set')),
  ];
}

function selectorUnchanged(object: ApiObject, previous: ApiObject): Cause[] {
  const { selector } = fields(object.spec);
  if (isDeepStrictEqual(selector, fields(previous.spec).selector)) return [];
  return [cause.invalid('spec.selector', selector, 'field is immutable')];
}

/** What a deployment and a replica set have in common: a selector that selects the pods of the template. */
function workload(object: ApiObject): Cause[] {
  const { selector, template, replicas } = fields(object.spec);
  const { metadata, spec } = fields(template);
  const labels = fields(fields(metadata).labels) as Record<string, string>;
  const causes: Cause[] = [];
  if (typeof replicas === 'number' && replicas < 0) {
    causes.push(cause.invalid('spec.replicas', replicas, notNegative));
  }
  if (!isObject(selector)) causes.push(cause.required('spec.selector'));
  else if (Object.keys(selector).length === 0) {
    causes.push(cause.invalid('spec.selector', selector, 'empty selector is invalid for deployment'));
  } else if (!matchesLabelSelector(selector, labels)) {
    causes.push(
      cause.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    );
  }
  const restartPolicy = text(fields(spec).restartPolicy);
  if (restartPolicy !== 'Always') {
    causes.push(cause.unsupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  }
  return [...causes, ...podSpec(fields(spec), 'spec.template.spec')];
}

const notNegative = 'must be greater than or equal to 0';

/** The numbers among these fields that are negative. */
function negatives(spec: Fields, names: readonly string[]): Cause[] {
  return names
    .filter(name => typeof spec[name] === 'number' && spec[name] < 0)
    .map(name => cause.invalid(`spec.${name}`, spec[name], notNegative));
}

/** How a deployment moves from one template to the next. */
function rollout(spec: Fields): Cause[] {
  const { minReadySeconds, progressDeadlineSeconds } = spec;
  const { type, rollingUpdate } = fields(spec.strategy);
  const causes = [
    ...negatives(spec, ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']),
    ...oneOf(type, 'spec.strategy.type', ['Recreate', 'RollingUpdate']),
  ];
  if (
    typeof progressDeadlineSeconds === 'number' &&
    progressDeadlineSeconds <= Number(minReadySeconds ?? 0)
  ) {
    const why = 'must be greater than minReadySeconds';
    causes.push(cause.invalid('spec.progressDeadlineSeconds', progressDeadlineSeconds, why));
  }
  if (type === 'Recreate' && rollingUpdate !== undefined) {
    const why = "may not be specified when strategy `type` is 'Recreate'";
    causes.push(cause.forbidden('spec.strategy.rollingUpdate', why));
  }
  if (type !== 'RollingUpdate' || rollingUpdate === undefined) return causes;
  const at = 'spec.strategy.rollingUpdate';
  const { maxSurge, maxUnavailable } = fields(rollingUpdate);
  causes.push(...share(maxUnavailable, `${at}.maxUnavailable`), ...share(maxSurge, `${at}.maxSurge`));
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100) {
    causes.push(cause.invalid(`${at}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'));
  }
  const none = (value: unknown) => value === 0 || value === '0%';
  if (none(maxUnavailable) && none(maxSurge)) {
    causes.push(cause.invalid(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  return causes;
}

/** A number of pods, or a percentage of them. */
function share(value: unknown, at: string): Cause[] {
  if (typeof value === 'number') return value < 0 ? [cause.invalid(at, value, notNegative)] : [];
  if (value === undefined || /^\d+%$/.test(text(value))) return [];
  const why =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for " +
    "validation is '[0-9]+%')";
  return [cause.invalid(at, value, why)];
}

/** What there is of jobs here; what there is not is refused rather than left undone. */
function jobSpec(spec: Fields): Cause[] {
  const here = (field: string) => `spec.${field}`;
  const unknown = [
    'backoffLimitPerIndex',
    'maxFailedIndexes',
    'managedBy',
    'podFailurePolicy',
    'successPolicy',
  ];
  return [
    ...negatives(spec, [
      'parallelism',
      'completions',
      'backoffLimit',
      'activeDeadlineSeconds',
      'ttlSecondsAfterFinished',
    ]),
    ...oneOf(spec.completionMode, here('completionMode'), ['NonIndexed']),
    ...oneOf(spec.podReplacementPolicy, here('podReplacementPolicy'), ['Failed', 'TerminatingOrFailed']),
    ...unknown
      .filter(field => spec[field] !== undefined)
      .map(field => cause.forbidden(here(field), 'not supported by this server')),
  ];
}

/** Exactly one kind of look, and numbers that make sense. */
function probe(value: unknown, at: string, repeats: boolean): Cause[] {
  if (!isObject(value)) return [];
  const numbers = [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ];
  const { successThreshold } = value;
  return [
    ...handler(value, at, ['exec', 'httpGet', 'tcpSocket', 'grpc']),
    ...numbers
      .filter(name => typeof value[name] === 'number' && value[name] < 0)
      .map(name => cause.invalid(`${at}.${name}`, value[name], notNegative)),
    ...(!repeats && typeof successThreshold === 'number' && successThreshold !== 1
      ? [cause.invalid(`${at}.successThreshold`, successThreshold, 'must be 1')]
      : []),
  ];
}

function handler(value: Fields, at: string, kinds: readonly string[]): Cause[] {
  const there = kinds.filter(kind => value[kind] !== undefined);
  const causes = there
    .slice(1)
    .map(kind => cause.forbidden(`${at}.${kind}`, 'may not specify more than 1 handler type'));
  if (there.length === 0) causes.push(cause.required(at, 'must specify a handler type'));
  if (value.exec !== undefined && !Array.isArray(fields(value.exec).command)) {
    causes.push(cause.required(`${at}.exec.command`));
  }
  for (const kind of ['httpGet', 'tcpSocket']) {
    const { port: asked } = fields(value[kind]);
    const wrong = typeof asked === 'number' && !(asked > 0 && asked < 65_536);
    if (wrong)
      causes.push(cause.invalid(`${at}.${kind}.port`, asked, 'must be between 1 and 65535, inclusive'));
  }
  return causes;
}

function lifecycle(value: unknown, at: string): Cause[] {
  return ['postStart', 'preStop'].flatMap(hook => {
    const { [hook]: given } = fields(value);
    return isObject(given) ? handler(given, `${at}.${hook}`, ['exec', 'httpGet', 'tcpSocket', 'sleep']) : [];
  });
}

function podSpec(spec: Fields, at: string): Cause[] {
  const volumes = new Set(items(spec.volumes).map(({ name }) => text(name)));
  const containers = items(spec.containers);
  const initContainers = items(spec.initContainers);
  const names = [...containers, ...initContainers].map(({ name }) => text(name));
  const causes = [
    ...(containers.length > 0 ? [] : [cause.required(`${at}.containers`)]),
    ...containers.flatMap((each, index) => container(each, `${at}.containers[${index}]`, volumes)),
    ...initContainers.flatMap((each, index) => container(each, `${at}.initContainers[${index}]`, volumes)),
    ...oneOf(spec.restartPolicy, `${at}.restartPolicy`, ['Always', 'OnFailure', 'Never']),
    ...oneOf(spec.dnsPolicy, `${at}.dnsPolicy`, [
      'ClusterFirstWithHostNet',
      'ClusterFirst',
      'Default',
      'None',
    ]),
    ...items(spec.volumes).flatMap((each, index) => volume(each, `${at}.volumes[${index}]`)),
  ];
  names.forEach((name, index) => {
    if (name && names.indexOf(name) !== index) {
      const where =
        index < containers.length ? `containers[${index}]` : `initContainers[${index - containers.length}]`;
      causes.push(cause.duplicate(`${at}.${where}.name`, name));
    }
  });
  const volumeNames = items(spec.volumes).map(({ name }) => name);
  volumeNames.forEach((name, index) => {
    if (name && volumeNames.indexOf(name) !== index)
      causes.push(cause.duplicate(`${at}.volumes[${index}].name`, name));
  });
  if (spec.serviceAccountName)
    causes.push(...isSubdomain(text(spec.serviceAccountName), `${at}.serviceAccountName`));
  for (const [key, value] of Object.entries(fields(spec.nodeSelector))) {
    causes.push(
      ...isQualifiedName(key, `${at}.nodeSelector`),
      ...isLabelValue(text(value), `${at}.nodeSelector`),
    );
  }
  const grace = spec.terminationGracePeriodSeconds;
  if (typeof grace === 'number' && grace < 0) {
    causes.push(
      cause.invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must be greater than or equal to 0'),
    );
  }
  return causes;
}

function container(container: Fields, at: string, volumes: ReadonlySet<string>): Cause[] {
  const mounts = items(container.volumeMounts);
  const paths = mounts.map(({ mountPath }) => text(mountPath));
  return [
    ...(container.name ? isLabel(text(container.name), `${at}.name`) : [cause.required(`${at}.name`)]),
    ...(text(container.image) ? [] : [cause.required(`${at}.image`)]),
    ...(text(container.image) === text(container.image).trim()
      ? []
      : [cause.invalid(`${at}.image`, container.image, 'must not have leading or trailing whitespace')]),
    ...oneOf(container.imagePullPolicy, `${at}.imagePullPolicy`, ['Always', 'IfNotPresent', 'Never']),
    ...items(container.env).flatMap((each, index) => env(each, `${at}.env[${index}]`)),
    ...items(container.ports).flatMap((each, index) => port(each, `${at}.ports[${index}]`)),
    ...probe(container.livenessProbe, `${at}.livenessProbe`, false),
    ...probe(container.readinessProbe, `${at}.readinessProbe`, true),
    ...probe(container.startupProbe, `${at}.startupProbe`, false),
    ...lifecycle(container.lifecycle, `${at}.lifecycle`),
    ...mounts.flatMap(({ name, mountPath }, index) => {
      const mount = `${at}.volumeMounts[${index}]`;
      return [
        ...(name
          ? volumes.has(text(name))
            ? []
            : [cause.notFound(`${mount}.name`, name)]
          : [cause.required(`${mount}.name`)]),
        ...(mountPath ? [] : [cause.required(`${mount}.mountPath`)]),
        ...(mountPath && paths.indexOf(text(mountPath)) !== index
          ? [cause.invalid(`${mount}.mountPath`, mountPath, 'must be unique')]
          : []),
      ];
    }),
  ];
}

function env({ name, value, valueFrom }: Fields, at: string): Cause[] {
  return [
    ...(name ? [] : [cause.required(`${at}.name`)]),
    ...(name && !/^[ -<>-~]+$/.test(text(name)) ? [cause.invalid(`${at}.name`, name, envNameRule)] : []),
    ...(value && valueFrom
      ? [cause.invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty')]
      : []),
  ];
}

function port({ containerPort, protocol }: Fields, at: string): Cause[] {
  if (!containerPort) return [cause.required(`${at}.containerPort`)];
  const inRange = typeof containerPort === 'number' && containerPort > 0 && containerPort < 65536;
  return [
    ...(inRange
      ? []
      : [cause.invalid(`${at}.containerPort`, containerPort, 'must be between 1 and 65535, inclusive')]),
    ...oneOf(protocol, `${at}.protocol`, ['SCTP', 'TCP', 'UDP']),
  ];
}

function volume(volume: Fields, at: string): Cause[] {
  const sources = Object.keys(volume).filter(key => key !== 'name');
  const tokens = items(fields(volume.projected).sources).map(source => source.serviceAccountToken);
  return [
    ...(volume.name ? isLabel(text(volume.name), `${at}.name`) : [cause.required(`${at}.name`)]),
    ...(sources.length > 1
      ? [cause.forbidden(`${at}.${sources[1]}`, 'may not specify more than 1 volume type')]
      : []),
    ...tokens.flatMap((token, index) => {
      if (!isObject(token)) return [];
      const source = `${at}.projected.sources[${index}].serviceAccountToken`;
      const seconds = token.expirationSeconds;
      return [
        ...(token.path ? [] : [cause.required(`${source}.path`)]),
        ...(typeof seconds === 'number' && seconds < 600
          ? [
              cause.invalid(
                `${source}.expirationSeconds`,
                seconds,
                'may not specify a duration less than 10 minutes',
              ),
            ]
          : []),
        ...(typeof seconds === 'number' && seconds > 2 ** 32
          ? [
              cause.invalid(
                `${source}.expirationSeconds`,
                seconds,
                'may not specify a duration larger than 2^32 seconds',
              ),
            ]
          : []),
      ];
    }),
  ];
}

/** Almost everything in a pod stays as it was made. @see https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement */
function podUpdate(pod: ApiObject, previous: ApiObject): Cause[] {
  const before = fields(previous.spec);
  const now = fields(pod.spec);
  const put = (list: unknown, old: unknown) =>
    items(list).map((each, index) => ({ ...each, image: items(old)[index]?.image }));
  const oldTolerations = items(before.tolerations);
  const keepsTolerations = oldTolerations.every(old =>
    items(now.tolerations).some(toleration => isDeepStrictEqual(toleration, old)),
  );
  if (items(now.containers).length !== items(before.containers).length) {
    return [cause.forbidden('spec.containers', 'pod updates may not add or remove containers')];
  }
  // The spec as it would be had only what may be changed been changed.
  const rest: Fields = {
    ...now,
    containers: put(now.containers, before.containers),
    ...(now.initContainers !== undefined && {
      initContainers: put(now.initContainers, before.initContainers),
    }),
    activeDeadlineSeconds: before.activeDeadlineSeconds,
    tolerations: keepsTolerations ? before.tolerations : now.tolerations,
  };
  const changed = [...new Set([...Object.keys(rest), ...Object.keys(before)])].filter(
    field => !isDeepStrictEqual(rest[field], before[field]),
  );
  if (changed.length === 0) return [];
  const difference = changed
    .map(field => `- ${field}: ${JSON.stringify(before[field])}\n+ ${field}: ${JSON.stringify(rest[field])}`)
    .join('\n');
  return [
    cause.forbidden(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
        '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
        `\`spec.terminationGracePeriodSeconds\` (allow it to be set to 1 if it was previously negative)\n${difference}`,
    ),
  ];
}

function dataKeys(data: unknown, at: string): Cause[] {
  return Object.keys(fields(data))
    .filter(key => !/^[-._a-zA-Z0-9]+$/.test(key))
    .map(key => cause.invalid(`${at}[${key}]`, key, configKeyRule));
}

function oneOf(value: unknown, at: string, supported: readonly string[]): Cause[] {
  return value === undefined || supported.includes(text(value))
    ? []
    : [cause.unsupported(at, value, supported)];
}

function isLabel(value: string, at: string): Cause[] {
  return [
    ...(value.length > 63 ? [cause.invalid(at, value, 'must be no more than 63 characters')] : []),
    ...(matches(label, value) ? [] : [cause.invalid(at, value, labelRule)]),
  ];
}

function isSubdomain(value: string, at: string): Cause[] {
  return [
    ...(value.length > 253 ? [cause.invalid(at, value, 'must be no more than 253 characters')] : []),
    ...(matches(subdomain, value) ? [] : [cause.invalid(at, value, subdomainRule)]),
  ];
}

function isLabelValue(value: string, at: string): Cause[] {
  return [
    ...(value.length > 63 ? [cause.invalid(at, value, 'must be no more than 63 characters')] : []),
    ...(value === '' || matches(qualifiedName, value) ? [] : [cause.invalid(at, value, labelValueRule)]),
  ];
}

function isQualifiedName(value: string, at: string): Cause[] {
  const parts = value.split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length > 2)
    return [cause.invalid(at, value, `a qualified name must consist of alphanumeric characters`)];
  return [
    ...(parts.length === 2 && !matches(subdomain, parts[0]!)
      ? [cause.invalid(at, value, `prefix part ${subdomainRule}`)]
      : []),
    ...(name.length > 63 ? [cause.invalid(at, value, 'name part must be no more than 63 characters')] : []),
    ...(matches(qualifiedName, name) ? [] : [cause.invalid(at, value, qualifiedNameRule)]),
  ];
}

function matches(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(value);
}
