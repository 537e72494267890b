import { randomUUID } from 'node:crypto';
import type { Caller } from '../entra/tokens.ts';
import { isDeeperThan, isObject, type JsonObject } from '../http/json.ts';
import { Router } from '../http/router.ts';
import type { Reply, Request, Service } from '../http/service.ts';
import { authenticate } from './authentication.ts';
import { runAuthorized } from './authorized-operations.ts';
import { invalidContent } from './body.ts';
import type { ArmContext } from './context.ts';
import { ArmError, gatewayError } from './errors.ts';
import { invalidResourceType, providerOperation, splitAtProvider } from './provider-operations.ts';
import { sameId } from './resource-id.ts';
import type { ArmCall, ArmOperation, ArmServices } from './route.ts';
import { armRoutes } from './routes.ts';
import { Throttle } from './throttle.ts';

const router = new Router(armRoutes, { ignoreCase: true });

export function createFrontDoor(services: ArmServices): Service {
  const throttle = new Throttle();
  return async request => {
    const headers = commonHeaders(request);
    try {
      const apiVersion = checkApiVersion(request.url.searchParams.get('api-version'));
      const caller = await authenticate(services.context, request);
      Object.assign(headers, throttle.count(caller.objectId, request.method, request.url.pathname));
      const correlationId = headers['x-ms-correlation-request-id']!;
      const reply = await answer(services, request, { apiVersion, caller, correlationId });
      return { ...reply, headers: { ...headers, ...reply.headers } };
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      const reply = error.toReply();
      if (request.method !== 'HEAD') return { ...reply, headers: { ...headers, ...reply.headers } };
      // As recorded: without the body, but with its length.
      const length = { 'content-length': String(Buffer.byteLength(String(reply.body))) };
      return { status: reply.status, headers: { ...headers, ...reply.headers, ...length } };
    }
  };
}

async function answer(
  services: ArmServices,
  request: Request,
  { apiVersion, caller, correlationId }: { apiVersion: string; caller: Caller; correlationId: string },
): Promise<Reply> {
  const { method } = request;
  const path = decodePath(request.url.pathname);
  checkSubscription(services.context, path);

  // Operation addresses cannot be guessed, so a valid token is enough.
  const polled = method === 'GET' ? services.operations.poll(path) : undefined;
  if (polled) return polled;

  const { searchParams: query } = request.url;
  const { operations } = services;
  const body = readBody(request);
  const call: ArmCall = { method, caller, apiVersion, query, body, operations, request };
  return runAuthorized(services, { caller, method, correlationId }, findOperation(services, call, path));
}

function findOperation(services: ArmServices, call: ArmCall, path: string): ArmOperation {
  const { route, parameters, allowed } = router.match(call.method, path);
  if (route) return route.handler({ ...services, call }, parameters);
  if (allowed.length > 0) {
    throw gatewayError(405, 'MethodNotAllowed', `The request method '${call.method}' is not allowed.`);
  }
  const target = splitAtProvider(path);
  const { namespace, segments } = target;
  if (sameId(namespace, 'Microsoft.Insights')) {
    throw invalidResourceType('Microsoft.Insights', segments.join('/'), call.apiVersion);
  }
  if (sameId(namespace, 'Microsoft.Authorization')) {
    throw invalidResourceType('Microsoft.Authorization', segments[0] ?? '', call.apiVersion);
  }
  return providerOperation(services, call, target);
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types */
function checkApiVersion(apiVersion: string | null): string {
  if (!apiVersion) {
    throw gatewayError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (!/^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/i.test(apiVersion)) {
    throw gatewayError(400, 'InvalidApiVersionParameter', `The api-version '${apiVersion}' is invalid.`);
  }
  return apiVersion;
}

function checkSubscription({ subscriptionId }: ArmContext, path: string): void {
  const requested = /^\/subscriptions\/([^/]+)/i.exec(path)?.[1];
  if (requested === undefined || sameId(requested, subscriptionId)) return;
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(requested)) {
    throw gatewayError(
      400,
      'InvalidSubscriptionId',
      `The provided subscription identifier '${requested}' is malformed or invalid.`,
    );
  }
  throw gatewayError(404, 'SubscriptionNotFound', `The subscription '${requested}' could not be found.`);
}

function readBody({ method, body }: Request): JsonObject {
  const isRequired = method === 'PUT' || method === 'PATCH';
  if (!isRequired && (method !== 'POST' || body.length === 0)) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw invalidContent(error instanceof Error ? error.message : String(error));
  }
  // Json.NET's limit, and its words.
  if (isDeeperThan(value, 64)) throw invalidContent("The reader's MaxDepth of 64 has been exceeded.");
  if (!isObject(value)) throw invalidContent('The body must be a JSON object.');
  return value;
}

/** Clients write two leading slashes if a scope begins with one. */
function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname).replace(/^\/+/, '/').replace(/\/+$/, '');
  } catch {
    throw gatewayError(400, 'BadRequest', 'The request URI is malformed.');
  }
}

function commonHeaders({ headers }: Request): Record<string, string> {
  const id = randomUUID();
  const clientId = headers['x-ms-client-request-id'];
  const isEchoed = headers['x-ms-return-client-request-id'] === 'true' && typeof clientId === 'string';
  const correlation = headers['x-ms-correlation-request-id'];
  return {
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': typeof correlation === 'string' ? correlation : id,
    'x-ms-routing-request-id': `EASTUS:${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}:${id}`,
    ...(isEchoed && { 'x-ms-client-request-id': clientId }),
  };
}
