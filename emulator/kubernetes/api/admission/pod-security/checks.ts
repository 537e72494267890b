import { type Fields, fields, items, text } from '../../fields.ts';

/** A pod, or a pod template. */
export interface Pod {
  readonly metadata: Fields;
  readonly spec: Fields;
}

export interface Violation {
  /** `allowPrivilegeEscalation != false` */
  readonly reason: string;
  /** `container "app" must set securityContext.allowPrivilegeEscalation=false` */
  readonly detail: string;
}

interface Check {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** First minor version of the standard that has it. */
  readonly since: number;
  /** ID of the baseline check that it replaces. */
  readonly instead?: string;
  /** @param minor `35` for `v1.35` */
  readonly run: (pod: Pod, minor: number) => Violation | undefined;
}

/**
 * Lists the violations of a standard, in the order of Kubernetes.
 * @param minor `35` for `v1.35`
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function violations(level: 'baseline' | 'restricted', minor: number, pod: Pod): Violation[] {
  const inForce = checks.filter(({ since }) => since <= minor);
  const applied =
    level === 'baseline'
      ? inForce.filter(check => check.level === 'baseline')
      : inForce.filter(({ id }) => !inForce.some(({ instead }) => instead === id));
  return applied.flatMap(({ run }) => run(pod, minor) ?? []);
}

/** Sorted by level and ID: the order in messages. */
const checks: readonly Check[] = [
  { id: 'appArmorProfile', level: 'baseline', since: 0, run: appArmorProfile },
  { id: 'capabilities_baseline', level: 'baseline', since: 0, run: addedCapabilities },
  { id: 'hostNamespaces', level: 'baseline', since: 0, run: hostNamespaces },
  { id: 'hostPathVolumes', level: 'baseline', since: 0, run: hostPathVolumes },
  { id: 'hostPorts', level: 'baseline', since: 0, run: hostPorts },
  { id: 'hostProbesAndHostLifecycle', level: 'baseline', since: 34, run: handlerHosts },
  { id: 'privileged', level: 'baseline', since: 0, run: privileged },
  {
    id: 'procMount',
    level: 'baseline',
    since: 0,
    run: (pod, minor) => (relaxed(pod, minor) ? undefined : procMount(pod)),
  },
  { id: 'seLinuxOptions', level: 'baseline', since: 0, run: seLinuxOptions },
  // Before v1.19 the profile was an annotation, which kubelets no longer read.
  { id: 'seccompProfile_baseline', level: 'baseline', since: 19, run: forbiddenSeccompProfile },
  { id: 'sysctls', level: 'baseline', since: 0, run: sysctls },
  { id: 'windowsHostProcess', level: 'baseline', since: 0, run: windowsHostProcess },
  { id: 'allowPrivilegeEscalation', level: 'restricted', since: 8, run: allowPrivilegeEscalation },
  {
    id: 'capabilities_restricted',
    level: 'restricted',
    since: 22,
    instead: 'capabilities_baseline',
    run: droppedCapabilities,
  },
  { id: 'procMount_restricted', level: 'restricted', since: 35, instead: 'procMount', run: procMount },
  {
    id: 'restrictedVolumes',
    level: 'restricted',
    since: 0,
    instead: 'hostPathVolumes',
    run: restrictedVolumes,
  },
  { id: 'runAsNonRoot', level: 'restricted', since: 0, run: runAsNonRoot },
  { id: 'runAsUser', level: 'restricted', since: 23, run: runAsUser },
  {
    id: 'seccompProfile_restricted',
    level: 'restricted',
    since: 19,
    instead: 'seccompProfile_baseline',
    run: requiredSeccompProfile,
  },
];

function appArmorProfile(pod: Pod): Violation | undefined {
  const prefix = 'container.apparmor.security.beta.kubernetes.io/';
  const typeOf = (holder: Fields) => securityContext(holder).appArmorProfile as Fields | undefined;
  const forbidden = (holder: Fields) => {
    const profile = typeOf(holder);
    return profile !== undefined && !['RuntimeDefault', 'Localhost'].includes(text(profile.type));
  };
  const bad = settersOf(pod, forbidden);
  const annotations = Object.entries(fields(pod.metadata.annotations))
    .filter(
      ([key, value]) => key.startsWith(prefix) && !/^($|runtime\/default$|localhost\/)/.test(text(value)),
    )
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  if (bad.holders.length === 0 && annotations.length === 0) return undefined;
  const values = [...distinct(bad.holders.map(holder => text(typeOf(holder)?.type))), ...annotations];
  const setters = [
    ...bad.names,
    ...(annotations.length > 0 ? [plural('annotation', annotations.length)] : []),
  ];
  return {
    reason: plural('forbidden AppArmor profile', values.length),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
}

/** Capabilities that the baseline standard allows. */
const harmlessCapabilities: readonly string[] = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE'],
  ...['SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];

function addedCapabilities({ spec }: Pod): Violation | undefined {
  const detail = forbiddenAdditions(spec, harmlessCapabilities);
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
}

function droppedCapabilities(pod: Pod, minor: number): Violation | undefined {
  if (isWindows(pod, minor)) return undefined;
  const keeping = containersOf(pod.spec).filter(
    container => !strings(fields(securityContext(container).capabilities).drop).includes('ALL'),
  );
  const details = [
    ...(keeping.length > 0 ? [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...[forbiddenAdditions(pod.spec, ['NET_BIND_SERVICE'])].filter(detail => detail !== undefined),
  ];
  return details.length === 0
    ? undefined
    : { reason: 'unrestricted capabilities', detail: details.join('; ') };
}

function forbiddenAdditions(spec: Fields, allowed: readonly string[]): string | undefined {
  const forbidden = (container: Fields) =>
    strings(fields(securityContext(container).capabilities).add).filter(each => !allowed.includes(each));
  const bad = containersOf(spec).filter(container => forbidden(container).length > 0);
  if (bad.length === 0) return undefined;
  const added = distinct(bad.flatMap(forbidden));
  return `${named(bad)} must not include ${quoted(added)} in securityContext.capabilities.add`;
}

function hostNamespaces({ spec }: Pod): Violation | undefined {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter(name => spec[name] === true);
  if (shared.length === 0) return undefined;
  return { reason: 'host namespaces', detail: shared.map(name => `${name}=true`).join(', ') };
}

function hostPathVolumes({ spec }: Pod): Violation | undefined {
  const bad = items(spec.volumes).filter(({ hostPath }) => hostPath !== undefined);
  return bad.length === 0 ? undefined : { reason: 'hostPath volumes', detail: named(bad, 'volume') };
}

function hostPorts({ spec }: Pod): Violation | undefined {
  const portsOf = (container: Fields) => items(container.ports).flatMap(({ hostPort }) => hostPort || []);
  const bad = containersOf(spec).filter(container => portsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const ports = distinct(bad.flatMap(portsOf).map(String));
  return {
    reason: 'hostPort',
    detail: `${named(bad)} ${uses(bad)} ${plural('hostPort', ports.length)} ${ports.join(', ')}`,
  };
}

function handlerHosts({ spec }: Pod): Violation | undefined {
  const hostsOf = (container: Fields): string[] => {
    const { postStart, preStop } = fields(container.lifecycle);
    const handlers = [container.livenessProbe, container.readinessProbe, container.startupProbe];
    return [...handlers, postStart, preStop]
      .flatMap(handler => [fields(handler).httpGet, fields(handler).tcpSocket])
      .map(action => text(fields(action).host))
      .filter(host => host !== '');
  };
  const bad = containersOf(spec).filter(container => hostsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const what = 'probe or lifecycle host';
  const hosts = distinct(bad.flatMap(hostsOf));
  const names = distinct(bad.map(({ name }) => text(name)));
  return {
    reason: what,
    detail: `${plural('container', names.length)} ${quoted(names)} ${uses(names)} ${plural(what, hosts.length)} ${quoted(hosts)}`,
  };
}

function privileged({ spec }: Pod): Violation | undefined {
  const bad = containersOf(spec).filter(container => securityContext(container).privileged === true);
  if (bad.length === 0) return undefined;
  return { reason: 'privileged', detail: `${named(bad)} must not set securityContext.privileged=true` };
}

function procMount({ spec }: Pod): Violation | undefined {
  const mountOf = (container: Fields) => text(securityContext(container).procMount ?? 'Default');
  const bad = containersOf(spec).filter(container => mountOf(container) !== 'Default');
  if (bad.length === 0) return undefined;
  const types = quoted(distinct(bad.map(mountOf)));
  return { reason: 'procMount', detail: `${named(bad)} must not set securityContext.procMount to ${types}` };
}

function seLinuxOptions(pod: Pod, minor: number): Violation | undefined {
  const allowed = ['', 'container_t', 'container_init_t', 'container_kvm_t'].concat(
    minor >= 31 ? 'container_engine_t' : [],
  );
  const optionsOf = (holder: Fields) => fields(securityContext(holder).seLinuxOptions);
  const badType = (holder: Fields) => !allowed.includes(text(optionsOf(holder).type));
  const { holders, names } = settersOf(
    pod,
    holder => badType(holder) || text(optionsOf(holder).user) !== '' || text(optionsOf(holder).role) !== '',
  );
  if (holders.length === 0) return undefined;
  const types = distinct(holders.filter(badType).map(holder => text(optionsOf(holder).type)));
  const wrong = [
    ...(types.length > 0 ? [`${plural('type', types.length)} ${quoted(types)}`] : []),
    ...['user', 'role']
      .filter(member => holders.some(holder => text(optionsOf(holder)[member]) !== ''))
      .map(member => `${member} may not be set`),
  ];
  return {
    reason: 'seLinuxOptions',
    detail: `${names.join(' and ')} set forbidden securityContext.seLinuxOptions: ${wrong.join('; ')}`,
  };
}

function forbiddenSeccompProfile(pod: Pod): Violation | undefined {
  const { holders, names } = settersOf(
    pod,
    holder => seccompType(holder) !== undefined && !isSafeSeccomp(holder),
  );
  if (holders.length === 0) return undefined;
  const types = quoted(distinct(holders.map(holder => seccompType(holder) ?? '')));
  return {
    reason: 'seccompProfile',
    detail: `${names.join(' and ')} must not set securityContext.seccompProfile.type to ${types}`,
  };
}

function requiredSeccompProfile(pod: Pod, minor: number): Violation | undefined {
  if (isWindows(pod, minor)) return undefined;
  const forbidden = forbiddenSeccompProfile(pod);
  if (forbidden || isSafeSeccomp(pod.spec)) return forbidden;
  const without = containersOf(pod.spec).filter(container => seccompType(container) === undefined);
  if (without.length === 0) return undefined;
  return {
    reason: 'seccompProfile',
    detail: `pod or ${named(without)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  };
}

function seccompType(holder: Fields): string | undefined {
  const { seccompProfile } = securityContext(holder);
  return seccompProfile === undefined ? undefined : text(fields(seccompProfile).type);
}

function isSafeSeccomp(holder: Fields): boolean {
  return ['RuntimeDefault', 'Localhost'].includes(seccompType(holder) ?? '');
}

/** Kernel parameters of the pod's namespaces, by the version of the standard that allows them. */
const safeSysctls: readonly { readonly since: number; readonly names: readonly string[] }[] = [
  {
    since: 0,
    names: [
      ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies'],
      ...['net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'],
    ],
  },
  { since: 27, names: ['net.ipv4.ip_local_reserved_ports'] },
  {
    since: 29,
    names: [
      ...['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout'],
      ...['net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'],
    ],
  },
  { since: 32, names: ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'] },
];

function sysctls({ spec }: Pod, minor: number): Violation | undefined {
  const safe = safeSysctls.filter(({ since }) => since <= minor).flatMap(({ names }) => names);
  const set = items(securityContext(spec).sysctls).map(({ name }) => text(name));
  const bad = set.filter(name => !safe.includes(name));
  return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
}

function windowsHostProcess(pod: Pod): Violation | undefined {
  const { names } = settersOf(
    pod,
    holder => fields(securityContext(holder).windowsOptions).hostProcess === true,
  );
  if (names.length === 0) return undefined;
  return {
    reason: 'hostProcess',
    detail: `${names.join(' and ')} must not set securityContext.windowsOptions.hostProcess=true`,
  };
}

function allowPrivilegeEscalation(pod: Pod, minor: number): Violation | undefined {
  if (isWindows(pod, minor)) return undefined;
  const bad = containersOf(pod.spec).filter(
    container => securityContext(container).allowPrivilegeEscalation !== false,
  );
  if (bad.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${named(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  };
}

const allowedVolumes: readonly string[] = [
  ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim'],
  ...['projected', 'secret'],
];

function restrictedVolumes({ spec }: Pod): Violation | undefined {
  const sourceOf = (volume: Fields) => Object.keys(volume).find(key => key !== 'name');
  const bad = items(spec.volumes).filter(volume => !allowedVolumes.includes(sourceOf(volume) ?? ''));
  if (bad.length === 0) return undefined;
  const types = distinct(bad.map(volume => sourceOf(volume) ?? 'unknown'));
  return {
    reason: 'restricted volume types',
    detail: `${named(bad, 'volume')} ${uses(bad)} ${plural('restricted volume type', types.length)} ${quoted(types)}`,
  };
}

function runAsNonRoot(pod: Pod, minor: number): Violation | undefined {
  if (relaxed(pod, minor)) return undefined;
  const asked = (holder: Fields) => securityContext(holder).runAsNonRoot;
  const reason = 'runAsNonRoot != true';
  const { names } = settersOf(pod, holder => asked(holder) === false);
  if (names.length > 0) {
    return { reason, detail: `${names.join(' and ')} must not set securityContext.runAsNonRoot=false` };
  }
  if (asked(pod.spec) === true) return undefined;
  const without = containersOf(pod.spec).filter(container => asked(container) === undefined);
  if (without.length === 0) return undefined;
  return { reason, detail: `pod or ${named(without)} must set securityContext.runAsNonRoot=true` };
}

function runAsUser(pod: Pod, minor: number): Violation | undefined {
  if (relaxed(pod, minor)) return undefined;
  const { names } = settersOf(pod, holder => securityContext(holder).runAsUser === 0);
  if (names.length === 0) return undefined;
  return { reason: 'runAsUser=0', detail: `${names.join(' and ')} must not set runAsUser=0` };
}

/** In a user namespace, root has no permissions on the host. */
function relaxed({ spec }: Pod, minor: number): boolean {
  return minor >= 35 && spec.hostUsers === false;
}

/** Settings that Windows does not have are not checked there. */
function isWindows({ spec }: Pod, minor: number): boolean {
  return minor >= 25 && fields(spec.os).name === 'windows';
}

function securityContext(holder: Fields): Fields {
  return fields(holder.securityContext);
}

/** All holders of a security context, in the order of the checks. */
function containersOf(spec: Fields): Fields[] {
  return [...items(spec.initContainers), ...items(spec.containers), ...items(spec.ephemeralContainers)];
}

function settersOf({ spec }: Pod, sets: (holder: Fields) => boolean): { holders: Fields[]; names: string[] } {
  const containers = containersOf(spec).filter(sets);
  const asWhole = sets(spec);
  return {
    holders: [...(asWhole ? [spec] : []), ...containers],
    names: [...(asWhole ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])],
  };
}

/** `container "a"`, `containers "a", "b"`. */
function named(list: readonly Fields[], kind = 'container'): string {
  return `${plural(kind, list.length)} ${quoted(list.map(({ name }) => text(name)))}`;
}

function uses({ length }: readonly unknown[]): string {
  return length === 1 ? 'uses' : 'use';
}

function plural(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`;
}

function quoted(list: readonly string[]): string {
  return list.map(each => `"${each}"`).join(', ');
}

function distinct(list: readonly string[]): string[] {
  return [...new Set(list)].sort();
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
