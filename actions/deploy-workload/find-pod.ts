import { Sight } from '../shared/diagnosis/optional-reads.ts';
import type { Pod } from '../shared/diagnosis/pod.ts';
import { messagesOf } from '../shared/diagnosis/read-cluster.ts';
import { getObject } from '../shared/kubectl.ts';
import type { Call, Workload } from './context.ts';
import { isSame } from './existing-object.ts';
import { NAME_LABEL } from './manifest.ts';

/** The workload's pod: of a deployment or job the newest that was created from the wanted manifest. */
export async function findPod(call: Call, workload: Workload): Promise<Pod | undefined> {
  const { namespace, name } = workload.target;
  if (call.inputs.kind === 'pod') return getObject<Pod>(call.kubectl, 'pod', name, namespace);
  const born = ({ metadata }: Pod) => metadata.creationTimestamp ?? '';
  return (await podsOf(call, workload))
    .filter(pod => isSame(pod, workload.wanted) && pod.metadata.deletionTimestamp === undefined)
    .sort((one, other) => born(one).localeCompare(born(other)))
    .at(-1);
}

/** Every pod with the workload's name label. */
export async function podsOf({ kubectl }: Call, { target: { namespace, name } }: Workload): Promise<Pod[]> {
  const selector = ['--selector', `${NAME_LABEL}=${name}`];
  const text = await kubectl(['get', 'pods', '--namespace', namespace, ...selector, '--output', 'json']);
  return (JSON.parse(text) as { items: Pod[] }).items;
}

interface Event {
  message?: string;
  involvedObject: { kind: string; name: string };
}

/**
 * What the controllers say why a deployment or job has no pod, the oldest first; nothing where that may not be seen.
 * A deployment's replica sets are called NAME-HASH, and the hash has no hyphen.
 */
export async function whyNoPod({ kubectl }: Call, { target, wanted }: Workload): Promise<string[]> {
  const { namespace, name } = target;
  const query = ['--field-selector', 'reason=FailedCreate', '--output', 'json'];
  const text = await new Sight().try(() => kubectl(['get', 'events', '--namespace', namespace, ...query]));
  const { items } = JSON.parse(text ?? '{"items":[]}') as { items: Event[] };
  const isOfIt = ({ kind, name: of }: Event['involvedObject']): boolean =>
    wanted.kind === 'Job'
      ? kind === 'Job' && of === name
      : kind === 'ReplicaSet' && of.slice(0, of.lastIndexOf('-')) === name;
  return messagesOf(items.filter(({ involvedObject }) => isOfIt(involvedObject)));
}
