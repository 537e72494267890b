import type { Reply } from '../http/service.ts';
import { locationOf } from './body.ts';
import { type ArmError, gatewayError, parentResourceNotFound, resourceNotFound } from './errors.ts';
import type { ArmRequest, Handler, Resource, ResourceProvider, ResourceType } from './provider.ts';
import { findProvider } from './provider-registrations.ts';
import { beingDeleted } from './resource-groups.ts';
import { sameId } from './resource-id.ts';
import type { ArmCall, ArmOperation, ArmServices } from './route.ts';

/** Split at the last `/providers/`. */
export interface ProviderPath {
  /** `/subscriptions/…/resourceGroups/rg`. */
  readonly scope: string;
  readonly namespace: string;
  readonly segments: readonly string[];
}

/** @throws ArmError 404 */
export function splitAtProvider(path: string): ProviderPath {
  const at = path.toLowerCase().lastIndexOf('/providers/');
  if (at < 0) throw gatewayError(404, 'NotFound', `The path '${path}' could not be found.`);
  const [namespace = '', ...segments] = path.slice(at + '/providers/'.length).split('/');
  return { scope: path.slice(0, at), namespace, segments };
}

/** @throws ArmError 404 for an unknown provider or resource type */
export function providerOperation(
  services: ArmServices,
  call: ArmCall,
  { scope, namespace, segments }: ProviderPath,
): ArmOperation {
  const { groups } = services;
  const provider = findProvider(services.providers, namespace);
  const [, subscriptionId, groupName, deeper] =
    /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?(\/.*)?$/i.exec(scope) ?? [];
  if (!subscriptionId || deeper)
    throw invalidResourceType(provider.namespace, segments.join('/'), call.apiVersion);

  const verb = call.method === 'POST' ? segments.at(-1) : undefined;
  const steps = verb === undefined ? segments : segments.slice(0, -1);
  const names = steps.filter((_, index) => index % 2 === 1);
  const typeName = steps.filter((_, index) => index % 2 === 0).join('/');
  const type = provider.resourceTypes.find(each => sameId(each.name, typeName));
  if (!type) throw invalidResourceType(provider.namespace, typeName, call.apiVersion);
  const action = verb && Object.keys(type.actions ?? {}).find(each => sameId(each, verb));

  const group = groupName === undefined ? undefined : groups.find(groupName);
  const resourceGroup = group?.name ?? groupName;
  const at = resourceGroup === undefined ? '' : `/resourceGroups/${resourceGroup}`;
  const below = interleave(type.name, names);
  const id = {
    subscriptionId,
    resourceGroup,
    provider: provider.namespace,
    type: type.name,
    names,
    text: [`/subscriptions/${subscriptionId}${at}/providers/${provider.namespace}`, ...below].join('/'),
  };
  const fullType = [provider.namespace, type.name].filter(part => part !== '').join('/');
  const request: ArmRequest = { ...call, id, ...(action && { action }) };
  return {
    action: `${fullType}/${verbOf(call.method, action ?? verb)}`,
    scope: id.text,
    run: () => {
      if (groupName !== undefined && !group) groups.get(groupName);
      return callProvider(services, { provider, type, fullType, below }, request);
    },
  };
}

async function callProvider(
  services: ArmServices,
  target: { provider: ResourceProvider; type: ResourceType; fullType: string; below: readonly string[] },
  request: ArmRequest,
): Promise<Reply> {
  const { provider, type, fullType, below } = target;
  const { id, method } = request;
  const found = provider.resources().find(resource => sameId(resource.id, id.text));
  const handler = handlerOf(type, request);
  if (!handler) throw gatewayError(405, 'MethodNotAllowed', `The request method '${method}' is not allowed.`);
  if (method === 'PUT') services.registrations.require(provider.namespace);
  checkParents(provider, id.text, below);
  if (type.tracked && id.names.length === type.name.split('/').length) {
    if (method === 'PUT') return handler(checkWrite(services, request, fullType, found));
    if (!found && method === 'DELETE') return { status: 204 };
    if (!found) throw resourceNotFound(fullType, id.names.join('/'), id.resourceGroup ?? '');
  }
  const reply = await handler(request);
  if (method === 'DELETE' && reply.status === 200) services.context.authorization.removeBelow(id.text);
  return method === 'HEAD' ? { status: 204 } : reply;
}

const verbs: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'delete',
};

/**
 * `read`, `write`, `delete`, or `start/action`.
 * @param action verb of a POST
 */
export function verbOf(method: string, action?: string): string {
  return verbs[method] ?? `${action}/action`;
}

function handlerOf(type: ResourceType, { method, id, action }: ArmRequest): Handler | undefined {
  const isCollection = type.name === '' || id.names.length < type.name.split('/').length;
  if (method === 'POST') return action === undefined ? undefined : type.actions?.[action];
  if (isCollection) return method === 'GET' ? type.list : undefined;
  return { GET: type.get, HEAD: type.get, PUT: type.put, PATCH: type.patch, DELETE: type.delete }[method];
}

/** `registries/runs`, [`r`, `cf1`] → [`registries`, `r`, `runs`, `cf1`]. */
function interleave(type: string, names: readonly string[]): string[] {
  if (type === '') return [];
  return type.split('/').flatMap((step, index) => (index < names.length ? [step, names[index]!] : [step]));
}

/** @throws ArmError 404 for a missing tracked parent */
function checkParents(provider: ResourceProvider, id: string, below: readonly string[]): void {
  const prefix = id.slice(0, id.length - below.join('/').length);
  for (let length = 2; length < below.length; length += 2) {
    const typeName = below.filter((_, index) => index < length && index % 2 === 0).join('/');
    if (!provider.resourceTypes.find(type => type.name === typeName)?.tracked) continue;
    const parent = below.slice(0, length).join('/');
    if (!provider.resources().some(resource => sameId(resource.id, `${prefix}${parent}`))) {
      throw parentResourceNotFound(`${provider.namespace}/${parent}`);
    }
  }
}

function checkWrite(
  { context, groups }: ArmServices,
  request: ArmRequest,
  type: string,
  found: Resource | undefined,
): ArmRequest {
  const { resourceGroup, names } = request.id;
  if (resourceGroup && groups.find(resourceGroup)?.provisioningState === 'Deleting')
    throw beingDeleted(resourceGroup);
  const location = locationOf(context.cloud, request.body, type);
  if (found && found.location !== location) {
    throw gatewayError(
      409,
      'InvalidResourceLocation',
      `The resource '${names.join('/')}' already exists in location '${found.location}' in resource group '${resourceGroup}'. A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
    );
  }
  return { ...request, body: { ...request.body, location } };
}

export function invalidResourceType(namespace: string, type: string, apiVersion: string): ArmError {
  return gatewayError(
    404,
    'InvalidResourceType',
    `The resource type '${type}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'.`,
  );
}
