import { randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { type ApiClient, StatusError } from '../client.ts';
import type {
  ConfigMap,
  DownwardApiFile,
  FileSource,
  KeyToPath,
  Pod,
  Secret,
  ServiceAccountTokenProjection,
  TokenRequest,
  Volume,
  VolumeProjection,
} from '../objects.ts';
import { type PodAddresses, podField } from './environment.ts';

/** A volume that cannot be mounted now; the message is what the kubelet says after `MountVolume.SetUp failed for volume …`. */
export class MountFailure extends Error {
  override readonly name = 'MountFailure';
  readonly volume: string;

  constructor(volume: string, message: string) {
    super(message);
    this.volume = volume;
  }
}

/** One file of a volume, by its path below the mount. */
interface VolumeFile {
  readonly path: string;
  readonly content: string | Buffer;
  readonly mode: number;
}

const defaultMode = 0o644;
/** Tokens and secrets are nobody else's business on this machine. */
const privateMode = 0o600;

/** A kubelet asks for a new token when four fifths of the old one's life are over. */
const renewalPoint = 0.8;

/**
 * The volumes of one pod, as directories of the node. Tokens are renewed until {@link unmount}.
 */
export class PodVolumes {
  readonly #api: ApiClient;
  readonly #pod: Pod;
  readonly #addresses: PodAddresses;
  readonly #directory: string;
  readonly #log: (line: string) => void;
  readonly #renewals = new Map<string, NodeJS.Timeout>();
  #unmounted = false;

  /** @param directory for all volumes of the pod; made on mounting */
  constructor(
    api: ApiClient,
    pod: Pod,
    addresses: PodAddresses,
    directory: string,
    log: (line: string) => void,
  ) {
    this.#api = api;
    this.#pod = pod;
    this.#addresses = addresses;
    this.#directory = directory;
    this.#log = log;
  }

  /** The directory of a volume of the pod. */
  pathOf(volume: string): string {
    return join(this.#directory, volume);
  }

  /**
   * Makes every volume and what is in it. May be called again after a failure.
   * @throws MountFailure for the first volume that cannot be mounted
   */
  async mount(): Promise<void> {
    for (const volume of this.#pod.spec.volumes ?? []) {
      try {
        await mkdir(this.pathOf(volume.name), { recursive: true, mode: 0o700 });
        for (const file of await this.#filesOf(volume)) await this.#write(volume.name, file);
      } catch (error) {
        if (error instanceof MountFailure) throw error;
        throw new MountFailure(volume.name, error instanceof Error ? error.message : String(error));
      }
    }
  }

  /** Stops renewing tokens and removes the volumes. */
  async unmount(): Promise<void> {
    this.#unmounted = true;
    for (const timer of this.#renewals.values()) clearTimeout(timer);
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #filesOf(volume: Volume): Promise<VolumeFile[]> {
    if (volume.emptyDir !== undefined) return [];
    if (volume.configMap !== undefined) return this.#filesOfConfigMap(volume, volume.configMap);
    if (volume.secret !== undefined) {
      const { secretName, ...rest } = volume.secret;
      return this.#filesOfSecret(volume, {
        ...rest,
        ...(secretName === undefined ? {} : { name: secretName }),
      });
    }
    if (volume.downwardAPI !== undefined) return this.#filesOfPod(volume.downwardAPI.items ?? []);
    if (volume.projected !== undefined) {
      const files: VolumeFile[] = [];
      for (const source of volume.projected.sources ?? []) {
        files.push(...(await this.#filesOfProjection(volume, source)));
      }
      return files;
    }
    const type = Object.keys(volume).find(key => key !== 'name');
    throw new MountFailure(volume.name, `this node has no volume plugin for ${type}`);
  }

  async #filesOfProjection(volume: Volume, source: VolumeProjection): Promise<VolumeFile[]> {
    if (source.configMap !== undefined) return this.#filesOfConfigMap(volume, source.configMap);
    if (source.secret !== undefined) return this.#filesOfSecret(volume, source.secret);
    if (source.downwardAPI !== undefined) return this.#filesOfPod(source.downwardAPI.items ?? []);
    if (source.serviceAccountToken !== undefined) {
      return [await this.#tokenFile(volume.name, source.serviceAccountToken)];
    }
    throw new MountFailure(volume.name, `this node cannot project ${Object.keys(source)[0]}`);
  }

  async #filesOfConfigMap(volume: Volume, source: FileSource): Promise<VolumeFile[]> {
    const configMap = await this.#read<ConfigMap>(volume, 'configmap', source);
    const content: Record<string, string | Buffer> = { ...configMap?.data };
    for (const [key, value] of Object.entries(configMap?.binaryData ?? {})) {
      content[key] = Buffer.from(value, 'base64');
    }
    return this.#select(volume, source, content, modeOf(volume) ?? defaultMode);
  }

  async #filesOfSecret(volume: Volume, source: FileSource): Promise<VolumeFile[]> {
    const secret = await this.#read<Secret>(volume, 'secret', source);
    const content = Object.fromEntries(
      Object.entries(secret?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]),
    );
    return this.#select(volume, source, content, privateMode);
  }

  #filesOfPod(items: readonly DownwardApiFile[]): VolumeFile[] {
    return items.map(({ path, fieldRef }) => ({
      path,
      content: podField(this.#pod, fieldRef?.fieldPath ?? '', this.#addresses),
      mode: defaultMode,
    }));
  }

  async #read<T>(volume: Volume, kind: 'configmap' | 'secret', source: FileSource): Promise<T | undefined> {
    try {
      return await this.#api.get<T>(`${this.#namespacePath()}/${kind}s/${source.name}`);
    } catch (error) {
      if (!(error instanceof StatusError && error.code === 404)) throw error;
      if (source.optional) return undefined;
      throw new MountFailure(volume.name, `${kind} "${source.name}" not found`);
    }
  }

  /** All keys as files of that name, or those that `items` names. */
  #select(
    volume: Volume,
    source: FileSource,
    content: Record<string, string | Buffer>,
    mode: number,
  ): VolumeFile[] {
    const all: KeyToPath[] = Object.keys(content).map(key => ({ key, path: key }));
    return (source.items ?? all).flatMap(item => {
      const value = content[item.key];
      if (value !== undefined) return [{ path: item.path, content: value, mode: item.mode ?? mode }];
      if (source.optional) return [];
      throw new MountFailure(volume.name, `references non-existent config key: ${item.key}`);
    });
  }

  /** A token bound to this pod; its successor is written over it in time. */
  async #tokenFile(volume: string, source: ServiceAccountTokenProjection): Promise<VolumeFile> {
    const { metadata, spec } = this.#pod;
    const asked = Date.now();
    const { status } = await this.#api.create<TokenRequest>(
      `${this.#namespacePath()}/serviceaccounts/${spec.serviceAccountName || 'default'}/token`,
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences: source.audience ? [source.audience] : [],
          expirationSeconds: source.expirationSeconds ?? 3600,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid },
        },
      },
    );
    this.#renewAt(volume, source, asked + (Date.parse(status.expirationTimestamp) - asked) * renewalPoint);
    return { path: source.path, content: status.token, mode: privateMode };
  }

  /** @param moment milliseconds since the epoch */
  #renewAt(volume: string, source: ServiceAccountTokenProjection, moment: number): void {
    const key = `${volume}/${source.path}`;
    clearTimeout(this.#renewals.get(key));
    if (this.#unmounted) return;
    const timer = setTimeout(
      async () => {
        try {
          const file = await this.#tokenFile(volume, source);
          if (!this.#unmounted) await this.#write(volume, file);
        } catch (error) {
          if (this.#unmounted) return;
          this.#log(`token of pod ${this.#pod.metadata.name} not renewed, trying again: ${error}`);
          this.#renewAt(volume, source, Date.now() + 10_000);
        }
      },
      Math.max(0, moment - Date.now()),
    );
    timer.unref();
    this.#renewals.set(key, timer);
  }

  /** Replaces the file in one step: a reader sees the old content or the new, never half of one. */
  async #write(volume: string, file: VolumeFile): Promise<void> {
    const root = this.pathOf(volume);
    const relative = normalize(file.path);
    if (relative.startsWith('..')) throw new MountFailure(volume, `invalid path: ${file.path}`);
    const path = join(root, relative);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const temporary = join(root, `..${randomUUID()}`);
    await writeFile(temporary, file.content, { mode: privateMode });
    await chmod(temporary, file.mode);
    await rename(temporary, path);
  }

  #namespacePath(): string {
    return `/api/v1/namespaces/${this.#pod.metadata.namespace ?? 'default'}`;
  }
}

function modeOf(volume: Volume): number | undefined {
  return volume.configMap?.defaultMode ?? volume.projected?.defaultMode;
}
