import { OptionalReads } from '../shared/diagnosis/optional-reads.ts';
import { eventMessages } from '../shared/diagnosis/read-cluster.ts';
import { getObject } from '../shared/kubectl.ts';
import type { ClusterEvent, Pod } from '../shared/kubernetes-objects.ts';
import type { DeployContext, PlannedWorkload } from './context.ts';
import { hasSameManifest } from './existing-object.ts';
import { NAME_LABEL } from './manifest.ts';

export async function findPod(context: DeployContext, workload: PlannedWorkload): Promise<Pod | undefined> {
  const { namespace, name } = workload.target;
  if (context.inputs.kind === 'pod') return getObject<Pod>(context.kubectl, 'pod', name, namespace);
  const created = ({ metadata }: Pod) => metadata.creationTimestamp ?? '';
  return (await listPods(context, workload))
    .filter(pod => hasSameManifest(pod, workload.desired) && pod.metadata.deletionTimestamp === undefined)
    .sort((one, other) => created(one).localeCompare(created(other)))
    .at(-1);
}

export async function listPods(
  { kubectl }: DeployContext,
  { target: { namespace, name } }: PlannedWorkload,
): Promise<Pod[]> {
  const selector = ['--selector', `${NAME_LABEL}=${name}`];
  const text = await kubectl(['get', 'pods', '--namespace', namespace, ...selector, '--output', 'json']);
  return (JSON.parse(text) as { items: Pod[] }).items;
}

/**
 * Oldest message first. Empty if the caller is not allowed to list events.
 * A deployment's replica sets have the name NAME-HASH, and the hash has no hyphen.
 */
export async function readCreationFailures(
  { kubectl }: DeployContext,
  { target, desired }: PlannedWorkload,
): Promise<string[]> {
  const { namespace, name } = target;
  const query = ['--field-selector', 'reason=FailedCreate', '--output', 'json'];
  const text = await new OptionalReads().readOrSkip(() =>
    kubectl(['get', 'events', '--namespace', namespace, ...query]),
  );
  const { items } = JSON.parse(text ?? '{"items":[]}') as { items: ClusterEvent[] };
  const isOfWorkload = ({ involvedObject: { kind, name: object = '' } = {} }: ClusterEvent): boolean =>
    desired.kind === 'Job'
      ? kind === 'Job' && object === name
      : kind === 'ReplicaSet' && object.slice(0, object.lastIndexOf('-')) === name;
  return eventMessages(items.filter(isOfWorkload));
}
