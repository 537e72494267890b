import { isObject } from '../../http/json.ts';
import type { Reply } from '../../http/service.ts';
import type { ApiObject } from './fields.ts';
import { jsonReply } from './replies.ts';
import { isTrue } from './resource-path.ts';
import { type ResourceRequest, selectorOf, tableFormat } from './resource-request.ts';
import { apiVersionOf } from './resources.ts';
import { badRequest, cause, invalid, StatusError } from './status.ts';
import type { Store } from './store.ts';
import { table } from './table/table.ts';
import { watch } from './watch.ts';

/** @throws StatusError 400 for an invalid selector, `limit`, or `continue` */
export function listObjects(store: Store, call: ResourceRequest): Reply {
  const { query, resource, path } = call;
  const selects = selectorOf(query, resource);
  const start = readContinue(query.get('continue'));
  const all = store.list(resource, path.namespace).filter(selects);
  const rest = start ? all.filter(object => keyOf(object) > start.after) : all;
  const asked = query.get('limit') ?? '';
  if (!/^-?\d*$/.test(asked))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(asked)}: invalid syntax`);
  const limit = Number(asked) || rest.length;
  const page = rest.slice(0, limit);
  const version = start?.version ?? store.version;
  const last = page.at(-1);
  const left = rest.length - page.length;
  const metadata = {
    resourceVersion: String(version),
    ...(left > 0 && last && { continue: writeContinue(version, keyOf(last)), remainingItemCount: left }),
  };
  const format = tableFormat(call);
  if (format) return jsonReply(table(resource.kind, page, metadata, format));
  // Items have no kind: the list has it.
  const listed = page.map(({ kind: _, apiVersion: __, ...object }) => object);
  return jsonReply({
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata,
    items: listed,
  });
}

/** @throws StatusError 400 for an invalid selector, 422 or 500 for invalid options */
export function watchObjects(store: Store, call: ResourceRequest, closing: AbortSignal): Reply {
  const { request, query, resource, path } = call;
  const named = path.name ? ({ metadata }: ApiObject) => metadata.name === path.name : () => true;
  const selected = selectorOf(query, resource);
  const resourceVersion = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(resourceVersion)) {
    const why = `strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`;
    throw new StatusError(500, '', `resourceVersion: Invalid value: "${resourceVersion}": ${why}`);
  }
  const sendInitialEvents = isTrue(query, 'sendInitialEvents');
  if (sendInitialEvents && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const why = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    throw invalid('ListOptions.meta.k8s.io', '', [cause.forbidden('resourceVersionMatch', why)]);
  }
  const format = tableFormat(call);
  const body = watch(store, resource, {
    ...(path.namespace && { namespace: path.namespace }),
    selects: object => named(object) && selected(object),
    resourceVersion,
    sendInitialEvents,
    // The default of kube-apiserver is between 30 and 60 minutes.
    timeoutSeconds: Number(query.get('timeoutSeconds')) || 1800 * (1 + Math.random()),
    form: format ?? 'json',
    encode: (object, first) =>
      format
        ? table(resource.kind, [object], { resourceVersion: object.metadata.resourceVersion }, format, first)
        : object,
    signal: request.signal,
    closing,
  });
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Encodes the version of the first page, and the last object listed. */
function writeContinue(version: number, after: string): string {
  return Buffer.from(JSON.stringify({ version, after })).toString('base64url');
}

function readContinue(token: string | null): { version: number; after: string } | undefined {
  if (!token) return undefined;
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (isObject(read) && typeof read.version === 'number' && typeof read.after === 'string') {
      return { version: read.version, after: read.after };
    }
  } catch {
    // Reported below.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}
