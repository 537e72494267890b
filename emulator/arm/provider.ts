import type { Caller } from '../entra/tokens.ts';
import type { JsonObject } from '../http/json.ts';
import type { Reply, Request } from '../http/service.ts';
import type { Operations } from './operations.ts';
import type { ResourceId } from './resource-id.ts';

/** The caller is authorized. */
export interface ArmRequest {
  readonly method: string;
  readonly caller: Caller;
  /** Provider and type in the provider's spelling; the group in its first spelling. */
  readonly id: ResourceId;
  /** Verb of a POST, in the provider's spelling. */
  readonly action?: string;
  readonly apiVersion: string;
  readonly query: URLSearchParams;
  /** Empty without a body. PUT and PATCH always have one. */
  readonly body: JsonObject;
  readonly operations: Operations;
  readonly request: Request;
}

/** @throws ArmError for what Azure rejects */
export type Handler = (request: ArmRequest) => Reply | Promise<Reply>;

/**
 * A missing method is a 405. The front door requires `{namespace}/{type}/read` for get and list, `…/write` for put and
 * patch, `…/delete` for delete, and `…/{verb}/action` for an action.
 */
export interface ResourceType {
  /** `vaults`, `registries/runs`. Empty for the provider (`checkNameAvailability`). */
  readonly name: string;
  /** `resources()` lists it. The front door checks the location of a PUT. */
  readonly tracked?: boolean;
  readonly get?: Handler;
  /** In a resource group or, without `id.resourceGroup`, in the subscription. */
  readonly list?: Handler;
  readonly put?: Handler;
  readonly patch?: Handler;
  readonly delete?: Handler;
  /** By verb. */
  readonly actions?: Readonly<Record<string, Handler>>;
}

/** As in the response to GET. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  /** `Microsoft.KeyVault/vaults`. */
  readonly type: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

/**
 * The front door itself answers for:
 * - a missing resource group: `ResourceGroupNotFound`;
 * - a tracked resource that `resources()` does not list: `ResourceNotFound`; DELETE: 204;
 * - a missing tracked parent: `ParentResourceNotFound`;
 * - addresses of `request.operations`.
 */
export interface ResourceProvider {
  /** `Microsoft.KeyVault`. */
  readonly namespace: string;
  readonly resourceTypes: readonly ResourceType[];
  resources(): readonly Resource[];
  /** Deletes a resource with its group, as its own DELETE would: a vault is soft-deleted. */
  remove(resource: Resource): void | Promise<void>;
}
