import { randomUUID } from 'node:crypto';
import type { Operation, Operations } from '../arm/operations.ts';
import { type Digest, digestOf, type ImageManifest, mediaTypes } from '../oci/manifests.ts';
import { Blob, type BlobStore } from './blobs.ts';
import type { BuildSwitch } from './build-switch.ts';
import { type BuiltImage, buildImage } from './builder/build.ts';
import { readContext } from './builder/context.ts';
import { disallowed } from './errors.ts';
import type { Images } from './images.ts';

export type RunStatus = 'Queued' | 'Started' | 'Running' | 'Succeeded' | 'Failed' | 'Canceled';

export interface DockerBuild {
  /** `repository[:tag]`, with `{{.Run.ID}}`. */
  readonly imageNames: readonly string[];
  readonly isPushEnabled: boolean;
  /** In the registry's container. */
  readonly sourceLocation: string;
  readonly dockerFilePath: string;
  readonly arguments: ReadonlyMap<string, string>;
  readonly platform: { readonly os: string; readonly architecture: string };
}

export type PushPermission = 'yes' | 'no credential' | 'denied';

export interface OutputImage {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
}

export interface RunRegistry {
  readonly loginServer: string;
  readonly container: string;
  readonly images: Images;
  readonly runs: ReadonlyMap<string, unknown>;
}

/**
 * Continues if no client polls it.
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-tasks-overview
 */
export class Run {
  readonly id: string;
  readonly createTime: Date = new Date();
  readonly build: DockerBuild;
  readonly logPath: string;
  /** Resolves even if the run failed. */
  readonly done: Promise<void>;
  readonly #registry: RunRegistry;
  readonly #blobs: BlobStore;
  readonly #builds: BuildSwitch;
  readonly #pushPermission: (repository: string) => PushPermission;
  readonly #log: Blob;
  #status: RunStatus = 'Queued';
  #startTime?: Date;
  #finishTime?: Date;
  #lastUpdatedTime: Date = this.createTime;
  #errorMessage?: string;
  #outputImages: OutputImage[] = [];
  #image?: BuiltImage;
  #stage: Operation;

  /** @param pushPermission for each repository */
  constructor(
    registry: RunRegistry,
    build: DockerBuild,
    operations: Operations,
    blobs: BlobStore,
    builds: BuildSwitch,
    pushPermission: (repository: string) => PushPermission,
  ) {
    this.id = `cf${(registry.runs.size + 1).toString(36)}`;
    this.build = build;
    this.logPath = `${registry.container}/logs/${this.id}/rawtext.log`;
    this.#registry = registry;
    this.#blobs = blobs;
    this.#builds = builds;
    this.#pushPermission = pushPermission;
    this.#log = blobs.put(this.logPath, new Blob('AppendBlob'));
    const queued = operations.start({ takes: 'build queue' });
    this.#stage = queued;
    this.done = queued.done.then(() => {
      if (queued.status !== 'Succeeded') return this.#end('Canceled');
      this.#stage = operations.start({
        takes: 'build run',
        work: () => this.#work(),
        finish: ({ status, error }) => this.#finish(status, error?.message),
      });
      return this.#stage.done;
    });
  }

  get status(): RunStatus {
    return this.#status;
  }

  get startTime(): Date | undefined {
    return this.#startTime;
  }

  get finishTime(): Date | undefined {
    return this.#finishTime;
  }

  get lastUpdatedTime(): Date {
    return this.#lastUpdatedTime;
  }

  get errorMessage(): string | undefined {
    return this.#errorMessage;
  }

  get outputImages(): readonly OutputImage[] {
    return this.#outputImages;
  }

  /** Unless it has ended. */
  cancel(): void {
    this.#stage.cancel();
  }

  async #work(): Promise<void> {
    const { loginServer, container } = this.#registry;
    this.#startTime = new Date();
    this.#update('Running');
    this.#say('Downloading source code...');
    const source = this.#blobs.get(`${container}/${this.build.sourceLocation}`);
    if (!source) throw new Error('failed to download context. Please check if the URL is incorrect.');
    const context = await readContext(source.content);
    this.#say('Finished downloading source code');
    this.#requirePushPermission();
    this.#requireUnlockedTags();
    this.#say(`Using acb_vol_${randomUUID()} as the home volume`);
    this.#say('Setting up Docker configuration...');
    this.#say('Successfully set up Docker configuration');
    this.#say(`Logging in to registry: ${loginServer}`);
    this.#say(`Successfully logged into ${loginServer}`);
    this.#say("Executing step ID: build. Timeout(sec): 28800, Working directory: '', Network: ''");
    this.#say('Scanning for dependencies...');
    this.#say('Successfully scanned dependencies');
    this.#say('Launching container with name: build');
    this.#print(`Sending build context to Docker daemon  ${(source.content.length / 1024).toFixed(2)}kB`);
    try {
      this.#requireNotThrottled();
      this.#image = await buildImage({
        context,
        dockerfile: this.build.dockerFilePath,
        args: this.build.arguments,
        platform: this.build.platform,
        log: line => this.#print(line),
      });
    } catch (error) {
      this.#print(error instanceof Error ? error.message : String(error));
      this.#say('Container failed during run: build. No retries remaining.');
      this.#print('failed to run step ID: build: exit status 1');
      throw new Error('failed during run, err: exit status 1', { cause: error });
    }
    for (const { repository, tag } of this.#targets()) {
      this.#print(`Successfully tagged ${loginServer}/${repository}:${tag}`);
    }
    this.#say('Successfully executed container: build');
  }

  /** In Docker Hub's words. @see https://github.com/Azure-Samples/azure-search-openai-demo/issues/3101 */
  #requireNotThrottled(): void {
    if (this.#builds.throttled === 0) return;
    this.#builds.throttled -= 1;
    throw new Error(
      'toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
    );
  }

  /** With roles per repository, such a run ends before it builds. */
  #requirePushPermission(): void {
    if (!this.build.isPushEnabled) return;
    const permissions = this.#targets().map(({ repository }) => this.#pushPermission(repository));
    const lacking = permissions.find(permission => permission !== 'yes');
    if (lacking === undefined) return;
    this.#print(
      lacking === 'no credential'
        ? 'when specifying push, at least one credential is required'
        : 'failed to unmarshal task before running: failed to resolve secrets: failed to get ACR refresh token, exchange API response code: 403 Forbidden',
    );
    this.#print('');
    throw new Error('failed during run, err: exit status 1');
  }

  /** In Azure, the push fails at the end. */
  #requireUnlockedTags(): void {
    const { images } = this.#registry;
    const locked = this.#targets().some(({ repository, tag }) => images.find(repository)?.isLocked(tag));
    if (!locked || !this.build.isPushEnabled) return;
    this.#print(disallowed().message);
    throw new Error('failed during run, err: exit status 1');
  }

  /** The image appears only when the run's duration is over. */
  #finish(status: Operation['status'], message: string | undefined): void {
    if (status === 'Succeeded' && this.build.isPushEnabled) this.#push(this.#image!);
    this.#end(status === 'InProgress' ? 'Succeeded' : status, message);
  }

  #push({ base, config, layers }: BuiltImage): void {
    const { loginServer, images } = this.#registry;
    this.#say("Executing step ID: push. Timeout(sec): 3600, Working directory: '', Network: ''");
    for (const { repository: name, tag } of this.#targets()) {
      const reference = `${loginServer}/${name}:${tag}`;
      this.#say(`Pushing image: ${reference}, attempt 1`);
      this.#print(`The push refers to repository [${loginServer}/${name}]`);
      const repository = images.ensure(name);
      const manifest: ImageManifest = {
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config: { mediaType: mediaTypes.config, size: config.length, digest: repository.addBlob(config) },
        layers: layers.map(layer => ({
          mediaType: mediaTypes.layer,
          size: layer.length,
          digest: repository.addBlob(layer),
        })),
      };
      for (const layer of layers) this.#print(`${digestOf(layer).slice(7, 19)}: Pushed`);
      const bytes = Buffer.from(JSON.stringify(manifest));
      const { digest } = repository.addManifest(bytes, mediaTypes.manifest, tag);
      this.#print(`${tag}: digest: ${digest} size: ${bytes.length}`);
      this.#say(`Successfully pushed image: ${reference}`);
      this.#outputImages.push({ registry: loginServer, repository: name, tag, digest });
    }
    this.#say(`Step ID: build marked as successful (elapsed time in seconds: ${this.#seconds.toFixed(6)})`);
    this.#say('Populating digests for step ID: build...');
    this.#say('Successfully populated digests for step ID: build');
    this.#say('Step ID: push marked as successful (elapsed time in seconds: 0.000000)');
    this.#say('The following dependencies were found:');
    for (const { registry, repository, tag, digest } of this.#outputImages) {
      this.#print('- image:');
      this.#printFields({ registry, repository, tag, digest });
      this.#print('  runtime-dependency:');
      this.#printFields({
        registry: base.registry,
        repository: base.repository,
        tag: base.tag,
        digest: base.digest,
      });
      this.#print('  git: {}');
    }
    this.#print('');
  }

  #end(status: 'Succeeded' | 'Failed' | 'Canceled', message?: string): void {
    this.#finishTime = new Date();
    this.#errorMessage = message;
    const took = `${Math.round(this.#seconds)}s`;
    const outcome = {
      Succeeded: `was successful after ${took}`,
      Failed: `failed after ${took}. Error: ${message}`,
      Canceled: 'was canceled',
    }[status];
    this.#print(`Run ID: ${this.id} ${outcome}`);
    this.#log.metadata = { Complete: status === 'Succeeded' ? 'successful' : status.toLowerCase() };
    this.#update(status);
  }

  #targets(): { repository: string; tag: string }[] {
    return this.build.imageNames.map(name => {
      const [repository = '', tag = 'latest'] = name
        .replaceAll('{{.Run.ID}}', this.id)
        .replace(`${this.#registry.loginServer}/`, '')
        .split(':');
      return { repository, tag };
    });
  }

  get #seconds(): number {
    return (Date.now() - (this.#startTime ?? this.createTime).getTime()) / 1000;
  }

  #update(status: RunStatus): void {
    this.#status = status;
    this.#lastUpdatedTime = new Date();
  }

  /** As the agent: with the time. */
  #say(text: string): void {
    const [date, time] = new Date().toISOString().split(/[T.]/);
    this.#print(`${date!.replaceAll('-', '/')} ${time} ${text}`);
  }

  /** az prints the log up to the last CR LF. */
  #print(line: string): void {
    this.#log.append(`${line}\r\n`);
  }

  #printFields(fields: Readonly<Record<string, string | undefined>>): void {
    for (const [name, value] of Object.entries(fields)) if (value) this.#print(`    ${name}: ${value}`);
  }
}
