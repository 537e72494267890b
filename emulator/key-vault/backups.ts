import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { badParameter } from './errors.ts';
import type { Secret } from './secrets.ts';

const [ivBytes, tagBytes] = [12, 16];

/**
 * Valid in every vault of the subscription.
 * @see https://learn.microsoft.com/azure/key-vault/general/backup
 */
export class Backups {
  readonly #key = randomBytes(32);

  /** @returns base64url */
  seal({ name, versions }: Secret): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    const sealed = Buffer.concat([cipher.update(JSON.stringify({ name, versions }), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws KeyVaultError 400 */
  open(blob: unknown): Secret {
    try {
      const bytes = Buffer.from(String(blob), 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, ivBytes));
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
      return JSON.parse(text.toString('utf8')) as Secret;
    } catch {
      throw badParameter('Backup blob contains invalid or corrupt version.');
    }
  }
}
