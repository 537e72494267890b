import { azureErrorFormat, type ErrorFormat } from '../http/error-format.ts';
import { json, type Reply } from '../http/service.ts';

/** An answer that is an error: thrown by a provider, written as Azure writes it by the front door. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly status: number;
  /** Azure's error code: `ResourceNotFound`. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** True for providers (AKS) that put code and message at the top of the body, without `error` around them. */
  readonly flat: boolean;
  /** Further members beside code and message. */
  readonly further: Readonly<Record<string, unknown>>;

  /**
   * @param status HTTP status code
   * @param code Azure's error code
   * @param message Azure's words
   * @param options further headers, further members of the body (`innererror`, `details`), `flat` for AKS's form
   */
  constructor(
    status: number,
    code: string,
    message: string,
    options: {
      headers?: Record<string, string>;
      further?: Record<string, unknown>;
      flat?: boolean;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? {};
    this.further = options.further ?? {};
    this.flat = options.flat ?? false;
  }

  /** The error as an answer. */
  toReply(): Reply {
    const error = { code: this.code, message: this.message, ...this.further };
    return json(this.status, this.flat ? error : { error }, this.headers);
  }
}

/** Errors that Resource Manager itself makes, and not the provider behind it, say so in this header. */
const fromGateway = { 'x-ms-failure-cause': 'gateway' };

/**
 * 404 as Resource Manager words it.
 * @param type with its namespace: `Microsoft.KeyVault/vaults`
 * @param name the resource's name; names of nested resources joined by `/`
 */
export function resourceNotFound(type: string, name: string, resourceGroup: string): ArmError {
  return new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    { headers: fromGateway },
  );
}

export function resourceGroupNotFound(name: string): ArmError {
  return new ArmError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`, {
    headers: fromGateway,
  });
}

/** @param parent relative id of the parent that is missing: `Microsoft.KeyVault/vaults/x` */
export function parentResourceNotFound(parent: string): ArmError {
  return new ArmError(
    404,
    'ParentResourceNotFound',
    `Failed to perform 'write' on resource(s) of type '${parent.slice(0, parent.lastIndexOf('/'))}', because the parent resource '${parent}' could not be found.`,
    { headers: fromGateway },
  );
}

/** An error of the gateway: the request never reached a provider. */
export function gatewayError(status: number, code: string, message: string): ArmError {
  return new ArmError(status, code, message, { headers: fromGateway });
}

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits */
export const armErrorFormat: ErrorFormat = {
  bodyLimit: azureErrorFormat.bodyLimit,
  toReply: rejection =>
    rejection.status === 413
      ? new ArmError(
          413,
          'RequestContentTooLarge',
          'The request content size exceeds the maximum size of 4 MB.',
        ).toReply()
      : azureErrorFormat.toReply(rejection),
};
