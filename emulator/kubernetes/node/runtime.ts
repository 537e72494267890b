import type { ContainerLog } from './container-log.ts';

/** What an image's config says about running it, in the OCI image specification's terms. */
export interface ImageConfig {
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** An image that is on the node. */
export interface Image {
  /** `REGISTRY/REPOSITORY@sha256:…` of the manifest that the reference led to. */
  readonly id: string;
  /** Compressed, in bytes. */
  readonly size: number;
  readonly config: ImageConfig;
  /** Directory of the unpacked layers. Containers get a copy. */
  readonly rootFileSystem: string;
}

/** A directory of the node that a container sees at a path of its own. */
export interface Mount {
  readonly mountPath: string;
  readonly hostPath: string;
}

/** Everything that a runtime needs to start a container. */
export interface ContainerConfig {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly image: Image;
  /** Command and arguments, as paths inside the container. */
  readonly argv: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** A directory for this container alone; removed by whoever made it. */
  readonly directory: string;
  /** Takes what the container writes; ended by the runtime. */
  readonly log: ContainerLog;
}

/** A container that runs. */
export interface RunningContainer {
  /** Resolves when it has ended and everything that it wrote is in its log. 128 + n where signal n ended it. */
  readonly exited: Promise<{ exitCode: number }>;
  /** Sends its first process a signal. That it has ended already is as good. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /**
   * Runs a further program in the container, and ends it by force where the signal aborts.
   * @returns its exit code, and what it wrote to both its outputs
   * @throws StartFailure where it cannot be run
   */
  exec(argv: readonly string[], signal: AbortSignal): Promise<{ exitCode: number; output: Buffer }>;
}

/** A container that could not be started: the message is what a container runtime says. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** What runs containers. */
export interface Runtime {
  /** Where the node reaches the ports of containers, where that is not the address of their pod. */
  readonly containerHost?: string;
  /** @throws StartFailure where the entry point cannot be run */
  start(config: ContainerConfig): Promise<RunningContainer>;
}
