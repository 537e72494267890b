import { isObject } from '../../../http/json.ts';
import type { Request } from '../../../http/service.ts';
import { type FieldValidation, mediaType, parseJsonText } from '../body.ts';
import type { ApiObject, Fields } from '../fields.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { decode, schemaName, schemas, TypeMismatch } from '../schemas.ts';
import { badRequest, cause, invalid, StatusError, unsupportedMediaType } from '../status.ts';
import { jsonPatch } from './json.ts';
import { mergePatch } from './merge.ts';
import { goValue, strategicMergePatch } from './strategic.ts';

/** In the order in which the server lists them. Server-side apply is not supported. */
const mediaTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

/**
 * Reads the body of a PATCH.
 * @param kind kind of the object or subresource
 * @param warn receives warnings for the client
 * @returns a function that applies the patch, and throws StatusError 422 if it cannot
 * @throws StatusError 400 for an invalid patch, 415 for an unsupported media type
 */
export function readPatch(
  request: Request,
  kind: Pick<Resource, 'group' | 'version' | 'kind'>,
  validation: FieldValidation,
  warn: (text: string) => void,
): (current: ApiObject) => ApiObject {
  const type = mediaTypes.find(each => each === mediaType(request));
  if (!type) throw refused(mediaType(request));
  const raw = request.body.toString('utf8');
  const patch = parseJsonText(raw);
  const schema = schemaName(apiVersionOf(kind), kind.kind)!;
  // The patch as an error shows it.
  const shown = type === 'application/strategic-merge-patch+json' ? goValue(patch) : raw;
  const blame = (message: string) => invalid('', '', [cause.invalid('patch', shown, message)]);

  return current => {
    const patched = apply(type, current, patch, schema);
    let decoded: ReturnType<typeof decode>;
    try {
      decoded = decode(schema, patched);
    } catch (error) {
      if (error instanceof TypeMismatch) throw blame(error.message);
      throw error;
    }
    const problems = decoded.unknown.map(path => `unknown field "${path}"`);
    if (problems.length > 0 && validation === 'Strict')
      throw blame(`strict decoding error: ${problems.join(', ')}`);
    if (validation === 'Warn') problems.forEach(warn);
    return { metadata: {}, ...decoded.value } as ApiObject;
  };
}

/** Rejects server-side apply like a server without it, and other media types like every server. */
function refused(type: string): StatusError {
  return type.startsWith('application/apply-patch')
    ? unsupportedMediaType(mediaTypes)
    : new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

function apply(
  type: (typeof mediaTypes)[number],
  current: ApiObject,
  patch: unknown,
  schema: string,
): Fields {
  if (type === 'application/json-patch+json') return jsonPatch(current, patch);
  if (!isObject(patch)) throw badRequest('error decoding patch: the patch is not an object');
  if (type === 'application/merge-patch+json') return mergePatch(current, patch) as Fields;
  return strategicMergePatch(current, patch, schemas[schema]!);
}
