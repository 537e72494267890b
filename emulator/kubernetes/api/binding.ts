import { wholeSeconds } from '../../timestamps.ts';
import { type ApiObject, fields, items } from './fields.ts';
import { badRequest, conflict } from './status.ts';

/** Binds a pod to a node. @throws StatusError 409 if it is bound already */
export function bindTo(nodeName: string): (pod: ApiObject) => ApiObject {
  return pod => {
    const spec = fields(pod.spec);
    if (!nodeName) throw badRequest('binding target name is required');
    const { name = '' } = pod.metadata;
    if (spec.nodeName) {
      throw conflict(
        { group: '', plural: 'pods/binding' },
        name,
        `pod ${name} is already assigned to node "${spec.nodeName}"`,
      );
    }
    const others = items(fields(pod.status).conditions).filter(({ type }) => type !== 'PodScheduled');
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: wholeSeconds() };
    return {
      ...pod,
      spec: { ...spec, nodeName },
      status: { ...fields(pod.status), conditions: [...others, scheduled] },
    };
  };
}
