import type { Caller } from '../entra/tokens.ts';
import type { JsonObject } from '../http/json.ts';
import type { Reply, Request } from '../http/service.ts';
import type { Operations } from './operations.ts';
import type { ResourceId } from './resource-id.ts';

/** A request that the front door has let through: caller known and allowed, id taken apart, body read. */
export interface ArmRequest {
  readonly method: string;
  readonly caller: Caller;
  /** Provider and type in the provider's own spelling, the resource group in the spelling it was created with. */
  readonly id: ResourceId;
  /** The verb of a POST in the provider's own spelling: `listBuildSourceUploadUrl`. */
  readonly action?: string;
  readonly apiVersion: string;
  readonly query: URLSearchParams;
  /** The body; an empty object where there is none. PUT and PATCH always have one. */
  readonly body: JsonObject;
  /** Where a long operation is started. */
  readonly operations: Operations;
  /** The request itself, for headers. */
  readonly request: Request;
}

/** Answers a request. What Azure refuses is thrown as an `ArmError`. */
export type Handler = (request: ArmRequest) => Reply | Promise<Reply>;

/**
 * What a provider does with one of its resource types. A method that is missing here is refused with 405.
 *
 * The caller needs `{namespace}/{type}/read` for get and list, `…/write` for put and patch, `…/delete` for delete
 * and `…/{verb}/action` for an action, on the resource; the front door sees to it.
 */
export interface ResourceType {
  /** `vaults`, `registries/runs`, `locations/deletedVaults`; empty for the provider itself (`checkNameAvailability`). */
  readonly name: string;
  /** True for what `resources()` lists. Its PUT is checked for a known location before the handler is called. */
  readonly tracked?: boolean;
  readonly get?: Handler;
  /** GET of the collection: in a resource group, or in the whole subscription where `id.resourceGroup` is missing. */
  readonly list?: Handler;
  readonly put?: Handler;
  readonly patch?: Handler;
  readonly delete?: Handler;
  /** POST of a verb below a resource, or below the collection; keyed by the verb. */
  readonly actions?: Readonly<Record<string, Handler>>;
}

/** A resource as the provider's GET shows it. */
export interface Resource {
  /** The whole ARM id. */
  readonly id: string;
  readonly name: string;
  /** With the namespace: `Microsoft.KeyVault/vaults`. */
  readonly type: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

/**
 * A resource provider. The front door (front-door.ts) answers for it what Resource Manager answers itself:
 * - a missing resource group: `ResourceGroupNotFound`;
 * - GET, PATCH or POST on a tracked resource that `resources()` does not list: `ResourceNotFound`; DELETE: 204;
 * - anything below a tracked resource that is missing: `ParentResourceNotFound`;
 * - the addresses of long operations that were made with `request.operations`.
 */
export interface ResourceProvider {
  /** `Microsoft.KeyVault`. */
  readonly namespace: string;
  readonly resourceTypes: readonly ResourceType[];
  /** Every tracked resource there is now, in every resource group. */
  resources(): readonly Resource[];
  /**
   * Takes a tracked resource away because its resource group is being deleted, as its own DELETE would
   * (a cluster stops, a vault becomes soft-deleted). Resolves when it is gone.
   */
  remove(resource: Resource): void | Promise<void>;
}
