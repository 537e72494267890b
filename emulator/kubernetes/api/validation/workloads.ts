import { isObject } from '../../../http/json.ts';
import { type ApiObject, type Fields, fields, text } from '../fields.ts';
import { matchesLabelSelector } from '../selectors.ts';
import { type Cause, cause } from '../status.ts';
import { validatePodSpec } from './pod-spec.ts';
import { negatives, notNegative, oneOf } from './values.ts';

export function validateWorkload(object: ApiObject): Cause[] {
  const { selector, template, replicas } = fields(object.spec);
  const { metadata, spec } = fields(template);
  const labels = fields(fields(metadata).labels) as Record<string, string>;
  const causes: Cause[] = [];
  if (typeof replicas === 'number' && replicas < 0) {
    causes.push(cause.invalid('spec.replicas', replicas, notNegative));
  }
  if (!isObject(selector)) causes.push(cause.required('spec.selector'));
  else if (Object.keys(selector).length === 0) {
    causes.push(cause.invalid('spec.selector', selector, 'empty selector is invalid for deployment'));
  } else if (!matchesLabelSelector(selector, labels)) {
    causes.push(
      cause.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    );
  }
  const restartPolicy = text(fields(spec).restartPolicy);
  if (restartPolicy !== 'Always') {
    causes.push(cause.unsupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  }
  return [...causes, ...validatePodSpec(fields(spec), 'spec.template.spec')];
}

export function validateRollout(spec: Fields): Cause[] {
  const { minReadySeconds, progressDeadlineSeconds } = spec;
  const { type, rollingUpdate } = fields(spec.strategy);
  const causes = [
    ...negatives(spec, ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']),
    ...oneOf(type, 'spec.strategy.type', ['Recreate', 'RollingUpdate']),
  ];
  if (
    typeof progressDeadlineSeconds === 'number' &&
    progressDeadlineSeconds <= Number(minReadySeconds ?? 0)
  ) {
    const why = 'must be greater than minReadySeconds';
    causes.push(cause.invalid('spec.progressDeadlineSeconds', progressDeadlineSeconds, why));
  }
  if (type === 'Recreate' && rollingUpdate !== undefined) {
    const why = "may not be specified when strategy `type` is 'Recreate'";
    causes.push(cause.forbidden('spec.strategy.rollingUpdate', why));
  }
  if (type !== 'RollingUpdate' || rollingUpdate === undefined) return causes;
  const at = 'spec.strategy.rollingUpdate';
  const { maxSurge, maxUnavailable } = fields(rollingUpdate);
  causes.push(
    ...validateShare(maxUnavailable, `${at}.maxUnavailable`),
    ...validateShare(maxSurge, `${at}.maxSurge`),
  );
  if (typeof maxUnavailable === 'string' && Number.parseInt(maxUnavailable, 10) > 100) {
    causes.push(cause.invalid(`${at}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'));
  }
  const none = (value: unknown) => value === 0 || value === '0%';
  if (none(maxUnavailable) && none(maxSurge)) {
    causes.push(cause.invalid(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  return causes;
}

function validateShare(value: unknown, at: string): Cause[] {
  if (typeof value === 'number') return value < 0 ? [cause.invalid(at, value, notNegative)] : [];
  if (value === undefined || /^\d+%$/.test(text(value))) return [];
  const why =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for " +
    "validation is '[0-9]+%')";
  return [cause.invalid(at, value, why)];
}

/** Rejects fields that are not implemented. */
export function validateJobSpec(spec: Fields): Cause[] {
  const here = (field: string) => `spec.${field}`;
  const unknown = [
    'backoffLimitPerIndex',
    'maxFailedIndexes',
    'managedBy',
    'podFailurePolicy',
    'successPolicy',
  ];
  return [
    ...negatives(spec, [
      'parallelism',
      'completions',
      'backoffLimit',
      'activeDeadlineSeconds',
      'ttlSecondsAfterFinished',
    ]),
    ...oneOf(spec.completionMode, here('completionMode'), ['NonIndexed']),
    ...oneOf(spec.podReplacementPolicy, here('podReplacementPolicy'), ['Failed', 'TerminatingOrFailed']),
    ...unknown
      .filter(field => spec[field] !== undefined)
      .map(field => cause.forbidden(here(field), 'not supported by this server')),
  ];
}
