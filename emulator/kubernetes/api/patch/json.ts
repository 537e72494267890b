import jsonpatch, { type Operation } from 'fast-json-patch';
import type { Fields } from '../fields.ts';
import { badRequest, StatusError } from '../status.ts';

/**
 * Applies a JSON patch (RFC 6902) to a copy.
 * @throws StatusError 400 if the patch is not a list of operations, 422 if an operation fails
 */
export function jsonPatch(object: Fields, patch: unknown): Fields {
  if (!Array.isArray(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    );
  try {
    // The second copy is needed: fast-json-patch inserts values of the patch without copying.
    return jsonpatch.applyPatch<Fields>(structuredClone(object), structuredClone(patch) as Operation[], true)
      .newDocument;
  } catch {
    throw new StatusError(
      422,
      'Invalid',
      'the server rejected our request due to an error in our request',
      {},
    );
  }
}
