import { hash } from 'node:crypto';
import type { JWTPayload } from 'jose';

const maxTokens = 1000;

interface Verified {
  readonly payload: JWTPayload;
  readonly kid: string;
}

/**
 * Checking a signature is the most expensive part of a request, and clients send a token for hours. Every lookup checks
 * what can change: time, audience, and valid keys.
 */
export class VerifiedTokens {
  /** By SHA-256 of the token, oldest first. */
  readonly #tokens = new Map<string, Verified>();

  add(token: string, verified: Verified): void {
    this.#tokens.set(hash('sha256', token, 'base64'), verified);
    if (this.#tokens.size > maxTokens) this.#tokens.delete(this.#tokens.keys().next().value!);
  }

  /**
   * @param kids of the valid keys
   * @returns `undefined` if the token needs a complete verification
   */
  find(token: string, audiences: readonly string[], kids: readonly string[]): JWTPayload | undefined {
    const known = this.#tokens.get(hash('sha256', token, 'base64'));
    if (known === undefined) return undefined;
    const { aud, nbf = Number.POSITIVE_INFINITY, exp = 0 } = known.payload;
    const now = Math.floor(Date.now() / 1000);
    const good =
      nbf <= now &&
      exp > now &&
      typeof aud === 'string' &&
      audiences.includes(aud) &&
      kids.includes(known.kid);
    return good ? known.payload : undefined;
  }
}
