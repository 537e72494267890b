import type { ContainerLog } from './container-log.ts';

/** `config` of an image, as in the OCI image specification. */
export interface ImageConfig {
  readonly User?: string;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

export interface Image {
  /** `REGISTRY/REPOSITORY@sha256:…` of the reference's manifest. */
  readonly id: string;
  /** Compressed, in bytes. */
  readonly size: number;
  readonly config: ImageConfig;
  /** Directory of the unpacked layers. Each container gets a copy. */
  readonly rootFileSystem: string;
}

export interface Mount {
  readonly mountPath: string;
  readonly hostPath: string;
}

export interface ContainerConfig {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly image: Image;
  /** With paths of the container. */
  readonly argv: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Removed by the caller. */
  readonly directory: string;
  /** Receives the output. The runtime ends it. */
  readonly log: ContainerLog;
}

export interface RunningContainer {
  /** Resolves when the log is complete. The exit code is 128 + n after signal n. */
  readonly exited: Promise<{ exitCode: number }>;
  /** Signals the first process. Does nothing if it has ended. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /**
   * Runs a further program in the container. Kills it if the signal aborts.
   * @returns its exit code and output
   * @throws StartFailure
   */
  exec(argv: readonly string[], signal: AbortSignal): Promise<{ exitCode: number; output: Buffer }>;
}

/** Has the message of a container runtime. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

export interface Runtime {
  /** Host at which the node reaches ports of containers. The default is the pod's IP. */
  readonly containerHost?: string;
  /** @throws StartFailure if the entry point cannot run */
  start(config: ContainerConfig): Promise<RunningContainer>;
}
