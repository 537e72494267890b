import type { Caller } from '../entra/tokens.ts';
import type { JsonObject } from '../http/json.ts';
import type { Reply, Request } from '../http/service.ts';
import type { Operations } from './operations.ts';
import type { ResourceId } from './resource-id.ts';

/** A request whose caller is authorized. */
export interface ArmRequest {
  readonly method: string;
  readonly caller: Caller;
  /** Provider and type in the provider's spelling; the resource group in its first spelling. */
  readonly id: ResourceId;
  /** The verb of a POST, in the provider's spelling: `listBuildSourceUploadUrl`. */
  readonly action?: string;
  readonly apiVersion: string;
  readonly query: URLSearchParams;
  /** An empty object if the request has no body. PUT and PATCH always have one. */
  readonly body: JsonObject;
  readonly operations: Operations;
  /** For headers. */
  readonly request: Request;
}

/** @throws ArmError for what Azure rejects */
export type Handler = (request: ArmRequest) => Reply | Promise<Reply>;

/**
 * The handlers of one resource type. The front door answers a missing method with 405.
 *
 * The caller needs `{namespace}/{type}/read` for get and list, `…/write` for put and patch, `…/delete` for delete,
 * and `…/{verb}/action` for an action. The front door checks it.
 */
export interface ResourceType {
  /**
   * `vaults`, `registries/runs`, `locations/deletedVaults`. Empty for the provider itself (`checkNameAvailability`).
   */
  readonly name: string;
  /** `resources()` lists this type. The front door checks the location of a PUT. */
  readonly tracked?: boolean;
  readonly get?: Handler;
  /** GET of the collection, in a resource group or (without `id.resourceGroup`) in the subscription. */
  readonly list?: Handler;
  readonly put?: Handler;
  readonly patch?: Handler;
  readonly delete?: Handler;
  /** POST, by verb. */
  readonly actions?: Readonly<Record<string, Handler>>;
}

/** A resource, as in the response to GET. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  /** With the namespace: `Microsoft.KeyVault/vaults`. */
  readonly type: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

/**
 * A resource provider. The front door answers for it:
 * - a missing resource group: `ResourceGroupNotFound`;
 * - GET, PATCH, or POST of a tracked resource that `resources()` does not list: `ResourceNotFound`; DELETE: 204;
 * - a request below a missing tracked resource: `ParentResourceNotFound`;
 * - the addresses of operations that `request.operations` started.
 */
export interface ResourceProvider {
  /** `Microsoft.KeyVault`. */
  readonly namespace: string;
  readonly resourceTypes: readonly ResourceType[];
  /** All tracked resources. */
  resources(): readonly Resource[];
  /**
   * Deletes a tracked resource with its resource group, as its own DELETE would: a cluster stops, a vault is
   * soft-deleted.
   */
  remove(resource: Resource): void | Promise<void>;
}
