import { type ApiObject, fields, items, text } from '../fields.ts';
import type { Resource } from '../resources.ts';
import { type Cause, cause } from '../status.ts';
import { isLabel, isLabelValue, isQualifiedName, isSubdomain } from './names.ts';
import { validatePodSpec } from './pod-spec.ts';
import { updateValidators } from './updates.ts';
import { validateJobSpec, validateRollout, validateWorkload } from './workloads.ts';

const configKeyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or " +
  "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/**
 * Returns the causes of an `Invalid` error for a new object.
 * @see https://github.com/kubernetes/kubernetes/tree/master/pkg/apis (`validation.go` of each group)
 */
export function validate(resource: Resource, object: ApiObject): Cause[] {
  return [...validateMeta(resource, object), ...(validators[resource.kind]?.(object) ?? [])];
}

/** Returns the causes for a change. Immutable metadata is restored before. */
export function validateUpdate(resource: Resource, object: ApiObject, previous: ApiObject): Cause[] {
  return [...validate(resource, object), ...(updateValidators[resource.kind]?.(object, previous) ?? [])];
}

function validateMeta(resource: Resource, { metadata }: ApiObject): Cause[] {
  if (!metadata.name) return [cause.required('metadata.name', 'name or generateName is required')];
  const labels = Object.entries(metadata.labels ?? {});
  return [
    ...(resource.kind === 'Namespace' ? isLabel : isSubdomain)(metadata.name, 'metadata.name'),
    ...labels.flatMap(([key, value]) => [
      ...isQualifiedName(key, 'metadata.labels'),
      ...isLabelValue(value, 'metadata.labels'),
    ]),
    ...Object.keys(metadata.annotations ?? {}).flatMap(key =>
      isQualifiedName(key.toLowerCase(), 'metadata.annotations'),
    ),
  ];
}

const validators: Readonly<Record<string, (object: ApiObject) => Cause[]>> = {
  Pod: pod => validatePodSpec(fields(pod.spec), 'spec'),
  Deployment: deployment => [...validateWorkload(deployment), ...validateRollout(fields(deployment.spec))],
  ReplicaSet: validateWorkload,
  Job(job) {
    const { template, ...rest } = fields(job.spec);
    const spec = fields(fields(template).spec);
    const at = 'spec.template.spec';
    const restart = ['OnFailure', 'Never'].includes(text(spec.restartPolicy))
      ? []
      : [cause.unsupported(`${at}.restartPolicy`, spec.restartPolicy, ['OnFailure', 'Never'])];
    return [...validateJobSpec(rest), ...validatePodSpec(spec, at), ...restart];
  },
  ConfigMap: map => [...dataKeys(map.data, 'data'), ...dataKeys(map.binaryData, 'binaryData')],
  Secret(secret) {
    const badValues = Object.entries(fields(secret.data))
      .filter(([, value]) => typeof value !== 'string')
      .map(([key, value]) => cause.invalid(`data[${key}]`, value, 'must be a string'));
    return [...dataKeys(secret.data, 'data'), ...badValues];
  },
  Event(event) {
    const { namespace } = fields(event.involvedObject);
    const expected = text(namespace) || 'default';
    return event.metadata.namespace === expected
      ? []
      : [cause.invalid('involvedObject.namespace', text(namespace), 'does not match event.namespace')];
  },
  MutatingWebhookConfiguration(configuration) {
    return items(configuration.webhooks).flatMap((webhook, index) => {
      const at = `webhooks[${index}]`;
      const { url, service } = fields(webhook.clientConfig);
      return [
        ...(webhook.name ? [] : [cause.required(`${at}.name`)]),
        ...((url === undefined) === (service === undefined)
          ? [cause.required(`${at}.clientConfig`, 'exactly one of url or service is required')]
          : []),
        ...(Array.isArray(webhook.admissionReviewVersions) && webhook.admissionReviewVersions.length > 0
          ? []
          : [cause.required(`${at}.admissionReviewVersions`, 'must specify one of v1, v1beta1')]),
        ...(['None', 'NoneOnDryRun'].includes(text(webhook.sideEffects))
          ? []
          : [cause.unsupported(`${at}.sideEffects`, webhook.sideEffects, ['None', 'NoneOnDryRun'])]),
      ];
    });
  },
};

function dataKeys(data: unknown, at: string): Cause[] {
  return Object.keys(fields(data))
    .filter(key => !/^[-._a-zA-Z0-9]+$/.test(key))
    .map(key => cause.invalid(`${at}[${key}]`, key, configKeyRule));
}
