import { isObject } from '../../../http/json.ts';
import { type ApiObject, type Fields, fields, items, text } from '../fields.ts';
import { age, humanDuration } from './duration.ts';

export interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer';
  /** 1: only with `-o wide`. */
  readonly priority: 0 | 1;
  readonly cell: (object: ApiObject) => string | number;
}

function column(name: string, cell: Column['cell'], more: Partial<Column> = {}): Column {
  return { name, type: 'string', priority: 0, cell, ...more };
}

const integer = { type: 'integer' } as const;
const wide = { priority: 1 } as const;

const nameColumn = column('Name', ({ metadata }) => metadata.name ?? '');
const ageColumn = column('Age', ({ metadata }) => age(metadata.creationTimestamp));

/** Columns of other kinds. */
const usual: readonly Column[] = [nameColumn, ageColumn];

/**
 * Columns as kube-apiserver prints them.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
 */
const columns: Readonly<Record<string, readonly Column[]>> = {
  Namespace: [nameColumn, column('Status', ({ status }) => text(fields(status).phase)), ageColumn],
  Pod: [
    nameColumn,
    column('Ready', pod => `${readyContainers(pod)}/${containerCount(pod)}`),
    column('Status', podStatus),
    column('Restarts', podRestarts),
    ageColumn,
    column('IP', ({ status }) => text(fields(status).podIP) || '<none>', wide),
    column('Node', ({ spec }) => text(fields(spec).nodeName) || '<none>', wide),
    column('Nominated Node', ({ status }) => text(fields(status).nominatedNodeName) || '<none>', wide),
    column('Readiness Gates', readinessGates, wide),
  ],
  ConfigMap: [
    nameColumn,
    column('Data', ({ data, binaryData }) => count(data) + count(binaryData), integer),
    ageColumn,
  ],
  Secret: [
    nameColumn,
    column('Type', ({ type }) => text(type)),
    column('Data', ({ data }) => count(data), integer),
    ageColumn,
  ],
  Service: [
    nameColumn,
    column('Type', ({ spec }) => text(fields(spec).type)),
    column('Cluster-IP', ({ spec }) => text(fields(spec).clusterIP) || '<none>'),
    // Services of other types do not exist here.
    column('External-IP', () => '<none>'),
    column('Port(s)', ({ spec }) => servicePorts(fields(spec))),
    ageColumn,
    column('Selector', ({ spec }) => selectorText({ matchLabels: fields(spec).selector }), wide),
  ],
  ServiceAccount: [nameColumn, ageColumn],
  Event: [
    column('Last Seen', event => age(lastSeen(event))),
    column('Type', ({ type }) => text(type)),
    column('Reason', ({ reason }) => text(reason)),
    column('Object', event => involved(fields(event.involvedObject))),
    column('Subobject', ({ involvedObject }) => text(fields(involvedObject).fieldPath), wide),
    column('Source', eventSource, wide),
    column('Message', ({ message }) => text(message).trim()),
    column(
      'First Seen',
      event => age(event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp),
      wide,
    ),
    column('Count', event => eventCount(event), { ...integer, ...wide }),
    column('Name', ({ metadata }) => metadata.name ?? '', wide),
  ],
  Node: [
    nameColumn,
    column('Status', nodeStatus),
    column('Roles', nodeRoles),
    ageColumn,
    column('Version', ({ status }) => text(fields(fields(status).nodeInfo).kubeletVersion)),
    column('Internal-IP', node => nodeAddress(node, 'InternalIP'), wide),
    column('External-IP', node => nodeAddress(node, 'ExternalIP'), wide),
    column('OS-Image', node => nodeInfo(node, 'osImage'), wide),
    column('Kernel-Version', node => nodeInfo(node, 'kernelVersion'), wide),
    column('Container-Runtime', node => nodeInfo(node, 'containerRuntimeVersion'), wide),
  ],
  Deployment: [
    nameColumn,
    column('Ready', ({ spec, status }) => `${number(status, 'readyReplicas')}/${number(spec, 'replicas')}`),
    column('Up-to-date', ({ status }) => number(status, 'updatedReplicas'), integer),
    column('Available', ({ status }) => number(status, 'availableReplicas'), integer),
    ageColumn,
    ...templateColumns(),
  ],
  ReplicaSet: [
    nameColumn,
    column('Desired', ({ spec }) => number(spec, 'replicas'), integer),
    column('Current', ({ status }) => number(status, 'replicas'), integer),
    column('Ready', ({ status }) => number(status, 'readyReplicas'), integer),
    ageColumn,
    ...templateColumns(),
  ],
  Job: [
    nameColumn,
    column('Status', jobStatus),
    column('Completions', jobCompletions),
    column('Duration', jobDuration),
    ageColumn,
    ...templateColumns(),
  ],
  Lease: [nameColumn, column('Holder', ({ spec }) => text(fields(spec).holderIdentity)), ageColumn],
  MutatingWebhookConfiguration: [
    nameColumn,
    column('Webhooks', ({ webhooks }) => items(webhooks).length, integer),
    ageColumn,
  ],
};

export function columnsOf(kind: string): readonly Column[] {
  return columns[kind] ?? usual;
}

function number(part: unknown, field: string): number {
  const value = fields(part)[field];
  return typeof value === 'number' ? value : 0;
}

function count(map: unknown): number {
  return Object.keys(fields(map)).length;
}

function containerCount({ spec }: ApiObject): number {
  const sidecars = items(fields(spec).initContainers).filter(
    ({ restartPolicy }) => restartPolicy === 'Always',
  );
  return items(fields(spec).containers).length + sidecars.length;
}

function readyContainers({ spec, status }: ApiObject): number {
  const sidecars = new Set(
    items(fields(spec).initContainers)
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  );
  const { containerStatuses, initContainerStatuses } = fields(status);
  const running = (list: Fields[]) => list.filter(({ ready, state }) => ready && fields(state).running);
  return (
    running(items(containerStatuses)).length +
    running(items(initContainerStatuses).filter(({ name }) => sidecars.has(name))).length
  );
}

/** The phase, or the reason why a container does not run. */
function podStatus({ metadata, spec, status: podStatus }: ApiObject): string {
  const status = fields(podStatus);
  let shown = text(status.reason) || text(status.phase);
  const initContainers = items(fields(spec).initContainers);
  let initializing = false;
  for (const [index, { name, state, started }] of items(status.initContainerStatuses).entries()) {
    const { terminated, waiting } = states(state);
    if (terminated?.exitCode === 0) continue;
    if (initContainers.some(each => each.name === name && each.restartPolicy === 'Always') && started)
      continue;
    if (terminated) shown = `Init:${text(terminated.reason) || ended(terminated)}`;
    else if (text(waiting?.reason) && waiting?.reason !== 'PodInitializing')
      shown = `Init:${text(waiting?.reason)}`;
    else shown = `Init:${index}/${initContainers.length}`;
    initializing = true;
    break;
  }
  if (!initializing) {
    let hasRunning = false;
    for (const { state, ready } of items(status.containerStatuses).toReversed()) {
      const { terminated, waiting, running } = states(state);
      if (text(waiting?.reason)) shown = text(waiting?.reason);
      else if (terminated) shown = text(terminated.reason) || ended(terminated);
      else if (ready && running) hasRunning = true;
    }
    if (shown === 'Completed' && hasRunning) {
      const ready = items(status.conditions).some(each => each.type === 'Ready' && each.status === 'True');
      shown = ready ? 'Running' : 'NotReady';
    }
  }
  if (!metadata.deletionTimestamp) return shown;
  return status.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
}

function states(state: unknown): { terminated?: Fields; waiting?: Fields; running?: Fields } {
  const { terminated, waiting, running } = fields(state);
  return {
    ...(isObject(terminated) && { terminated }),
    ...(isObject(waiting) && { waiting }),
    ...(isObject(running) && { running }),
  };
}

function ended({ signal, exitCode }: Fields): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

/** `3`, or `3 (20s ago)` if the end of the last run is known. */
function podRestarts({ status }: ApiObject): string {
  const all = [...items(fields(status).containerStatuses), ...items(fields(status).initContainerStatuses)];
  const restarts = all.reduce((sum, each) => sum + number(each, 'restartCount'), 0);
  const last = all
    .map(each => text(fields(fields(each.lastState).terminated).finishedAt))
    .sort()
    .at(-1);
  return restarts > 0 && last ? `${restarts} (${age(last)} ago)` : String(restarts);
}

function readinessGates({ spec, status }: ApiObject): string {
  const gates = items(fields(spec).readinessGates);
  const met = gates.filter(({ conditionType }) =>
    items(fields(status).conditions).some(each => each.type === conditionType && each.status === 'True'),
  );
  return gates.length > 0 ? `${met.length}/${gates.length}` : '<none>';
}

function lastSeen(event: ApiObject): unknown {
  return (
    fields(event.series).lastObservedTime ??
    event.lastTimestamp ??
    event.eventTime ??
    event.metadata.creationTimestamp
  );
}

function eventCount(event: ApiObject): number {
  return number(event.series, 'count') || number(event, 'count') || 1;
}

function involved({ kind, name }: Fields): string {
  return `${text(kind).toLowerCase()}/${text(name)}`;
}

function eventSource({ source, reportingComponent, reportingInstance }: ApiObject): string {
  const { component, host } = fields(source);
  return [component || reportingComponent, host || reportingInstance].filter(Boolean).join(', ');
}

function servicePorts({ ports }: Fields): string {
  return items(ports)
    .map(({ port, protocol }) => `${port}/${protocol}`)
    .join(',');
}

function nodeStatus({ spec, status }: ApiObject): string {
  const ready = items(fields(status).conditions).find(({ type }) => type === 'Ready')?.status;
  const shown = ready === undefined ? 'Unknown' : ready === 'True' ? 'Ready' : 'NotReady';
  return fields(spec).unschedulable ? `${shown},SchedulingDisabled` : shown;
}

function nodeRoles({ metadata }: ApiObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) =>
    key.startsWith(prefix) ? [key.slice(prefix.length)] : key === 'kubernetes.io/role' ? [value] : [],
  );
  return roles.sort().join(',') || '<none>';
}

function nodeAddress({ status }: ApiObject, type: string): string {
  return text(items(fields(status).addresses).find(each => each.type === type)?.address) || '<none>';
}

function nodeInfo({ status }: ApiObject, field: string): string {
  return text(fields(fields(status).nodeInfo)[field]) || '<unknown>';
}

function templateColumns(): Column[] {
  const containers = ({ spec }: ApiObject) => items(fields(fields(fields(spec).template).spec).containers);
  return [
    column(
      'Containers',
      object =>
        containers(object)
          .map(({ name }) => text(name))
          .join(','),
      wide,
    ),
    column(
      'Images',
      object =>
        containers(object)
          .map(({ image }) => text(image))
          .join(','),
      wide,
    ),
    column('Selector', ({ spec }) => selectorText(fields(fields(spec).selector)), wide),
  ];
}

function selectorText({ matchLabels, matchExpressions }: Fields): string {
  const labels = Object.entries(fields(matchLabels)).map(([key, value]) => `${key}=${value}`);
  const expressions = items(matchExpressions).map(({ key, operator, values }) => {
    if (operator === 'Exists') return text(key);
    if (operator === 'DoesNotExist') return `!${text(key)}`;
    return `${text(key)} ${text(operator).toLowerCase()} (${Array.isArray(values) ? values.join(',') : ''})`;
  });
  return [...labels.sort(), ...expressions].join(',') || '<none>';
}

function jobStatus({ metadata, spec, status }: ApiObject): string {
  const holds = (type: string) =>
    items(fields(status).conditions).some(each => each.type === type && each.status === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  if (holds('Suspended') || fields(spec).suspend === true) return 'Suspended';
  if (holds('FailureTarget')) return 'FailureTarget';
  return holds('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function jobCompletions({ spec, status }: ApiObject): string {
  const { completions } = fields(spec);
  const succeeded = number(status, 'succeeded');
  if (completions !== undefined) return `${succeeded}/${completions}`;
  const parallelism = number(spec, 'parallelism');
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration({ status }: ApiObject): string {
  const { startTime, completionTime } = fields(status);
  if (!startTime) return '';
  const end = completionTime ? Date.parse(text(completionTime)) : Date.now();
  return humanDuration(end - Date.parse(text(startTime)));
}
