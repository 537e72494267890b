import { type ApiObject, fields, items, text } from './fields.ts';
import { badRequest, cause, invalid } from './status.ts';

export interface LogLine {
  /** RFC 3339 with fractions of a second, UTC. */
  readonly time: string;
  /** Without the line break. */
  readonly text: string;
}

export interface LogQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly podUid: string;
  readonly container: string;
  /** The previous run. */
  readonly previous: boolean;
  readonly follow: boolean;
  /** Aborted when the client disconnects or the server closes. */
  readonly signal: AbortSignal;
}

/** The lines so far and, with `follow`, the lines until the container ends. */
export interface ContainerLog {
  readonly written: readonly LogLine[];
  readonly live?: AsyncIterable<LogLine>;
}

/** Returns `undefined` if the container has no such run. */
export type LogSource = (query: LogQuery) => Promise<ContainerLog | undefined>;

/**
 * Answers `GET …/pods/NAME/log`.
 * @throws StatusError 400 for a container that does not exist, has not started, or has no previous run
 * @see
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod
 */
export async function podLog(
  pod: ApiObject,
  query: URLSearchParams,
  source: LogSource,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  const container = chosen(pod, query.get('container'));
  const previous = query.get('previous') === 'true';
  const follow = query.get('follow') === 'true';
  // Before the first byte: a started reply cannot become an error.
  const form = readForm(query, name);
  const waiting = previous ? undefined : waitsFor(pod, container);
  if (waiting !== undefined) {
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${waiting}`);
  }
  const log = await source({ namespace, pod: name, podUid: uid, container, previous, follow, signal });
  if (!log && previous) {
    throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  }
  return formatted(log ?? { written: [] }, form);
}

interface Form {
  readonly tail: number | undefined;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly limit: number;
  readonly timestamps: boolean;
}

function readForm(query: URLSearchParams, pod: string): Form {
  const negative = (['tailLines', 'limitBytes', 'sinceSeconds'] as const).flatMap(field => {
    const value = whole(query, field);
    const least = field === 'tailLines' ? 0 : 1;
    const wanted = least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0';
    return value !== undefined && value < least ? [cause.invalid(field, value, wanted)] : [];
  });
  if (negative.length > 0) throw invalid('PodLogOptions', pod, negative);
  return {
    tail: whole(query, 'tailLines'),
    since: sinceWhen(query),
    limit: whole(query, 'limitBytes') ?? Number.POSITIVE_INFINITY,
    timestamps: query.get('timestamps') === 'true',
  };
}

async function* formatted({ written, live }: ContainerLog, form: Form): AsyncGenerator<Uint8Array> {
  const { tail, since, limit, timestamps } = form;
  let left = limit;
  const write = (line: LogLine): Uint8Array => {
    const whole = Buffer.from(`${timestamps ? `${line.time} ` : ''}${line.text}\n`);
    const part = whole.subarray(0, left);
    left -= part.length;
    return part;
  };
  const recent = written.filter(({ time }) => Date.parse(time) >= since);
  const shown = tail === undefined ? recent : recent.slice(Math.max(0, recent.length - tail));
  const history = Buffer.concat(shown.map(write));
  if (history.length > 0) yield history;
  if (!live || left <= 0) return;
  for await (const line of live) {
    yield write(line);
    if (left <= 0) return;
  }
}

function sinceWhen(query: URLSearchParams): number {
  const seconds = whole(query, 'sinceSeconds');
  if (seconds !== undefined) return Date.now() - seconds * 1000;
  const time = query.get('sinceTime');
  return time ? Date.parse(time) : Number.NEGATIVE_INFINITY;
}

/** @throws StatusError 400 if the parameter is not an integer */
function whole(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^[+-]?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing "${value}": invalid syntax`);
  return Number(value);
}

function chosen({ metadata, spec }: ApiObject, asked: string | null): string {
  const names = (list: unknown) => items(list).map(({ name }) => text(name));
  const containers = names(fields(spec).containers);
  const initContainers = names(fields(spec).initContainers);
  if (asked) {
    if ([...containers, ...initContainers].includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
  }
  if (containers.length === 1 && initContainers.length === 0) return containers[0]!;
  const choice = `choose one of: [${containers.join(' ')}]`;
  const init =
    initContainers.length > 0 ? ` or one of the init containers: [${initContainers.join(' ')}]` : '';
  throw badRequest(`a container name must be specified for pod ${metadata.name}, ${choice}${init}`);
}

/** Reason why a container has no log yet. */
function waitsFor({ status }: ApiObject, container: string): string | undefined {
  const { containerStatuses, initContainerStatuses } = fields(status);
  const all = [...items(containerStatuses), ...items(initContainerStatuses)];
  const found = all.find(({ name }) => name === container);
  const { waiting, running, terminated } = fields(found?.state);
  // A container that waits for a restart has the log of its last run.
  if (running || terminated || fields(found?.lastState).terminated) return undefined;
  const reason = text(fields(waiting).reason);
  if (reason === 'ErrImagePull' || reason === 'ImagePullBackOff') return 'trying and failing to pull image';
  return reason || 'ContainerCreating';
}
