import { json, type Reply } from './service.ts';

/** Why the service does not answer. */
export interface Rejection {
  /** 400: not a path. 413: body too large. 500: the service threw. 501: protocol upgrade. */
  readonly status: 400 | 413 | 500 | 501;
  readonly message: string;
}

/** Errors of requests that a service never receives. */
export interface ErrorFormat {
  /** Bytes. */
  readonly bodyLimit: number;
  readonly toReply: (rejection: Rejection) => Reply;
}

export const mebibyte = 1024 * 1024;

const azureCodes = {
  400: 'InvalidRequestUri',
  413: 'RequestEntityTooLarge',
  500: 'InternalServerError',
  501: 'NotImplemented',
} as const;

/** `{error: {code, message}}`, as most of Azure. The limit is a guess. */
export const azureErrorFormat: ErrorFormat = {
  bodyLimit: 4 * mebibyte,
  toReply: ({ status, message }) => json(status, { error: { code: azureCodes[status], message } }),
};
