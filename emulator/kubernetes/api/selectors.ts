import { isObject } from '../../http/json.ts';
import { type ApiObject, type Fields, fields } from './fields.ts';
import type { Resource } from './resources.ts';
import { badRequest } from './status.ts';

export type Selector = (object: ApiObject) => boolean;

export const everything: Selector = () => true;

const operators =
  /^\s*(!?)([^\s!=,()]+)\s*(?:(==|=|!=)\s*([^\s!=,()]*)|\s(in|notin)\s*\(([^)]*)\))?\s*(?:,|$)/;

/** Parses a label selector: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. @throws StatusError 400 if it is invalid */
export function parseLabelSelector(selector: string): Selector {
  if (!selector.trim()) return everything;
  const requirements: ((labels: Readonly<Record<string, string>>) => boolean)[] = [];
  for (let rest = selector; rest.trim(); ) {
    const match = operators.exec(rest);
    if (!match)
      throw badRequest(`unable to parse requirement: found '${rest.trim()}', expected: a label selector`);
    const [whole, not, key = '', operator, value = '', set, list = ''] = match;
    const values = list.split(',').map(each => each.trim());
    if (operator === '!=') requirements.push(labels => labels[key] !== value);
    else if (operator) requirements.push(labels => labels[key] === value);
    else if (set === 'in') requirements.push(labels => key in labels && values.includes(labels[key]!));
    else if (set === 'notin') requirements.push(labels => !(key in labels && values.includes(labels[key]!)));
    else requirements.push(labels => key in labels === !not);
    rest = rest.slice(whole.length);
  }
  return ({ metadata }) => requirements.every(meets => meets(metadata.labels ?? {}));
}

/** Matches labels with a `metav1.LabelSelector`. An empty selector matches everything. */
export function matchesLabelSelector(selector: Fields, labels: Readonly<Record<string, string>>): boolean {
  const matchLabels = Object.entries(fields(selector.matchLabels));
  if (!matchLabels.every(([key, value]) => labels[key] === value)) return false;
  const expressions = Array.isArray(selector.matchExpressions)
    ? selector.matchExpressions.filter(isObject)
    : [];
  return expressions.every(({ key, operator, values }) => {
    const there = String(key) in labels;
    const listed = Array.isArray(values) && values.includes(labels[String(key)]);
    if (operator === 'In') return there && listed;
    if (operator === 'NotIn') return !listed;
    return operator === 'Exists' ? there : !there;
  });
}

export function valueAt(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), object);
}

/**
 * Parses a field selector: `metadata.name=a,status.phase!=Running`. A backslash escapes `,`, `=`, and itself.
 * @throws StatusError 400 if it is invalid, or the resource does not support a field
 */
export function parseFieldSelector(selector: string, resource: Resource): Selector {
  if (!selector) return everything;
  const terms = selector.match(/(?:\\.|[^,\\])+/g) ?? [];
  const requirements = terms.map(term => {
    const match = /^([^=!]+)(!=|==|=)(.*)$/.exec(term);
    if (!match) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
    const [, label = '', operator, escaped = ''] = match;
    const path =
      label === 'metadata.name' || label === 'metadata.namespace' ? label : resource.fieldLabels?.[label];
    if (!path) throw badRequest(`field label not supported: ${label}`);
    const wanted = escaped.replace(/\\(.)/g, '$1');
    const missing = resource.fieldDefaults?.[label] ?? '';
    return (object: ApiObject) =>
      (String(valueAt(object, path) ?? missing) === wanted) === (operator !== '!=');
  });
  return object => requirements.every(meets => meets(object));
}
