import { randomUUID } from 'node:crypto';
import { type ErrorFormat, mebibyte } from '../http/error-format.ts';
import { json, type Reply } from '../http/service.ts';

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly status: number;
  readonly code: string;
  readonly detail: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { detail?: unknown; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = options.detail;
    this.headers = options.headers ?? {};
  }

  toReply(): Reply {
    const { code, message, detail } = this;
    const reply = json(this.status, { errors: [{ code, message, detail }] }, this.headers);
    return { ...reply, body: `${reply.body}\n` };
  }
}

/** For a locked tag. @see https://github.com/Azure/acr-cli/issues/70 */
export function disallowed(): RegistryError {
  return new RegistryError(
    405,
    'REGISTRY_DISALLOWED_OPERATION',
    'The operation is disallowed on this registry, repository or image. View troubleshooting steps at https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation',
    { detail: {} },
  );
}

export interface Missing {
  readonly type: string;
  readonly name: string;
  readonly action: string;
}

/**
 * 401 with a challenge.
 * @param registry host name
 * @param error why the token is not accepted
 */
export function unauthorized(
  registry: string,
  missing?: Missing,
  error?: 'invalid_token' | 'insufficient_scope',
): RegistryError {
  const scope = missing
    ? `,scope="${missing.type}:${encodeURI(missing.name.toWellFormed())}:${missing.action}"`
    : '';
  const visit = 'authentication required, visit https://aka.ms/acr/authorization for more information.';
  return new RegistryError(401, 'UNAUTHORIZED', missing ? `${visit} CorrelationId: ${randomUUID()}` : visit, {
    detail: missing ? [{ Type: missing.type, Name: missing.name, Action: missing.action }] : null,
    headers: {
      'www-authenticate': `Bearer realm="https://${registry}/oauth2/token",service="${registry}"${scope}${error ? `,error="${error}"` : ''}`,
    },
  });
}

export function nameUnknown(name: string): RegistryError {
  return new RegistryError(404, 'NAME_UNKNOWN', 'repository name not known to registry', {
    detail: { name },
  });
}

/** @param reference tag or digest */
export function manifestUnknown(name: string, reference: string): RegistryError {
  return reference.includes(':')
    ? new RegistryError(404, 'MANIFEST_UNKNOWN', `manifest ${reference} is not found`, {
        detail: { Name: name, Revision: reference },
      })
    : new RegistryError(404, 'MANIFEST_UNKNOWN', `manifest tagged by "${reference}" is not found`, {
        detail: { Tag: reference },
      });
}

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
const registryCodes = {
  400: 'UNSUPPORTED',
  413: 'SIZE_INVALID',
  500: 'UNKNOWN',
  501: 'UNSUPPORTED',
} as const;

export const registryErrorFormat: ErrorFormat = {
  bodyLimit: 64 * mebibyte,
  toReply: ({ status, message }) => new RegistryError(status, registryCodes[status], message).toReply(),
};

/** @see https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes */
const blobCodes = {
  400: 'InvalidUri',
  413: 'RequestBodyTooLarge',
  500: 'InternalError',
  501: 'NotImplemented',
} as const;

export const blobErrorFormat: ErrorFormat = {
  bodyLimit: 64 * mebibyte,
  toReply: ({ status, message }) => ({
    status,
    headers: { 'x-ms-error-code': blobCodes[status], 'content-type': 'application/xml' },
    body: `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${blobCodes[status]}</Code><Message>${escapeXml(message)}\nTime:${new Date().toISOString()}</Message></Error>`,
  }),
};

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, character => `&#${character.codePointAt(0)};`);
}
