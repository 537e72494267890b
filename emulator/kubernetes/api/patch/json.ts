import jsonpatch, { type Operation } from 'fast-json-patch';
import type { Fields } from '../fields.ts';
import { badRequest, StatusError } from '../status.ts';

/**
 * A JSON patch (RFC 6902) applied to an object; neither is changed.
 * @throws StatusError 400 where the patch is not a list of operations, 422 where one of them cannot be applied
 */
export function jsonPatch(object: Fields, patch: unknown): Fields {
  if (!Array.isArray(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    );
  try {
    // The second copy is on purpose: fast-json-patch puts values of the patch into the document as they are.
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
