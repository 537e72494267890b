import { isDeepStrictEqual } from 'node:util';
import { type ApiObject, fields } from './fields.ts';

/** @see https://kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources/scale-v1/ */
export function scaleOf({ metadata, spec, status }: ApiObject): ApiObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const { replicas, selector } = fields(spec);
  const labels = Object.entries(fields(fields(selector).matchLabels)).map(
    ([key, value]) => `${key}=${value}`,
  );
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas },
    status: { replicas: fields(status).replicas ?? 0, selector: labels.join(',') },
  };
}

/** The object with the replicas of the changed scale. */
export function scaled(current: ApiObject, change: (scale: ApiObject) => ApiObject): ApiObject {
  const { metadata, spec } = change(scaleOf(current));
  const { resourceVersion } = metadata;
  const changed = { ...fields(current.spec), replicas: fields(spec).replicas ?? 0 };
  return isDeepStrictEqual(changed, current.spec)
    ? current
    : {
        ...current,
        metadata: { ...current.metadata, ...(resourceVersion && { resourceVersion }) },
        spec: changed,
      };
}
