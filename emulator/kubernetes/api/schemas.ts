import { readFileSync } from 'node:fs';
import { isObject } from '../../http/json.ts';
import type { Fields } from './fields.ts';

/** The part of an OpenAPI v3 schema that schemas.json uses. */
export interface Schema {
  description?: string;
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  format?: string;
  default?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  items?: Schema;
  required?: string[];
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
  'x-kubernetes-patch-merge-key'?: string;
  'x-kubernetes-patch-strategy'?: string;
}

/** All schemas by OpenAPI name (`io.k8s.api.core.v1.Pod`). `npm run kubernetes-schemas` writes them. */
export const schemas: Readonly<Record<string, Schema>> = JSON.parse(
  readFileSync(new URL('schemas.json', import.meta.url), 'utf8'),
);

const prefix = '#/components/schemas/';
const byKind = new Map<string, string>();
for (const [name, schema] of Object.entries(schemas)) {
  for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
    byKind.set(group ? `${group}/${version}/${kind}` : `${version}/${kind}`, name);
  }
}

/** OpenAPI name of a kind's schema. */
export function schemaName(apiVersion: string, kind: string): string | undefined {
  return byKind.get(`${apiVersion}/${kind}`);
}

/** OpenAPI name in the schema's `$ref`, or in its only `allOf`. */
export function reference(schema: Schema): string | undefined {
  return (schema.$ref ?? schema.allOf?.[0]?.$ref)?.slice(prefix.length);
}

export function resolve(schema: Schema): Schema {
  const name = reference(schema);
  return name ? schemas[name]! : schema;
}

/** Has the message of Go's JSON decoder. */
export class TypeMismatch extends Error {
  override name = 'TypeMismatch';
}

/** The value without unknown fields, and the paths of these fields. */
export interface Decoded {
  readonly value: Fields;
  readonly unknown: string[];
}

/**
 * Decodes an object like the API server: removes unknown fields and nulls, and converts quantities to strings.
 * @param name OpenAPI name of the schema
 * @throws TypeMismatch if a value has another type
 */
export function decode(name: string, object: Fields): Decoded {
  const unknown: string[] = [];
  const value = decodeStruct(name, object, { path: [], goPath: [], unknown, inStruct: shortName(name) });
  return { value, unknown };
}

interface Position {
  /** As in strict decoding: `spec.containers[0].foo`. */
  readonly path: readonly string[];
  /** As in encoding/json: without indices and keys. */
  readonly goPath: readonly string[];
  readonly inStruct: string;
  readonly unknown: string[];
}

function decodeStruct(name: string, object: Fields, at: Position): Fields {
  const properties = schemas[name]!.properties;
  if (!properties) return object;
  const result: Fields = {};
  for (const [key, value] of Object.entries(object)) {
    const property = Object.hasOwn(properties, key) ? properties[key]! : undefined;
    if (!property) at.unknown.push([...at.path, key].join('.'));
    else if (value !== null) {
      const position = {
        ...at,
        inStruct: shortName(name),
        path: [...at.path, key],
        goPath: [...at.goPath, key],
      };
      result[key] = decodeValue(property, value, position);
    }
  }
  return result;
}

function decodeValue(schema: Schema, value: unknown, at: Position): unknown {
  const name = reference(schema);
  const { type, items, additionalProperties, properties, format, oneOf } = resolve(schema);
  if (oneOf) {
    if (typeof value === 'string') return value;
    if (typeof value !== 'number') throw mismatch(value, schema, at);
    return format === 'int-or-string' ? value : String(value);
  }
  if (type === 'array') {
    if (!Array.isArray(value)) throw mismatch(value, schema, at);
    return value.map((item, index) =>
      decodeValue(items!, item, { ...at, path: [...at.path.slice(0, -1), `${at.path.at(-1)}[${index}]`] }),
    );
  }
  if (type === 'object') {
    if (!isObject(value)) throw mismatch(value, schema, at);
    if (name && properties) return decodeStruct(name, value, at);
    if (!additionalProperties) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, entry]) => entry !== null)
        .map(([key, entry]) => [
          key,
          decodeValue(additionalProperties, entry, { ...at, path: [...at.path, key] }),
        ]),
    );
  }
  const fits = type === 'integer' ? Number.isInteger(value) : typeof value === type;
  if (!fits) throw mismatch(value, schema, at);
  return value;
}

/** `io.k8s.api.core.v1.PodSpec` → `PodSpec`. */
function shortName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Text of encoding/json's UnmarshalTypeError. */
function mismatch(value: unknown, schema: Schema, at: Position): TypeMismatch {
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const shown = found === 'number' && !Number.isInteger(value) ? `number ${value}` : found;
  return new TypeMismatch(
    `json: cannot unmarshal ${shown} into Go struct field ${at.inStruct}.${at.goPath.join('.')} of type ${goType(schema)}`,
  );
}

/** Go type of a schema, as in a decoding error. */
function goType(schema: Schema): string {
  const name = reference(schema);
  if (name) {
    const parts = name.split('.');
    return `${parts.at(-2) === 'resource' || parts.at(-2) === 'intstr' ? parts.at(-2) : 'v1'}.${parts.at(-1)}`;
  }
  if (schema.type === 'array') return `[]${goType(schema.items!)}`;
  if (schema.type === 'object') {
    return schema.additionalProperties
      ? `map[string]${goType(schema.additionalProperties)}`
      : 'map[string]interface {}';
  }
  if (schema.type === 'integer') return schema.format ?? 'int32';
  if (schema.type === 'boolean') return 'bool';
  if (schema.type === 'number') return 'float64';
  return schema.format === 'byte' ? '[]uint8' : schema.format === 'date-time' ? 'v1.Time' : 'string';
}
