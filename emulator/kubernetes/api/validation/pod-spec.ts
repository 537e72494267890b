import { isObject } from '../../../http/json.ts';
import { type Fields, fields, items, text } from '../fields.ts';
import { type Cause, cause } from '../status.ts';
import { isLabel, isLabelValue, isQualifiedName, isSubdomain } from './names.ts';
import { notNegative, oneOf } from './values.ts';

const envNameRule =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";

export function validatePodSpec(spec: Fields, at: string): Cause[] {
  const volumes = new Set(items(spec.volumes).map(({ name }) => text(name)));
  const containers = items(spec.containers);
  const initContainers = items(spec.initContainers);
  const names = [...containers, ...initContainers].map(({ name }) => text(name));
  const causes = [
    ...(containers.length > 0 ? [] : [cause.required(`${at}.containers`)]),
    ...containers.flatMap((each, index) => validateContainer(each, `${at}.containers[${index}]`, volumes)),
    ...initContainers.flatMap((each, index) =>
      validateContainer(each, `${at}.initContainers[${index}]`, volumes),
    ),
    ...oneOf(spec.restartPolicy, `${at}.restartPolicy`, ['Always', 'OnFailure', 'Never']),
    ...oneOf(spec.dnsPolicy, `${at}.dnsPolicy`, [
      'ClusterFirstWithHostNet',
      'ClusterFirst',
      'Default',
      'None',
    ]),
    ...items(spec.volumes).flatMap((each, index) => validateVolume(each, `${at}.volumes[${index}]`)),
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

function validateContainer(container: Fields, at: string, volumes: ReadonlySet<string>): Cause[] {
  const mounts = items(container.volumeMounts);
  const paths = mounts.map(({ mountPath }) => text(mountPath));
  return [
    ...(container.name ? isLabel(text(container.name), `${at}.name`) : [cause.required(`${at}.name`)]),
    ...(text(container.image) ? [] : [cause.required(`${at}.image`)]),
    ...(text(container.image) === text(container.image).trim()
      ? []
      : [cause.invalid(`${at}.image`, container.image, 'must not have leading or trailing whitespace')]),
    ...oneOf(container.imagePullPolicy, `${at}.imagePullPolicy`, ['Always', 'IfNotPresent', 'Never']),
    ...items(container.env).flatMap((each, index) => validateEnv(each, `${at}.env[${index}]`)),
    ...items(container.ports).flatMap((each, index) => validatePort(each, `${at}.ports[${index}]`)),
    ...validateProbe(container.livenessProbe, `${at}.livenessProbe`, false),
    ...validateProbe(container.readinessProbe, `${at}.readinessProbe`, true),
    ...validateProbe(container.startupProbe, `${at}.startupProbe`, false),
    ...validateLifecycle(container.lifecycle, `${at}.lifecycle`),
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

function validateEnv({ name, value, valueFrom }: Fields, at: string): Cause[] {
  return [
    ...(name ? [] : [cause.required(`${at}.name`)]),
    ...(name && !/^[ -<>-~]+$/.test(text(name)) ? [cause.invalid(`${at}.name`, name, envNameRule)] : []),
    ...(value && valueFrom
      ? [cause.invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty')]
      : []),
  ];
}

function validatePort({ containerPort, protocol }: Fields, at: string): Cause[] {
  if (!containerPort) return [cause.required(`${at}.containerPort`)];
  const inRange = typeof containerPort === 'number' && containerPort > 0 && containerPort < 65536;
  return [
    ...(inRange
      ? []
      : [cause.invalid(`${at}.containerPort`, containerPort, 'must be between 1 and 65535, inclusive')]),
    ...oneOf(protocol, `${at}.protocol`, ['SCTP', 'TCP', 'UDP']),
  ];
}

function validateVolume(volume: Fields, at: string): Cause[] {
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

function validateProbe(value: unknown, at: string, repeats: boolean): Cause[] {
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
    ...validateHandler(value, at, ['exec', 'httpGet', 'tcpSocket', 'grpc']),
    ...numbers
      .filter(name => typeof value[name] === 'number' && value[name] < 0)
      .map(name => cause.invalid(`${at}.${name}`, value[name], notNegative)),
    ...(!repeats && typeof successThreshold === 'number' && successThreshold !== 1
      ? [cause.invalid(`${at}.successThreshold`, successThreshold, 'must be 1')]
      : []),
  ];
}

function validateHandler(value: Fields, at: string, kinds: readonly string[]): Cause[] {
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

function validateLifecycle(value: unknown, at: string): Cause[] {
  return ['postStart', 'preStop'].flatMap(hook => {
    const { [hook]: given } = fields(value);
    return isObject(given)
      ? validateHandler(given, `${at}.${hook}`, ['exec', 'httpGet', 'tcpSocket', 'sleep'])
      : [];
  });
}
