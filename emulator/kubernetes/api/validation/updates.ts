import { isDeepStrictEqual } from 'node:util';
import { type ApiObject, type Fields, fields, items } from '../fields.ts';
import { type Cause, cause } from '../status.ts';

export const updateValidators: Readonly<Record<string, (object: ApiObject, previous: ApiObject) => Cause[]>> =
  {
    Pod: validatePodUpdate,
    Deployment: selectorUnchanged,
    ReplicaSet: selectorUnchanged,
    Job(job, previous) {
      const now = fields(job.spec);
      const before = fields(previous.spec);
      // Kubernetes allows more changes while a job is suspended and has not started. They are not implemented.
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

/**
 * Most fields of a pod are immutable.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement
 */
function validatePodUpdate(pod: ApiObject, previous: ApiObject): Cause[] {
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
  // The new spec without the allowed changes.
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
