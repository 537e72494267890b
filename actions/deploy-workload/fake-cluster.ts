import { createHash } from 'node:crypto';
import { type FakeAnswer, failing } from '../shared/fake-tools.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { DIGEST_ANNOTATION, type WorkloadObject } from './manifest.ts';

export const clientId = 'b7c4ae2c-0000-4000-8000-000000000001';
export const annotations = { clientId, tenantId: '' };
export const value = 'a fresh random secret';
export const sha256 = createHash('sha256').update(value).digest('hex');

type Status = NonNullable<Pod['status']>['containerStatuses'];
type ExistingObject = Omit<WorkloadObject, 'spec'> & { spec?: WorkloadObject['spec'] };

/** The last log line of a refused, unfederated client. */
export const refused = (subject: string): string =>
  `Given up after 15 s: secret Secret could not be read (AADSTS700213): No matching federated identity record found for presented assertion subject '${subject}'.`;

export interface FakeClusterOptions {
  existing?: readonly ExistingObject[];
  /** A pod's log at each read; the last one repeats. */
  logs?: (pod: Pod) => readonly (string | FakeAnswer)[];
  /** Acts as the webhook and the kubelet on a new pod. */
  become?: (pod: Pod) => Pod;
  events?: readonly string[];
  /** Events that report why controllers cannot create pods. */
  failedCreate?: readonly { kind: string; name: string; message: string }[];
}

const isDenied = ({ metadata }: Pod): boolean => metadata.name.endsWith('-denied');

/** The mutated pod, with its container in this state. */
export function mutated<T extends Pod>(pod: T, state?: NonNullable<Status>[number]['state']): T {
  const made = structuredClone(pod);
  made.spec.containers[0]!.env!.push(
    { name: 'AZURE_CLIENT_ID', value: clientId },
    { name: 'AZURE_FEDERATED_TOKEN_FILE', value: '/var/run/secrets/azure/tokens/azure-identity-token' },
  );
  const ended = isDenied(pod) ? { terminated: { exitCode: 1 } } : { running: {} };
  return { ...made, status: { containerStatuses: [{ restartCount: 0, state: state ?? ended }] } };
}

function usualLogs({ metadata, spec }: Pod): string[] {
  if (metadata.name.endsWith('-denied'))
    return [refused(`system:serviceaccount:${metadata.namespace}:${spec.serviceAccountName}`)];
  return [`Retrieving your secret from wilab4521.\nSecret value: ${value}`];
}

/** A cluster for unit tests. It stores objects, and its controllers create pods immediately. */
export class FakeCluster {
  readonly objects = new Map<string, WorkloadObject>();
  readonly answers: Record<string, FakeAnswer>;
  readonly #options: Required<FakeClusterOptions>;
  readonly #logs = new Map<string, (string | FakeAnswer)[]>();
  #made = 0;
  #stored = 0;

  constructor(options: FakeClusterOptions = {}) {
    const usual = { existing: [], logs: usualLogs, become: mutated, events: [], failedCreate: [] };
    this.#options = { ...usual, ...options };
    for (const object of [serviceAccount('default', 'wi-demo-sa'), ...this.#options.existing])
      this.objects.set(keyOf(object), object as WorkloadObject);
    this.answers = {
      'az cloud show': () => ({ suffixes: { keyvaultDns: '.vault.azure.net' } }),
      'kubectl get': args => this.#get(args),
      'kubectl get events': args => JSON.stringify({ items: this.#events(args) }),
      'kubectl apply': (_, { input }) => this.apply(JSON.parse(input!)),
      'kubectl create': (_, { input }) => this.create(JSON.parse(input!)),
      'kubectl delete --raw': (args, { input }) => this.#delete(args[2]!, JSON.parse(input!)),
      'kubectl logs': (args, options) => this.#follow(args, options),
    };
  }

  create(object: WorkloadObject): string {
    if (this.objects.has(keyOf(object)))
      failing(`Error from server (AlreadyExists): ${object.kind} "${object.metadata.name}" already exists`);
    return this.#put(object);
  }

  apply(object: WorkloadObject): string {
    const before = this.objects.get(keyOf(object));
    const { uid, ...metadata } = object.metadata;
    if (uid !== undefined && before?.metadata.uid !== uid)
      failing('Error from server (Conflict): Precondition failed: UID');
    const digest = ({ metadata }: WorkloadObject) => metadata.annotations?.[DIGEST_ANNOTATION];
    if (before && digest(before) === digest(object)) return JSON.stringify(before);
    return this.#put({ ...object, metadata });
  }

  #put(object: WorkloadObject): string {
    const generation = ++this.#stored + 1;
    const uid = `uid-of-${object.kind}-${generation}`;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: '1', generation } };
    if (object.kind === 'Pod') this.#start(stored as WorkloadObject & Pod);
    else {
      this.objects.set(keyOf(stored), stored);
      if ('template' in (object.spec ?? {}) && this.#options.failedCreate.length === 0) this.makePod(object);
    }
    return JSON.stringify(stored);
  }

  /** As KIND NAMESPACE/NAME. */
  names(): string[] {
    return [...this.objects.keys()];
  }

  makePod({ metadata, spec }: WorkloadObject): void {
    const { template } = spec as { template: Pod };
    const name = `${metadata.name}-${++this.#made}`;
    const creationTimestamp = `2026-11-24T00:00:${String(this.#made).padStart(2, '0')}Z`;
    const uid = `uid-${this.#made}`;
    const resourceVersion = '1';
    const pod = {
      ...template.metadata,
      ...{ name, namespace: metadata.namespace!, creationTimestamp, uid, resourceVersion },
    };
    this.#start({ apiVersion: 'v1', kind: 'Pod', ...template, metadata: pod });
  }

  #start(pod: WorkloadObject & Pod): void {
    this.objects.set(keyOf(pod), this.#options.become(pod) as WorkloadObject & Pod);
  }

  #get(args: readonly string[]): string {
    const [, kind = '', name = ''] = args;
    if (kind !== 'pods')
      return JSON.stringify(this.objects.get(key(kind, option(args, '--namespace'), name))) ?? '';
    const label = option(args, '--selector').split('=')[1];
    const items = [...this.objects.values()].filter(
      object => object.kind === 'Pod' && object.metadata.labels?.['app.kubernetes.io/name'] === label,
    );
    return JSON.stringify({ items });
  }

  #events(args: readonly string[]): object[] {
    if (!option(args, '--field-selector').includes('FailedCreate'))
      return this.#options.events.map(message => ({ message }));
    return this.#options.failedCreate.map(({ kind, name, message }) => ({
      involvedObject: { kind, name },
      message,
    }));
  }

  #delete(path: string, options: { preconditions: { uid?: string; resourceVersion?: string } }): string {
    const [, namespace = '', kinds = '', name = ''] = /\/namespaces\/([^/]+)\/(\w+)s\/(.*)$/.exec(path) ?? [];
    const found = key(kinds, namespace, name);
    const { uid, resourceVersion } = this.objects.get(found)?.metadata ?? {};
    if (!this.objects.has(found)) failing(`Error from server (NotFound): ${kinds} "${name}" not found`);
    if (uid !== options.preconditions.uid || resourceVersion !== options.preconditions.resourceVersion)
      failing('Error from server (Conflict): the UID in the precondition does not match the UID in record');
    this.objects.delete(found);
    // Its pods too.
    for (const pod of this.objects.keys())
      if (kinds !== 'pod' && pod.startsWith(key('pod', namespace, `${name}-`))) this.objects.delete(pod);
    return '{}';
  }

  #follow(...[args, options]: Parameters<FakeAnswer>): unknown {
    const found = key('pod', option(args, '--namespace'), args[1]!);
    const pod = this.objects.get(found) as (WorkloadObject & Pod) | undefined;
    if (!pod) failing('Error from server (NotFound): pods not found');
    const left = this.#logs.get(found) ?? [...this.#options.logs(pod)];
    this.#logs.set(found, left);
    const next = left.length > 1 ? left.shift()! : left[0]!;
    if (typeof next !== 'string') return next(args, options);
    for (const line of next.split('\n')) options.onLine?.(line);
    options.signal?.throwIfAborted();
    return '';
  }
}

export function serviceAccount(
  namespace: string,
  name: string,
  labels: Record<string, string> = {},
  others: Record<string, string> = {},
): ExistingObject {
  const annotations = { 'azure.workload.identity/client-id': clientId, ...others };
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name, labels, annotations } };
}

function keyOf({ kind, metadata }: ExistingObject): string {
  return key(kind, metadata.namespace!, metadata.name);
}

function key(kind: string, namespace: string, name: string): string {
  return `${kind.toLowerCase()} ${namespace}/${name}`;
}

function option(args: readonly string[], name: string): string {
  const at = args.indexOf(name);
  return at < 0 ? '' : (args[at + 1] ?? '');
}
