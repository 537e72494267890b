import { parse as parseYaml } from 'yaml';
import { isDeeperThan, isObject } from '../../http/json.ts';
import type { Request } from '../../http/service.ts';
import type { ApiObject, Fields } from './fields.ts';
import { decodeProtobuf, protobufMediaType } from './protobuf.ts';
import { decode, schemaName, TypeMismatch } from './schemas.ts';
import { badRequest, StatusError, unsupportedMediaType } from './status.ts';

/** What happens with fields that no schema knows, and with those that stand there twice. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** @throws StatusError 400 for another value than the three */
export function fieldValidation(query: URLSearchParams): FieldValidation {
  const value = query.get('fieldValidation') ?? '';
  if (value === '' || value === 'Warn') return 'Warn';
  if (value === 'Strict' || value === 'Ignore') return value;
  throw badRequest(
    `PatchOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "${value}": supported values: "Ignore", "Strict", "Warn"`,
  );
}

/** The media type of a body, without parameters. A body that says nothing is JSON. */
export function mediaType(request: Request): string {
  return (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase() || 'application/json';
}

/**
 * Reads the object in a body: JSON, YAML or, for what kubectl's imperative commands send, protobuf.
 * @param expected the kind that the address takes; a body may leave its own out
 * @returns the object with its known fields only, and the warnings that go with it
 * @throws StatusError 400 for what cannot be read as that kind, 415 for another media type
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

/** Go reads ten thousand levels; no object of Kubernetes has more than a few dozen, and none here may have more than these. */
const maximumDepth = 500;

/** @throws StatusError 400 */
function checkDepth(value: unknown): unknown {
  if (isDeeperThan(value, maximumDepth)) throw badRequest('json: exceeded max depth');
  return value;
}

/** @throws StatusError 400 for text that is not JSON */
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

/**
 * The paths of fields that stand twice in one object, which JSON.parse does not tell.
 * @param text valid JSON
 */
export function duplicateFields(text: string): string[] {
  const found: string[] = [];
  // What is open around the current token: for an object the keys seen, for a list the index reached.
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
