import { json, type Reply } from '../http/service.ts';

/** In Key Vault's wording. */
export class KeyVaultError extends Error {
  override readonly name = 'KeyVaultError';
  readonly status: number;
  readonly code: string;
  /** In `innererror`: `ForbiddenByRbac`. */
  readonly innerCode?: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { innerCode?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.innerCode = options.innerCode;
    this.headers = options.headers ?? {};
  }

  toReply(): Reply {
    const { code, message, innerCode } = this;
    return json(
      this.status,
      { error: { code, message, ...(innerCode && { innererror: { code: innerCode } }) } },
      this.headers,
    );
  }
}

export function badParameter(message: string): KeyVaultError {
  return new KeyVaultError(400, 'BadParameter', message);
}

/** @param id `name` or `name/version` */
export function secretNotFound(id: string): KeyVaultError {
  return new KeyVaultError(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${id} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  );
}

export function deletedSecretNotFound(name: string): KeyVaultError {
  return new KeyVaultError(404, 'SecretNotFound', `Deleted Secret not found: ${name}`);
}

/** @param id URL of the backup's newest version */
export function restoreConflict(id: string): KeyVaultError {
  return new KeyVaultError(
    409,
    'Conflict',
    `There was a conflict restoring the secret '${id}'. This can happen if either: a second secret with the same name was created after the first secret was deleted; thus trying to restore a secret whose name is already in use. To fix this, rename the second secret to something else so that the restore works. The second probable cause of this exception is when multiple operations are performed in parallel against the secret. To avoid this error, perform operations against a secret in a sequential manner.`,
  );
}
