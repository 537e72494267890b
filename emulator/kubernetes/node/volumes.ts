import { cp, mkdir, realpath, rm } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { type ApiClient, ApiError } from '../client.ts';
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
import { AtomicDirectory, type VolumeFile } from './atomic-directory.ts';
import { type PodAddresses, podField } from './environment.ts';
import { type NodeResources, resourceField } from './resources.ts';

/** The message is the kubelet's after `MountVolume.SetUp failed for volume …`. */
export class MountFailure extends Error {
  override readonly name = 'MountFailure';
  readonly volume: string;

  constructor(volume: string, message: string) {
    super(message);
    this.volume = volume;
  }
}

const defaultMode = 0o644;
/** For tokens and secrets. */
const privateMode = 0o600;

/** A kubelet renews a token after 80 % of its lifetime, or after a day. */
const renewalPoint = 0.8;
const longestTokenUse = 24 * 60 * 60 * 1000;

export interface VolumeOptions {
  readonly api: ApiClient;
  readonly addresses: PodAddresses;
  /** Default limits. */
  readonly allocatable: NodeResources;
  /** Created on mounting. */
  readonly directory: string;
  /** Milliseconds between refreshes: a minute on a real node. */
  readonly refreshInterval: number;
  /** Receives failures of refreshes. */
  failed(failure: MountFailure): void;
}

interface Token {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly renewAt: number;
}

/** The volumes of one pod as directories. Refreshes contents and tokens until {@link unmount}. */
export class PodVolumes {
  readonly #options: VolumeOptions;
  readonly #directories = new Map<string, AtomicDirectory>();
  readonly #tokens = new Map<string, Token>();
  #pod: Pod;
  #timer: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> = Promise.resolve();
  #unmounted = false;

  constructor(pod: Pod, options: VolumeOptions) {
    this.#pod = pod;
    this.#options = options;
  }

  /** Receives a newer pod, whose labels and annotations volumes can show. */
  update(pod: Pod): void {
    this.#pod = pod;
  }

  pathOf(name: string): string {
    return join(this.#options.directory, name);
  }

  /**
   * Path of a mount with a `subPath`. For a refreshed volume it is a copy, which does not change until the container
   * restarts.
   * @param into directory for the copy
   */
  async subPathOf(name: string, subPath: string, into: string): Promise<string> {
    const path = join(this.pathOf(name), subPath);
    if (!this.#directories.has(name)) {
      await mkdir(path, { recursive: true, mode: 0o700 });
      return path;
    }
    const copy = join(into, name, subPath);
    try {
      await cp(await realpath(path), copy, { recursive: true, dereference: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await mkdir(copy, { recursive: true, mode: 0o700 });
    }
    return copy;
  }

  /** @throws MountFailure for the first volume that cannot be mounted */
  async mount(): Promise<void> {
    for (const volume of this.#pod.spec.volumes ?? []) await this.#write(volume);
    this.#refreshLater();
  }

  /** Stops refreshing and removes the volumes. */
  async unmount(): Promise<void> {
    this.#unmounted = true;
    clearTimeout(this.#timer);
    await this.#refreshing;
    await rm(this.#options.directory, { recursive: true, force: true });
  }

  /** @throws MountFailure */
  async #write(volume: Volume): Promise<void> {
    const { name } = volume;
    try {
      await mkdir(this.pathOf(name), { recursive: true, mode: 0o700 });
      if (volume.emptyDir !== undefined) return;
      const files = await this.#filesOf(volume);
      for (const { path } of files) checkPath(name, path);
      let directory = this.#directories.get(name);
      if (directory === undefined) {
        directory = new AtomicDirectory(this.pathOf(name));
        this.#directories.set(name, directory);
      }
      await directory.write(files);
    } catch (error) {
      if (error instanceof MountFailure) throw error;
      throw new MountFailure(name, error instanceof Error ? error.message : String(error));
    }
  }

  #refreshLater(): void {
    if (this.#unmounted || this.#directories.size === 0) return;
    const renewals = [...this.#tokens.values()].map(({ renewAt }) => renewAt - Date.now());
    const pause = Math.max(10, Math.min(this.#options.refreshInterval, ...renewals));
    this.#timer = setTimeout(() => {
      this.#refreshing = this.#refresh();
    }, pause).unref();
  }

  /** A volume that cannot be refreshed keeps its contents. Retries later. */
  async #refresh(): Promise<void> {
    let failed = false;
    for (const volume of this.#pod.spec.volumes ?? []) {
      if (this.#unmounted) return;
      try {
        await this.#write(volume);
      } catch (error) {
        failed = true;
        if (!this.#unmounted) this.#options.failed(error as MountFailure);
      }
    }
    // Pause before the next request for a token that could not be renewed.
    if (failed) {
      const pause = Date.now() + this.#options.refreshInterval;
      for (const [key, token] of this.#tokens) {
        this.#tokens.set(key, { ...token, renewAt: Math.max(token.renewAt, pause) });
      }
    }
    this.#refreshLater();
  }

  async #filesOf(volume: Volume): Promise<VolumeFile[]> {
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
    const { addresses, allocatable } = this.#options;
    return items.map(({ path, mode = defaultMode, fieldRef, resourceFieldRef }) => ({
      path,
      content: resourceFieldRef
        ? resourceField(this.#pod, resourceFieldRef, undefined, allocatable)
        : podField(this.#pod, fieldRef?.fieldPath ?? '', addresses),
      mode,
    }));
  }

  async #read<T>(volume: Volume, kind: 'configmap' | 'secret', source: FileSource): Promise<T | undefined> {
    try {
      return await this.#options.api.get<T>(`${this.#namespacePath()}/${kind}s/${source.name}`);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
      if (source.optional) return undefined;
      throw new MountFailure(volume.name, `${kind} "${source.name}" not found`);
    }
  }

  /** All keys as files, or only `items`. */
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

  /** A token bound to this pod. Requests a new one when it is time. */
  async #tokenFile(volume: string, source: ServiceAccountTokenProjection): Promise<VolumeFile> {
    const key = `${volume}/${source.path}`;
    const kept = this.#tokens.get(key);
    if (kept !== undefined && Date.now() < kept.renewAt) {
      return { path: source.path, content: kept.value, mode: privateMode };
    }
    const { metadata, spec } = this.#pod;
    const asked = Date.now();
    const { status } = await this.#options.api.create<TokenRequest>(
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
    const life = Date.parse(status.expirationTimestamp) - asked;
    const renewAt = asked + Math.min(life * renewalPoint, longestTokenUse);
    this.#tokens.set(key, { value: status.token, renewAt });
    return { path: source.path, content: status.token, mode: privateMode };
  }

  #namespacePath(): string {
    return `/api/v1/namespaces/${this.#pod.metadata.namespace ?? 'default'}`;
  }
}

function modeOf(volume: Volume): number | undefined {
  return volume.configMap?.defaultMode ?? volume.projected?.defaultMode;
}

/** @throws MountFailure for a path outside the volume */
function checkPath(volume: string, path: string): void {
  if (isAbsolute(path) || normalize(path).startsWith('..') || path.split('/').includes('..')) {
    throw new MountFailure(volume, `invalid path: ${path}`);
  }
}
