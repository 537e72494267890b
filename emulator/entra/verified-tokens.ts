import { hash } from 'node:crypto';
import type { JWTPayload } from 'jose';

/** How many tokens are remembered. */
const most = 1000;

/** A token whose signature and claims were found right once. */
interface Verified {
  readonly payload: JWTPayload;
  /** Of the key that signed it. */
  readonly kid: string;
}

/**
 * Tokens that were verified before. A client sends the same one for hours, and to check its signature again costs more
 * than all else that is done for a request. What may change in the meantime is checked each time: time, audience, and
 * whether the key is still one of the tenant's.
 */
export class VerifiedTokens {
  /** By the SHA-256 of the token: oldest first. */
  readonly #tokens = new Map<string, Verified>();

  add(token: string, verified: Verified): void {
    this.#tokens.set(hash('sha256', token, 'base64'), verified);
    if (this.#tokens.size > most) this.#tokens.delete(this.#tokens.keys().next().value!);
  }

  /**
   * The claims of a token that is known and still good.
   * @param kids of the keys that are valid now
   * @returns `undefined` where it has to be looked at as a whole, which also says why it is refused
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
