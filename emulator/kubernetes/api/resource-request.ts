import type { Reply, Request } from '../../http/service.ts';
import type { User } from './authorization.ts';
import { parseJsonText } from './body.ts';
import { type ApiObject, type Fields, fields } from './fields.ts';
import type { ChangeOptions } from './object-lifecycle.ts';
import { jsonReply } from './replies.ts';
import type { ResourcePath } from './resource-path.ts';
import type { Resource, Verb } from './resources.ts';
import { parseFieldSelector, parseLabelSelector, type Selector } from './selectors.ts';
import { cause, invalid } from './status.ts';
import { type IncludeObject, table } from './table/table.ts';

/** A request for a resource, parsed and authorized. */
export interface ResourceRequest {
  readonly request: Request;
  readonly query: URLSearchParams;
  readonly user: User;
  readonly resource: Resource;
  readonly path: ResourcePath;
  readonly verb: Verb;
  readonly change: ChangeOptions;
}

/** @throws StatusError 422 for a value other than `All` */
export function isDryRun(query: URLSearchParams, verb: Verb): boolean {
  const asked = query.getAll('dryRun');
  if (asked.some(each => each !== 'All')) {
    const options = { create: 'Create', update: 'Update', patch: 'Patch' }[verb as string] ?? 'Delete';
    throw invalid(`${options}Options.meta.k8s.io`, '', [cause.unsupported('dryRun', asked, ['All'])]);
  }
  return asked.length > 0;
}

export function selectorOf(query: URLSearchParams, resource: Resource): Selector {
  const byLabel = parseLabelSelector(query.get('labelSelector') ?? '');
  const byField = parseFieldSelector(query.get('fieldSelector') ?? '', resource);
  return object => byLabel(object) && byField(object);
}

/** What the rows of a table include, or `undefined` if the client does not accept a table. */
export function tableFormat({ request, query }: ResourceRequest): IncludeObject | undefined {
  const accepted = (request.headers.accept ?? '').split(',').map(each => each.replaceAll(' ', ''));
  const first = accepted.find(each => each.startsWith('application/json') || each === '*/*');
  if (!first?.includes('as=Table') || !first.includes('g=meta.k8s.io')) return undefined;
  const include = query.get('includeObject');
  return include === 'None' || include === 'Object' ? include : 'Metadata';
}

export function deleteBody(request: Request): Fields {
  return request.body.length > 0 ? fields(parseJsonText(request.body.toString('utf8'))) : {};
}

/** One object, as JSON or as a table of one row. */
export function objectReply(call: ResourceRequest, object: ApiObject): Reply {
  const format = tableFormat(call);
  if (!format) return jsonReply(object);
  const { resourceVersion } = object.metadata;
  return jsonReply(table(call.resource.kind, [object], { resourceVersion }, format));
}
