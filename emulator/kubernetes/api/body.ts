import { parse as parseYaml } from 'yaml';
import { isDeeperThan, isObject } from '../../http/json.ts';
import type { Request } from '../../http/service.ts';
import type { ApiObject, Fields } from './fields.ts';
import { decodeProtobuf, protobufMediaType } from './protobuf.ts';
import { decode, schemaName, TypeMismatch } from './schemas.ts';
import { badRequest, StatusError, unsupportedMediaType } from './status.ts';

/** What to do with unknown and duplicate fields. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** @throws StatusError 400 for any other value */
export function fieldValidation(query: URLSearchParams): FieldValidation {
  const value = query.get('fieldValidation') ?? '';
  if (value === '' || value === 'Warn') return 'Warn';
  if (value === 'Strict' || value === 'Ignore') return value;
  throw badRequest(
    `PatchOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "${value}": supported values: "Ignore", "Strict", "Warn"`,
  );
}

/** Media type without parameters. The default is JSON. */
export function mediaType(request: Request): string {
  return (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase() || 'application/json';
}

/**
 * Reads the object in a body: JSON, YAML, or protobuf, which kubectl's imperative commands send.
 * @param expected defaults for the body's kind and version
 * @returns the object without unknown fields, and warnings
 * @throws StatusError 400 for an invalid object, 415 for another media type
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
 */
export function readObject(
  request: Request,
  expected: { apiVersion: string; kind: string },
  validation: FieldValidation,
): { object: ApiObject; warnings: string[] } {
  const { value, duplicates } = readBody(request);
  if (!isObject(value)) throw unrecognized(expected.kind);
  const object: Fields = {
    ...value,
    kind: value.kind || expected.kind,
    apiVersion: value.apiVersion || expected.apiVersion,
  };
  const said = `${object.kind} in version "${versionOf(String(object.apiVersion))}" cannot be handled as a ${expected.kind}`;
  if (object.kind !== expected.kind || object.apiVersion !== expected.apiVersion) {
    throw badRequest(`${said}: the kind does not belong to this address`);
  }
  const decoded = orMismatch(said, () => decode(schemaName(expected.apiVersion, expected.kind)!, object));
  const problems = [
    ...duplicates.map(path => `duplicate field "${path}"`),
    ...decoded.unknown.map(path => `unknown field "${path}"`),
  ];
  if (validation === 'Strict' && problems.length > 0) {
    throw badRequest(`${said}: strict decoding error: ${problems.join(', ')}`);
  }
  const known = { metadata: {}, ...decoded.value } as ApiObject;
  return { object: known, warnings: validation === 'Warn' ? problems : [] };
}

function orMismatch<T>(said: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeMismatch) throw badRequest(`${said}: ${error.message}`);
    throw error;
  }
}

function readBody(request: Request): { value: unknown; duplicates: string[] } {
  const type = mediaType(request);
  if (type === protobufMediaType) return { value: decodeProtobuf(request.body), duplicates: [] };
  const text = request.body.toString('utf8');
  if (type === 'application/json') return { value: parseJsonText(text), duplicates: duplicateFields(text) };
  if (type !== 'application/yaml')
    throw unsupportedMediaType(['application/json', 'application/yaml', protobufMediaType]);
  try {
    return { value: checkDepth(parseYaml(text)), duplicates: [] };
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw badRequest(
      `error converting YAML to JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Go allows 10,000 levels. No object of Kubernetes has more than a few dozen. */
const maximumDepth = 500;

/** @throws StatusError 400 */
function checkDepth(value: unknown): unknown {
  if (isDeeperThan(value, maximumDepth)) throw badRequest('json: exceeded max depth');
  return value;
}

/** @throws StatusError 400 if the text is not JSON */
export function parseJsonText(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badRequest(`couldn't get version/kind; json parse error: ${why}`);
  }
  return checkDepth(value);
}

/** Paths of duplicate fields, which JSON.parse does not report. @param text valid JSON */
export function duplicateFields(text: string): string[] {
  const found: string[] = [];
  // For each open object the keys seen, for each open list the index.
  const open: { path: string; keys?: Set<string>; index: number }[] = [];
  let key: string | undefined;
  const here = (): string => {
    const top = open.at(-1);
    if (!top) return '';
    if (!top.keys) return `${top.path}[${top.index}]`;
    return top.path ? `${top.path}.${key}` : String(key);
  };
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    const top = open.at(-1);
    if (token === '{') open.push({ path: here(), keys: new Set(), index: 0 });
    else if (token === '[') open.push({ path: here(), index: 0 });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',') {
      if (top?.keys) key = undefined;
      else if (top) top.index += 1;
    }
    if (token === '{') key = undefined;
    if (!token.startsWith('"') || !top?.keys || key !== undefined) continue;
    key = JSON.parse(token) as string;
    if (top.keys.has(key)) found.push(here());
    top.keys.add(key);
  }
  return found;
}

function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

function unrecognized(kind: string) {
  return badRequest(`the object provided is unrecognized (must be of type ${kind})`);
}
