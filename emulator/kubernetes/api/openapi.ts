import { createHash } from 'node:crypto';
import type { Fields } from './fields.ts';
import { apiVersionOf, isStored, type Resource, resources, type Verb } from './resources.ts';
import { reference, type Schema, schemaName, schemas } from './schemas.ts';

/**
 * `/openapi/v2` as a protobuf Document with a version and an `info` only. kubectl requests it on every update, but
 * validates by `/openapi/v3`.
 */
export const openApiV2 = Buffer.from('0a03322e3012060a01781201314200' + '4a00', 'hex');
export const openApiV2MediaType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

interface Document {
  readonly body: string;
  /** SHA-512 of the body in upper case. Clients cache a document by it. */
  readonly hash: string;
}

const documents = new Map<string, Document>();

/** `/openapi/v3` */
export function openApiIndex(): Fields {
  const versions = [...new Set(resources.map(apiVersionOf))];
  return {
    paths: Object.fromEntries(
      versions.map(version => {
        const path = prefixOf(version);
        return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${openApiDocument(version)!.hash}` }];
      }),
    ),
  };
}

/** `/openapi/v3/api/v1` and the like */
export function openApiDocument(apiVersion: string): Document | undefined {
  const made = documents.get(apiVersion);
  if (made) return made;
  const found = resources.filter(each => apiVersionOf(each) === apiVersion);
  if (found.length === 0) return undefined;
  const body = JSON.stringify({
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.assign({}, ...found.map(paths)),
    components: { schemas: reachable(found) },
  });
  const document = { body, hash: createHash('sha512').update(body).digest('hex').toUpperCase() };
  documents.set(apiVersion, document);
  return document;
}

function prefixOf(apiVersion: string): string {
  return apiVersion === 'v1' ? 'api/v1' : `apis/${apiVersion}`;
}

/** The paths of a resource. kubectl checks whether PATCH has `fieldValidation`. */
function paths(resource: Resource): Fields {
  const { group, version, kind, plural, namespaced, verbs } = resource;
  const base = `/${prefixOf(apiVersionOf(resource))}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}`;
  const schema = { $ref: `#/components/schemas/${schemaName(apiVersionOf(resource), kind)}` };
  const content = { 'application/json': { schema } };
  const query = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
  const operation = (verb: Verb, action: string) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: ['create', 'patch', 'update'].includes(verb)
      ? ['dryRun', 'fieldManager', 'fieldValidation'].map(query)
      : [],
    responses: { 200: { description: 'OK', content } },
  });
  const among = (methods: [string, Verb, string][]) =>
    Object.fromEntries(
      methods
        .filter(([, verb]) => verbs.includes(verb))
        .map(([method, verb, action]) => [method, operation(verb, action)]),
    );
  return {
    [base]: among([
      ['get', 'list', 'list'],
      ['post', 'create', 'post'],
      ['delete', 'deletecollection', 'deletecollection'],
    ]),
    ...(isStored(resource) && {
      [`${base}/{name}`]: among([
        ['get', 'get', 'get'],
        ['put', 'update', 'put'],
        ['patch', 'patch', 'patch'],
        ['delete', 'delete', 'delete'],
      ]),
    }),
  };
}

/** Schemas of the resources, with all references. */
function reachable(found: readonly Resource[]): Record<string, Schema> {
  const result: Record<string, Schema> = {};
  const visit = (schema: Schema) => {
    const name = reference(schema);
    if (name && !result[name]) {
      result[name] = schemas[name]!;
      visit(schemas[name]!);
    }
    for (const each of Object.values(schema.properties ?? {})) visit(each);
    if (schema.items) visit(schema.items);
    if (schema.additionalProperties) visit(schema.additionalProperties);
  };
  for (const each of found)
    visit({ $ref: `#/components/schemas/${schemaName(apiVersionOf(each), each.kind)}` });
  for (const { subresources = [] } of found) {
    for (const { kind } of subresources) {
      const name = kind && schemaName(apiVersionOf(kind), kind.kind);
      if (name) visit({ $ref: `#/components/schemas/${name}` });
    }
  }
  return result;
}
