interface Earlier<Key> {
  readonly key: Key;
  /** Milliseconds since the epoch. */
  readonly validUntil: number;
}

/**
 * The signing keys of an issuer: one signs; the one before it is still published for a while after a rotation, so that
 * what it signed stays good. A second rotation ends it at once, as AKS documents for its issuers.
 * @see https://learn.microsoft.com/azure/aks/use-oidc-issuer#rotate-the-oidc-key
 */
export class KeyRing<Key> {
  #current: Key;
  #earlier: Earlier<Key> | undefined;

  constructor(first: Key) {
    this.#current = first;
  }

  /** The key that signs. */
  get current(): Key {
    return this.#current;
  }

  /** The keys that verify at this moment, the current one first. */
  get valid(): Key[] {
    const { key, validUntil = 0 } = this.#earlier ?? {};
    return key !== undefined && validUntil > Date.now() ? [this.#current, key] : [this.#current];
  }

  /**
   * Lets another key sign from now on.
   * @param next the key that signs
   * @param seconds how long the one before it still verifies; a day where it is missing, as with AKS
   */
  rotate(next: Key, seconds = 86_400): void {
    this.#earlier = { key: this.#current, validUntil: Date.now() + seconds * 1000 };
    this.#current = next;
  }
}
