/** `metadata` of a stored object, as far as the server itself reads it. Times are RFC 3339 in UTC, whole seconds. */
export interface ObjectMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  [field: string]: unknown;
}

/** Who an object belongs to: it goes when its last owner has gone. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Any object of the API. Stored ones are never changed in place: a change is a new object. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** A JSON object whose fields have not been looked at yet. */
export type Fields = Record<string, unknown>;

/** Whether a JSON value is an object, neither null nor an array. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value read as an object: an empty one where it is none. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** A value read as a list of objects: whatever is none is left out. */
export function items(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** A value read as a string: empty where it is none. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A moment as Kubernetes writes it in `metav1.Time`: RFC 3339, UTC, whole seconds. */
export function timestamp(moment: Date = new Date()): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}
