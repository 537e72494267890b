import type { ApiObject, Fields } from '../fields.ts';
import { columnsOf } from './columns.ts';

/** What a row includes. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/**
 * Objects of one kind as a `meta.k8s.io/v1` Table, which `kubectl get` prints.
 * @param metadata of the list or the object
 * @param definitions include the column definitions; later events of a watch omit them
 */
export function table(
  kind: string,
  objects: readonly ApiObject[],
  metadata: Fields,
  includeObject: IncludeObject,
  definitions = true,
): Fields {
  const columns = columnsOf(kind);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: definitions
      ? columns.map(({ name, type, priority }) => ({
          name,
          type,
          format: name === 'Name' ? 'name' : '',
          description: '',
          priority,
        }))
      : null,
    rows: objects.map(object => ({
      cells: columns.map(({ cell }) => cell(object)),
      ...behind(object, includeObject),
    })),
  };
}

function behind(object: ApiObject, includeObject: IncludeObject): Fields {
  if (includeObject === 'None') return {};
  if (includeObject === 'Object') return { object };
  return {
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
  };
}
