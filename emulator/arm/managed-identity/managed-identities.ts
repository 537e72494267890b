import { randomUUID } from 'node:crypto';
import type { ServicePrincipal } from '../../entra/directory.ts';
import type { JsonObject } from '../../http/json.ts';
import { json, type Reply } from '../../http/service.ts';
import { tagsOf } from '../body.ts';
import type { ArmContext } from '../context.ts';
import { ArmError } from '../errors.ts';
import type { ArmRequest, Resource, ResourceProvider, ResourceType } from '../provider.ts';
import { IdMap, isWithin } from '../resource-id.ts';
import { FederatedCredentials } from './federated-credentials.ts';
import type { UserAssignedIdentity } from './identity.ts';

export class ManagedIdentities implements ResourceProvider {
  readonly namespace = 'Microsoft.ManagedIdentity';
  readonly resourceTypes: readonly ResourceType[];
  readonly #context: ArmContext;
  readonly #identities = new IdMap<UserAssignedIdentity>();

  constructor(context: ArmContext) {
    this.#context = context;
    const credentials = new FederatedCredentials(context, id => this.#identities.get(id));
    this.resourceTypes = [
      {
        name: 'userAssignedIdentities',
        tracked: true,
        get: request => json(200, identityBody(this.#get(request), this.#context.tenantId)),
        list: request => this.#list(request),
        put: request => this.#put(request),
        patch: request => this.#patch(request),
        delete: request => {
          this.#remove(this.#get(request));
          return { status: 200 };
        },
      },
      credentials.resourceType,
    ];
  }

  resources(): readonly Resource[] {
    return this.#identities.values().map(identity => identityBody(identity, this.#context.tenantId));
  }

  remove({ id }: Resource): void {
    const identity = this.#identities.get(id);
    if (identity) this.#remove(identity);
  }

  /** Without a request. The resource group must exist. */
  create(options: {
    resourceGroup: string;
    name: string;
    location: string;
    tags?: Readonly<Record<string, string>>;
  }): UserAssignedIdentity {
    const { resourceGroup, name, location, tags = {} } = options;
    const id = `/subscriptions/${this.#context.subscriptionId}/resourcegroups/${resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
    const principal = this.#context.directory.add<ServicePrincipal>({
      kind: 'ManagedIdentity',
      objectId: randomUUID(),
      clientId: randomUUID(),
      displayName: name,
      resourceId: id,
      federatedCredentials: [],
    });
    return this.#identities.set(id, { id, name, location, tags, principal });
  }

  /** The front door checked that it exists. */
  #get({ id }: ArmRequest): UserAssignedIdentity {
    return this.#identities.get(id.text)!;
  }

  #list({ id }: ArmRequest): Reply {
    const scope = `/subscriptions/${id.subscriptionId}${id.resourceGroup ? `/resourceGroups/${id.resourceGroup}` : ''}`;
    return json(200, { value: this.resources().filter(resource => isWithin(resource.id, scope)) });
  }

  #put({ id, body }: ArmRequest): Reply {
    const existing = this.#identities.get(id.text);
    if (existing) return this.#change(existing, body);
    const name = id.names[0]!;
    checkName(name);
    const identity = this.create({
      resourceGroup: id.resourceGroup!,
      name,
      location: String(body.location),
      tags: tagsOf(body),
    });
    return json(201, identityBody(identity, this.#context.tenantId), { location: encodeURI(identity.id) });
  }

  #patch(request: ArmRequest): Reply {
    return this.#change(this.#get(request), request.body);
  }

  #change(existing: UserAssignedIdentity, body: JsonObject): Reply {
    const tags = 'tags' in body ? tagsOf(body) : existing.tags;
    const changed = this.#identities.set(existing.id, { ...existing, tags });
    return json(200, identityBody(changed, this.#context.tenantId));
  }

  #remove({ id, principal }: UserAssignedIdentity): void {
    this.#identities.delete(id);
    this.#context.directory.remove(principal.objectId);
  }
}

function identityBody(
  { id, name, location, tags, principal }: UserAssignedIdentity,
  tenantId: string,
): Resource {
  return {
    location,
    tags,
    id,
    name,
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    properties: { tenantId, principalId: principal.objectId, clientId: principal.clientId },
  };
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftmanagedidentity */
function checkName(name: string): void {
  if (/^[a-z\d][\w-]{2,127}$/i.test(name)) return;
  throw new ArmError(400, 'BadRequest', `The resource name '${name}' is invalid.`);
}
