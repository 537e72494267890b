interface Earlier<Key> {
  readonly key: Key;
  /** Milliseconds since the epoch. */
  readonly validUntil: number;
}

/**
 * After a rotation, the earlier key stays valid for some time. A second rotation removes it immediately, as AKS
 * documents.
 * @see https://learn.microsoft.com/azure/aks/use-oidc-issuer#rotate-the-oidc-key
 */
export class KeyRing<Key> {
  #current: Key;
  #earlier: Earlier<Key> | undefined;

  constructor(first: Key) {
    this.#current = first;
  }

  get current(): Key {
    return this.#current;
  }

  /** The current one first. */
  get valid(): Key[] {
    const { key, validUntil = 0 } = this.#earlier ?? {};
    return key !== undefined && validUntil > Date.now() ? [this.#current, key] : [this.#current];
  }

  /** @param seconds the current key stays valid; the default is AKS's */
  rotate(next: Key, seconds = 86_400): void {
    this.#earlier = { key: this.#current, validUntil: Date.now() + seconds * 1000 };
    this.#current = next;
  }
}
