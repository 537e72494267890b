import { isObject } from '../../http/json.ts';
import type { ObjectMeta } from '../objects.ts';

/** A JSON object whose fields nobody has checked. */
export type Fields = Record<string, unknown>;

/** Any object of the API. A stored object is never changed in place: a change is a new object. */
export interface ApiObject {
  apiVersion: string;
  kind: string;
  metadata: Partial<ObjectMeta> & Fields;
  [field: string]: unknown;
}

/** A value read as an object: empty if it is not one. */
export function fields(value: unknown): Fields {
  return isObject(value) ? value : {};
}

/** A value read as a list of objects, without all other entries. */
export function items(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A value read as a string: empty if it is not one. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
