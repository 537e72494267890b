import { type ErrorFormat, mebibyte } from '../../http/error-format.ts';
import type { Reply } from '../../http/service.ts';

export interface Cause {
  /** `FieldValueRequired`, `FieldValueInvalid` … */
  readonly reason: string;
  readonly message: string;
  /** `spec.containers[0].image` */
  readonly field: string;
}

/** The only format of errors of a Kubernetes API server. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Failure' | 'Success';
  message?: string;
  reason?: string;
  details?: { name?: string; group?: string; kind?: string; uid?: string; causes?: readonly Cause[] };
  code?: number;
}

export interface Named {
  readonly group: string;
  readonly plural: string;
}

/** An error as the client receives it. */
export class StatusError extends Error {
  override name = 'StatusError';
  readonly status: Status;

  constructor(code: number, reason: string, message: string, details?: Status['details']) {
    super(message);
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason && { reason }),
      ...(details && { details }),
      code,
    };
  }

  reply(): Reply {
    return {
      status: this.status.code!,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(this.status),
    };
  }
}

/** `pods` or `deployments.apps`. */
export function qualified({ group, plural }: Named): string {
  return group ? `${plural}.${group}` : plural;
}

function of({ group, plural }: Named, name: string): NonNullable<Status['details']> {
  return { name, ...(group && { group }), kind: plural };
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
}

/** @param why text after `is forbidden: ` */
export function forbidden(resource: Named, name: string, why: string): StatusError {
  const subject = name ? `${qualified(resource)} "${name}"` : qualified(resource);
  return new StatusError(403, 'Forbidden', `${subject} is forbidden: ${why}`, of(resource, name));
}

export function notFound(resource: Named, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, of(resource, name));
}

export function noSuchPath(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(): StatusError {
  return new StatusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

export function alreadyExists(resource: Named, name: string): StatusError {
  return new StatusError(
    409,
    'AlreadyExists',
    `${qualified(resource)} "${name}" already exists`,
    of(resource, name),
  );
}

export function conflict(
  resource: Named,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
  return new StatusError(409, 'Conflict', message, of(resource, name));
}

export function expired(message: string): StatusError {
  return new StatusError(410, 'Expired', message);
}

/** @param accepted media types in the server's order */
export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new StatusError(415, 'UnsupportedMediaType', message, {});
}

/** An object with invalid fields. @param kind with its group: `Deployment.apps` */
export function invalid(kind: string, name: string, causes: readonly Cause[]): StatusError {
  const each = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const list = each.length === 1 ? each[0] : `[${each.join(', ')}]`;
  const [bare, ...group] = kind.split('.');
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${list}`, {
    ...(name && { name }),
    ...(group.length > 0 && { group: group.join('.') }),
    ...(bare && { kind: bare }),
    causes,
  });
}

export function internalError(message: string): StatusError {
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ reason: '', message, field: '' }],
  });
}

/** Texts of k8s.io/apimachinery/pkg/util/validation/field. */
export const cause = {
  required(field: string, detail = ''): Cause {
    return { reason: 'FieldValueRequired', message: `Required value${detail && `: ${detail}`}`, field };
  },
  invalid(field: string, value: unknown, detail: string): Cause {
    return { reason: 'FieldValueInvalid', message: `Invalid value: ${shown(value)}: ${detail}`, field };
  },
  unsupported(field: string, value: unknown, supported: readonly string[]): Cause {
    const list = supported.map(each => `"${each}"`).join(', ');
    return {
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${shown(value)}: supported values: ${list}`,
      field,
    };
  },
  duplicate(field: string, value: unknown): Cause {
    return { reason: 'FieldValueDuplicate', message: `Duplicate value: ${shown(value)}`, field };
  },
  notFound(field: string, value: unknown): Cause {
    return { reason: 'FieldValueNotFound', message: `Not found: ${shown(value)}`, field };
  },
  forbidden(field: string, detail: string): Cause {
    return { reason: 'FieldValueForbidden', message: `Forbidden: ${detail}`, field };
  },
  tooLong(field: string, most: number): Cause {
    return {
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${most} bytes`,
      field,
    };
  },
};

function shown(value: unknown): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}

const rejectionReasons = {
  400: 'BadRequest',
  413: 'RequestEntityTooLarge',
  500: 'InternalError',
  501: 'NotImplemented',
} as const;

/** kube-apiserver's limit: twice the limit of etcd. */
export const kubernetesErrorFormat: ErrorFormat = {
  bodyLimit: 3 * mebibyte,
  toReply: ({ status, message }) => {
    const text = status === 413 ? `Request entity too large: limit is ${3 * mebibyte}` : message;
    return new StatusError(status, rejectionReasons[status], text).reply();
  },
};
