import { type Digest, digestOf } from '../oci/manifests.ts';

/** The digest is computed from the pushed bytes. */
export interface Manifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly created: Date;
}

export interface Tag {
  readonly name: string;
  readonly digest: Digest;
  readonly created: Date;
  readonly updated: Date;
}

export class Repository {
  readonly name: string;
  readonly created: Date = new Date();
  readonly #blobs = new Map<Digest, Buffer>();
  readonly #manifests = new Map<Digest, Manifest>();
  readonly #tags = new Map<string, Tag>();
  readonly #locked = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  addBlob(content: Buffer): Digest {
    const digest = digestOf(content);
    this.#blobs.set(digest, content);
    return digest;
  }

  blob(digest: string): Buffer | undefined {
    return this.#blobs.get(digest as Digest);
  }

  /** Keeps an existing one. */
  addManifest(bytes: Buffer, mediaType: string, tag?: string): Manifest {
    const digest = digestOf(bytes);
    const manifest = this.#manifests.get(digest) ?? { digest, mediaType, bytes, created: new Date() };
    this.#manifests.set(digest, manifest);
    if (tag !== undefined) {
      const created = this.#tags.get(tag)?.created ?? new Date();
      this.#tags.set(tag, { name: tag, digest, created, updated: new Date() });
    }
    return manifest;
  }

  /** @param reference tag or digest */
  manifest(reference: string): Manifest | undefined {
    return this.#manifests.get(this.#tags.get(reference)?.digest ?? (reference as Digest));
  }

  manifests(): Manifest[] {
    return [...this.#manifests.values()];
  }

  tag(name: string): Tag | undefined {
    return this.#tags.get(name);
  }

  tags(): Tag[] {
    return [...this.#tags.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Cannot be moved or deleted. */
  isLocked(name: string): boolean {
    return this.#locked.has(name);
  }

  setLocked(name: string, locked: boolean): void {
    if (locked) this.#locked.add(name);
    else this.#locked.delete(name);
  }

  removeTag(name: string): void {
    this.#tags.delete(name);
  }

  removeManifest(digest: Digest): void {
    this.#manifests.delete(digest);
    for (const tag of this.tags()) if (tag.digest === digest) this.#tags.delete(tag.name);
  }

  /** Bytes. */
  get size(): number {
    const contents = [...this.#blobs.values(), ...this.manifests().map(manifest => manifest.bytes)];
    return contents.reduce((sum, content) => sum + content.length, 0);
  }
}

export class Images {
  readonly #repositories = new Map<string, Repository>();

  find(name: string): Repository | undefined {
    return this.#repositories.get(name);
  }

  /** As the first push does. */
  ensure(name: string): Repository {
    const repository = this.#repositories.get(name) ?? new Repository(name);
    this.#repositories.set(name, repository);
    return repository;
  }

  remove(name: string): void {
    this.#repositories.delete(name);
  }

  /** With a manifest, in alphabetical order. */
  all(): Repository[] {
    return [...this.#repositories.values()]
      .filter(repository => repository.manifests().length > 0)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }
}
