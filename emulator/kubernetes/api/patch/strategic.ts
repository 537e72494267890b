import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../../http/json.ts';
import type { Fields } from '../fields.ts';
import { resolve, type Schema } from '../schemas.ts';
import { StatusError } from '../status.ts';

/**
 * Applies a strategic merge patch to a copy. Lists with a merge key are merged, others are replaced. Supports
 * `$patch`, `$retainKeys`, `$setElementOrder/…`, and `$deleteFromPrimitiveList/…`.
 * @throws StatusError 500 (without a reason, as in Kubernetes) if an item has no merge key or a directive is unknown
 * @see
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
export function strategicMergePatch(object: Fields, patch: Fields, schema: Schema): Fields {
  if (patch.$patch === 'replace') return cleaned(patch) as Fields;
  if (patch.$patch === 'delete') return {};
  if (patch.$patch !== undefined && patch.$patch !== 'merge') {
    throw failed(`unknown patch type: ${String(patch.$patch)} in map`);
  }
  const { properties = {}, additionalProperties } = resolve(schema);
  const result = retained(object, patch.$retainKeys);
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys' || key.startsWith('$setElementOrder/')) continue;
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const field = key.slice(key.indexOf('/') + 1);
      const gone = Array.isArray(value) ? value : [];
      if (Array.isArray(result[field])) result[field] = result[field].filter(item => !gone.includes(item));
      continue;
    }
    const property = properties[key] ?? additionalProperties ?? {};
    const order = patch[`$setElementOrder/${key}`];
    if (value === null) delete result[key];
    else if (Array.isArray(value)) result[key] = patchList(result[key], value, property, order);
    else if (isObject(value))
      result[key] = strategicMergePatch(isObject(result[key]) ? result[key] : {}, value, property);
    else result[key] = value;
  }
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith('$setElementOrder/') || !Array.isArray(order)) continue;
    const field = key.slice(key.indexOf('/') + 1);
    const list = result[field];
    const mergeKey = properties[field]?.['x-kubernetes-patch-merge-key'];
    if (Array.isArray(list)) result[field] = ordered(list, order, item => identity(item, mergeKey));
  }
  return result;
}

function patchList(current: unknown, patch: unknown[], schema: Schema, order: unknown): unknown[] {
  const merges = schema['x-kubernetes-patch-strategy']?.split(',').includes('merge');
  const list = Array.isArray(current) ? current : [];
  const replaces = patch.some(item => isObject(item) && item.$patch === 'replace');
  if (!merges || replaces) {
    return patch.filter(item => !(isObject(item) && item.$patch === 'replace')).map(cleaned);
  }
  const mergeKey = schema['x-kubernetes-patch-merge-key'];
  // A list of primitive values is a set.
  if (!mergeKey) return [...list, ...patch.filter(item => !list.includes(item))];

  let result = [...list];
  for (const item of patch) {
    if (!isObject(item) || item[mergeKey] === undefined) {
      throw failed(`map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`);
    }
    const same = (other: unknown) => isDeepStrictEqual(identity(other, mergeKey), item[mergeKey]);
    const at = result.findIndex(same);
    if (item.$patch === 'delete') result = result.filter(other => !same(other));
    else if (at < 0) result.push(strategicMergePatch({}, item, schema.items!));
    else result[at] = strategicMergePatch(result[at] as Fields, item, schema.items!);
  }
  return Array.isArray(order) ? ordered(result, order, item => identity(item, mergeKey)) : result;
}

function identity(item: unknown, mergeKey: string | undefined): unknown {
  return mergeKey && isObject(item) ? item[mergeKey] : item;
}

/** Sorts items by the order. Every other item stays behind its predecessor. */
function ordered(list: unknown[], order: unknown[], identify: (item: unknown) => unknown): unknown[] {
  const named: unknown[] = order
    .map(wanted => list.find(item => isDeepStrictEqual(identify(item), identify(wanted))))
    .filter(item => item !== undefined);
  const result: unknown[] = [...named];
  list.forEach((item, index) => {
    if (named.includes(item)) return;
    const before = list[index - 1];
    result.splice(before === undefined ? 0 : result.indexOf(before) + 1, 0, item);
  });
  return result;
}

/** A copy with only the fields that `$retainKeys` lists. */
function retained(object: Fields, keys: unknown): Fields {
  if (!Array.isArray(keys)) return { ...object };
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}

/** A value of a patch without directives and nulls. */
function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => cleaned(item));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, entry]) => !key.startsWith('$') && entry !== null);
  return Object.fromEntries(kept.map(([key, entry]) => [key, cleaned(entry)]));
}

function failed(message: string): StatusError {
  return new StatusError(500, '', message);
}

/** A value as Go's `%v` prints it: `map[a:1 b:[x y]]`, with sorted keys. */
export function goValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (isObject(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, entry]) => `${key}:${goValue(entry)}`).join(' ')}]`;
  }
  return value === null || value === undefined ? '<nil>' : String(value);
}
