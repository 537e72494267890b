import { json, type Reply } from './service.ts';

/** Why the server answers a request itself: the service must not receive it, or failed. */
export interface Rejection {
  /** 400: the target is not a path. 413: the body exceeds the limit. 500: the service threw. 501: protocol upgrade. */
  readonly status: 400 | 413 | 500 | 501;
  readonly message: string;
}

/** How a service writes the errors of requests that it never receives. Each service exports its own. */
export interface ErrorFormat {
  /** Largest request body, in bytes. */
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

/** `{error: {code, message}}`, as most services of Azure write it. The limit is a guess. */
export const azureErrorFormat: ErrorFormat = {
  bodyLimit: 4 * mebibyte,
  toReply: ({ status, message }) => json(status, { error: { code: azureCodes[status], message } }),
};
