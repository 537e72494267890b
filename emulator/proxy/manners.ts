import { EntraError } from '../entra/errors.ts';
import { json, type Reply } from '../http/service.ts';
import { StatusError } from '../kubernetes/api/status.ts';
import { RegistryError } from '../registry/errors.ts';

/** What is answered for a service that never sees the request, or broke over it. */
export interface Refusal {
  /** 400: the target is no path; 413: the body is over the limit; 500: a defect; 501: an upgrade. */
  readonly status: 400 | 413 | 500 | 501;
  readonly message: string;
}

/** How the errors of a service look, and how much it reads. */
export interface Manner {
  /** The largest body that is read, in bytes. */
  readonly bodyLimit: number;
  readonly refuse: (refusal: Refusal) => Reply;
}

const mebibyte = 1024 * 1024;

/** Of `{error: {code, message}}`: what most of Azure's services answer with. */
const azureCodes = {
  400: 'InvalidRequestUri',
  413: 'RequestEntityTooLarge',
  500: 'InternalServerError',
  501: 'NotImplemented',
} as const;

const azure: Manner = {
  bodyLimit: 4 * mebibyte,
  refuse: ({ status, message }) => json(status, { error: { code: azureCodes[status], message } }),
};

/** @see https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes */
const blobCodes = {
  400: 'InvalidUri',
  413: 'RequestBodyTooLarge',
  500: 'InternalError',
  501: 'NotImplemented',
} as const;

/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
const registryCodes = {
  400: 'UNSUPPORTED',
  413: 'SIZE_INVALID',
  500: 'UNKNOWN',
  501: 'UNSUPPORTED',
} as const;

const kubernetesReasons = {
  400: 'BadRequest',
  413: 'RequestEntityTooLarge',
  500: 'InternalError',
  501: 'NotImplemented',
} as const;

/** The manners of the emulated services. The limits of Key Vault, Entra and Graph are guesses, like the wording of most. */
export const manners = {
  azure,
  /** @see https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits */
  resourceManager: {
    bodyLimit: 4 * mebibyte,
    refuse: refusal =>
      refusal.status === 413
        ? json(413, {
            error: {
              code: 'RequestContentTooLarge',
              message: 'The request content size exceeds the maximum size of 4 MB.',
            },
          })
        : azure.refuse(refusal),
  },
  entra: {
    bodyLimit: mebibyte,
    refuse: ({ status, message }) =>
      status === 500
        ? new EntraError(90033, status, 'temporarily_unavailable', message).toReply()
        : new EntraError(
            90013,
            status,
            'invalid_request',
            `Invalid input received from the user. ${message}`,
          ).toReply(),
  },
  registry: {
    bodyLimit: 64 * mebibyte,
    refuse: ({ status, message }) => new RegistryError(status, registryCodes[status], message).toReply(),
  },
  blob: {
    bodyLimit: 64 * mebibyte,
    refuse: ({ status, message }) => ({
      status,
      headers: { 'x-ms-error-code': blobCodes[status], 'content-type': 'application/xml' },
      body: `\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>${blobCodes[status]}</Code><Message>${escaped(message)}\nTime:${new Date().toISOString()}</Message></Error>`,
    }),
  },
  /** The limit is kube-apiserver's: twice what etcd takes. */
  kubernetes: {
    bodyLimit: 3 * mebibyte,
    refuse: ({ status, message }) => {
      const said = status === 413 ? `Request entity too large: limit is ${3 * mebibyte}` : message;
      return new StatusError(status, kubernetesReasons[status], said).reply();
    },
  },
  github: {
    bodyLimit: mebibyte,
    refuse: ({ status, message }) => json(status, { message }),
  },
  control: {
    bodyLimit: mebibyte,
    refuse: ({ status, message }) => json(status, { error: message }),
  },
} as const satisfies Record<string, Manner>;

function escaped(text: string): string {
  return text.replace(/[&<>]/g, character => `&#${character.codePointAt(0)};`);
}
