import { azureErrorFormat, type ErrorFormat } from '../http/error-format.ts';
import { json, type Reply } from '../http/service.ts';

/** Thrown by handlers; the front door sends it. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly status: number;
  /** `ResourceNotFound`. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Code and message at the top of the body, as AKS, instead of below `error`. */
  readonly flat: boolean;
  /** Such as `innererror` or `details`. */
  readonly further: Readonly<Record<string, unknown>>;

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

  toReply(): Reply {
    const error = { code: this.code, message: this.message, ...this.further };
    return json(this.status, this.flat ? error : { error }, this.headers);
  }
}

/** Marks errors of Resource Manager itself. */
const fromGateway = { 'x-ms-failure-cause': 'gateway' };

/**
 * @param type `Microsoft.KeyVault/vaults`
 * @param name of a nested resource: all names, joined by `/`
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

/** @param parent relative ID: `Microsoft.KeyVault/vaults/x` */
export function parentResourceNotFound(parent: string): ArmError {
  return new ArmError(
    404,
    'ParentResourceNotFound',
    `Failed to perform 'write' on resource(s) of type '${parent.slice(0, parent.lastIndexOf('/'))}', because the parent resource '${parent}' could not be found.`,
    { headers: fromGateway },
  );
}

/** The request did not reach a provider. */
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
