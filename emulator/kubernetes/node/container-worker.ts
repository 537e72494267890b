import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { wholeSeconds } from '../../timestamps.ts';
import type { ApiClient } from '../client.ts';
import type { Container, ContainerState, ContainerStatus, LifecycleHandler, Pod } from '../objects.ts';
import { Backoff, goDuration } from './backoff.ts';
import { ContainerLog, removeLog } from './container-log.ts';
import { expand, type PodAddresses, resolveEnvironment } from './environment.ts';
import { type EventRecorder, podReference } from './events.ts';
import { PullFailure } from './image-registry-client.ts';
import { fullReference, type ImageStore } from './images.ts';
import { type ProbeTarget, runHook } from './probe.ts';
import { type ProbeListener, probeContainer } from './prober.ts';
import type { NodeResources } from './resources.ts';
import { ContainerConfigError, podLabel, verifyRunAsNonRoot } from './run-as-non-root.ts';
import type { Image, Mount, RunningContainer, Runtime } from './runtime.ts';
import type { PodVolumes } from './volumes.ts';

export interface NodeContext {
  readonly api: ApiClient;
  readonly events: EventRecorder;
  readonly images: Pick<ImageStore, 'find' | 'pull'>;
  readonly runtime: Runtime;
  readonly nodeName: string;
  readonly hostIP: string;
  readonly allocatable: NodeResources;
  /** Variables of every container on this node. The pod's own take precedence. */
  readonly environment: Readonly<Record<string, string>>;
  /** Shortest back-off in milliseconds: 10 s in a cluster. */
  readonly backoff: number;
  log(line: string): void;
}

export interface PodContext {
  readonly pod: Pod;
  readonly addresses: PodAddresses;
  readonly directory: string;
  readonly volumes: Pick<PodVolumes, 'pathOf' | 'subPathOf'>;
  /** Called after every change of a container's status. */
  changed(): void;
}

const defaultGraceSeconds = 30;
/** Seconds that a container always gets after its preStop hook. */
const minimumGraceSeconds = 2;

/** Runs one container of a pod, and restarts it by its restart policy. */
export class ContainerWorker {
  readonly status: ContainerStatus;
  readonly #node: NodeContext;
  readonly #pod: PodContext;
  readonly #spec: Container;
  readonly #init: boolean;
  readonly #restartPolicy: string;
  readonly #directory: string;
  #log: ContainerLog | undefined;
  #previousLog: ContainerLog | undefined;
  /** Between two runs: the log of the last run is still current. */
  #isBetweenRuns = false;
  #running: RunningContainer | undefined;
  #ending = false;
  /** A probe ended this run. */
  #unhealthy = false;

  /** @param init true for an init container */
  constructor(node: NodeContext, pod: PodContext, spec: Container, restartPolicy: string, init: boolean) {
    this.#node = node;
    this.#pod = pod;
    this.#spec = spec;
    this.#restartPolicy = restartPolicy;
    this.#init = init;
    this.#directory = join(pod.directory, 'containers', spec.name);
    this.status = {
      name: spec.name,
      state: {
        waiting: { reason: pod.pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating' },
      },
      lastState: {},
      ready: false,
      started: false,
      restartCount: 0,
      image: fullReference(spec.image),
      imageID: '',
    };
  }

  log(previous: boolean): ContainerLog | undefined {
    // While it waits for its next run, the last run is both current and previous.
    const waits = this.#isBetweenRuns && this.status.state.waiting !== undefined;
    return previous && !waits ? this.#previousLog : this.#log;
  }

  /**
   * Runs the container until its restart policy ends it.
   * @param stopping ends every wait; {@link stop} ends the container
   * @param onStarted called at each start
   * @returns exit code of the last run; `undefined` if it never ran
   */
  async run(stopping: AbortSignal, onStarted: () => void = () => {}): Promise<number | undefined> {
    const crashes = new Backoff(this.#node.backoff);
    try {
      for (let runs = 0; ; runs += 1) {
        const image = await this.#ensureImage(stopping);
        const environment = await this.#configure(image, stopping);
        if (runs > 0) this.#keepLastRun();
        const started = Date.now();
        const exitCode = await this.#runOnce(image, environment, onStarted, stopping);
        const again =
          this.#restartPolicy === 'Always' ||
          (this.#restartPolicy === 'OnFailure' && (exitCode !== 0 || this.#unhealthy));
        if (!again || stopping.aborted) return exitCode;
        this.#isBetweenRuns = true;
        crashes.succeeded(Date.now() - started);
        // The first restart has no delay.
        if (runs > 0) await this.#backOff(crashes.next(), stopping);
      }
    } catch (error) {
      if (stopping.aborted) return this.status.state.terminated?.exitCode;
      throw error;
    }
  }

  /** Sends SIGTERM and, after the grace period, SIGKILL. */
  async stop(graceSeconds: number): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    if (!this.#ending) this.#event('Normal', 'Killing', `Stopping container ${this.#spec.name}`);
    await this.#end(running, graceSeconds);
  }

  /** The preStop hook counts towards the grace period. A second call can only shorten it. */
  async #end(running: RunningContainer, graceSeconds: number): Promise<void> {
    const preStop = this.#ending ? undefined : this.#spec.lifecycle?.preStop;
    this.#ending = true;
    let left = graceSeconds * 1000;
    if (preStop !== undefined && graceSeconds > 0) {
      const begun = Date.now();
      const ended = running.exited.then(() => {});
      const overdue = AbortSignal.timeout(left);
      const hook = this.#runHook('PreStop', preStop, this.#target(running), overdue);
      await Promise.race([hook, ended, delay(left, undefined, { ref: false })]);
      left = Math.max(left - (Date.now() - begun), minimumGraceSeconds * 1000);
    }
    running.kill('SIGTERM');
    const timer = setTimeout(() => running.kill('SIGKILL'), left);
    await running.exited;
    clearTimeout(timer);
  }

  /** Records an event for a failure. @returns true if the hook succeeded */
  async #runHook(
    kind: 'PostStart' | 'PreStop',
    handler: LifecycleHandler,
    target: ProbeTarget,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      if (handler.sleep !== undefined) await delay(handler.sleep.seconds * 1000, undefined, { signal });
      else await runHook(handler, target, signal);
      return true;
    } catch {
      if (!signal.aborted) this.#event('Warning', `Failed${kind}Hook`, `${kind}Hook failed`);
      return false;
    }
  }

  #target(running: RunningContainer): ProbeTarget {
    const { podIP } = this.#pod.addresses;
    const host = this.#node.runtime.containerHost ?? podIP;
    return { container: this.#spec, running, podIP, host };
  }

  get #graceSeconds(): number {
    return this.#pod.pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
  }

  /** Pulls the image by its pull policy, with growing delays after failures. */
  async #ensureImage(stopping: AbortSignal): Promise<Image> {
    const { image: reference, imagePullPolicy } = this.#spec;
    const pulls = new Backoff(this.#node.backoff);
    const policy =
      imagePullPolicy ?? (fullReference(reference).endsWith(':latest') ? 'Always' : 'IfNotPresent');
    for (;;) {
      stopping.throwIfAborted();
      const present = this.#node.images.find(reference);
      if (present !== undefined && policy !== 'Always') {
        const message = `Container image "${reference}" already present on machine and can be accessed by the pod`;
        this.#event('Normal', 'Pulled', message);
        return present;
      }
      if (policy === 'Never') {
        const message = `Container image "${reference}" is not present with pull policy of Never`;
        this.#event('Warning', 'ErrImageNeverPull', message);
        this.#event('Warning', 'Failed', 'Error: ErrImageNeverPull');
        await this.#waitAfterFailure('ErrImageNeverPull', message, pulls.next(), stopping);
        continue;
      }
      try {
        return await this.#pull(stopping);
      } catch (error) {
        if (!(error instanceof PullFailure)) throw error;
        const { message } = error;
        this.#event('Warning', 'Failed', `Failed to pull image "${reference}": ${message}`);
        this.#event('Warning', 'Failed', 'Error: ErrImagePull');
        this.#wait('ErrImagePull', message);
        const pause = pulls.next();
        await delay(pause / 10, undefined, { signal: stopping });
        const backingOff = `Back-off pulling image "${reference}"`;
        this.#event('Normal', 'BackOff', backingOff);
        this.#event('Warning', 'Failed', 'Error: ImagePullBackOff');
        this.#wait('ImagePullBackOff', `${backingOff}: ErrImagePull: ${message}`);
        await delay(pause, undefined, { signal: stopping });
      }
    }
  }

  async #pull(stopping: AbortSignal): Promise<Image> {
    const { image: reference } = this.#spec;
    this.#event('Normal', 'Pulling', `Pulling image "${reference}"`);
    const begun = performance.now();
    const image = await this.#node.images.pull(reference, stopping);
    const took = goDuration(performance.now() - begun);
    this.#event(
      'Normal',
      'Pulled',
      `Successfully pulled image "${reference}" in ${took} (${took} including waiting). Image size: ${image.size} bytes.`,
    );
    return image;
  }

  /** Resolves the variables. Retries until all references exist and the security context is valid. */
  async #configure(image: Image, stopping: AbortSignal): Promise<Record<string, string>> {
    const { pod, addresses } = this.#pod;
    const retries = new Backoff(this.#node.backoff);
    for (;;) {
      stopping.throwIfAborted();
      try {
        verifyRunAsNonRoot(pod, this.#spec, image.config.User ?? '');
        this.#refuseUnknownProbes();
        const { api, allocatable } = this.#node;
        const own = await resolveEnvironment(api, pod, this.#spec, addresses, allocatable);
        const ofImage = (image.config.Env ?? []).map((line): [string, string] => {
          const [name = '', ...value] = line.split('=');
          return [name, value.join('=')];
        });
        const hostname = pod.metadata.name;
        return { ...Object.fromEntries(ofImage), HOSTNAME: hostname, ...this.#node.environment, ...own };
      } catch (error) {
        const { message } = error as Error;
        this.#event('Warning', 'Failed', `Error: ${message}`);
        await this.#waitAfterFailure('CreateContainerConfigError', message, retries.next(), stopping);
      }
    }
  }

  #refuseUnknownProbes(): void {
    const { livenessProbe, readinessProbe, startupProbe } = this.#spec;
    if ([livenessProbe, readinessProbe, startupProbe].some(probe => probe?.grpc !== undefined)) {
      throw new ContainerConfigError('grpc probes are not supported by this node');
    }
  }

  async #runOnce(
    image: Image,
    environment: Record<string, string>,
    onStarted: () => void,
    stopping: AbortSignal,
  ): Promise<number> {
    const id = randomBytes(32).toString('hex');
    const directory = join(this.#directory, id.slice(0, 12));
    await mkdir(directory, { recursive: true, mode: 0o700 });
    this.#log = new ContainerLog(this.#logPath(this.status.restartCount));
    this.status.imageID = image.id;
    this.status.containerID = `containerd://${id}`;
    this.#event('Normal', 'Created', 'Container created');
    let startedAt = new Date(0);
    try {
      stopping.throwIfAborted();
      const running = await this.#node.runtime.start({
        id,
        image,
        argv: this.#commandLine(image, environment),
        workingDirectory: this.#spec.workingDir || image.config.WorkingDir || '/',
        environment,
        mounts: await this.#mounts(directory),
        directory,
        log: this.#log,
      });
      startedAt = new Date();
      this.#running = running;
      // The pod might have been stopped before the container existed.
      if (stopping.aborted) running.kill('SIGKILL');
      this.#event('Normal', 'Started', 'Container started');
      const exitCode = await this.#supervise(running, startedAt, onStarted, stopping);
      this.#terminate(exitCode, exitCode === 0 ? 'Completed' : 'Error', startedAt);
      return exitCode;
    } catch (error) {
      this.#log.end();
      stopping.throwIfAborted();
      const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${(error as Error).message}`;
      this.#event('Warning', 'Failed', `Error: ${message}`);
      this.#terminate(128, 'StartError', startedAt, message);
      return 128;
    } finally {
      this.#running = undefined;
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** Runs hooks and probes until the container ends. @returns its exit code */
  async #supervise(
    running: RunningContainer,
    startedAt: Date,
    onStarted: () => void,
    stopping: AbortSignal,
  ): Promise<number> {
    const { name, lifecycle, startupProbe, readinessProbe } = this.#spec;
    const target = this.#target(running);
    const over = new AbortController();
    const exited = running.exited.finally(() => over.abort());
    this.#unhealthy = false;
    this.#ending = false;
    if (lifecycle?.postStart !== undefined) {
      const signal = AbortSignal.any([over.signal, stopping]);
      if (!(await this.#runHook('PostStart', lifecycle.postStart, target, signal)) && !signal.aborted) {
        this.#event('Normal', 'Killing', 'FailedPostStartHook');
        await this.#end(running, this.#graceSeconds);
        return (await exited).exitCode;
      }
    }
    const started = () => {
      this.status.started = true;
      // Without a readiness probe, a started container is ready.
      this.status.ready = readinessProbe === undefined;
      this.#pod.changed();
      onStarted();
    };
    const listener: ProbeListener = {
      started,
      ready: ready => {
        if (this.status.ready === ready) return;
        this.status.ready = ready;
        this.#pod.changed();
      },
      unhealthy: (kind, graceSeconds = this.#graceSeconds) => {
        this.#unhealthy = true;
        const restarts = this.#restartPolicy === 'Never' ? '' : ', will be restarted';
        this.#event('Normal', 'Killing', `Container ${name} failed ${kind} probe${restarts}`);
        void this.#end(running, graceSeconds);
      },
      failed: (kind, message) => this.#event('Warning', 'Unhealthy', `${kind} probe failed: ${message}`),
    };
    this.#set({ running: { startedAt: wholeSeconds(startedAt) } }, false);
    if (startupProbe === undefined) started();
    const probing = probeContainer(this.#spec, target, listener, over.signal, stopping);
    const { exitCode } = await exited;
    await probing;
    return exitCode;
  }

  #commandLine(image: Image, environment: Record<string, string>): string[] {
    const { command, args } = this.#spec;
    const expanded = (words: readonly string[] | undefined) => words?.map(word => expand(word, environment));
    // A pod's command replaces both the image's entry point and its arguments.
    const entryPoint = command?.length ? expanded(command) : image.config.Entrypoint;
    const parameters = args?.length ? expanded(args) : command?.length ? [] : image.config.Cmd;
    return [...(entryPoint ?? []), ...(parameters ?? [])];
  }

  async #mounts(directory: string): Promise<Mount[]> {
    const { volumes } = this.#pod;
    const mounts = (this.#spec.volumeMounts ?? []).map(async ({ name, mountPath, subPath }, index) => ({
      mountPath,
      hostPath: subPath
        ? await volumes.subPathOf(name, subPath, join(directory, 'sub-paths', String(index)))
        : volumes.pathOf(name),
    }));
    return Promise.all(mounts);
  }

  #terminate(exitCode: number, reason: string, startedAt: Date, message?: string): void {
    const { containerID } = this.status;
    this.#set(
      {
        terminated: {
          exitCode,
          reason,
          ...(message === undefined ? {} : { message }),
          startedAt: wholeSeconds(startedAt),
          finishedAt: wholeSeconds(),
          ...(containerID === undefined ? {} : { containerID }),
        },
      },
      this.#init && exitCode === 0,
    );
  }

  async #backOff(pause: number, stopping: AbortSignal): Promise<void> {
    const { name } = this.#spec;
    const label = podLabel(this.#pod.pod);
    this.#event('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${label}`);
    const message = `back-off ${goDuration(pause)} restarting failed container=${name} pod=${label}`;
    if (this.status.state.terminated !== undefined) this.status.lastState = this.status.state;
    await this.#waitAfterFailure('CrashLoopBackOff', message, pause, stopping);
  }

  #keepLastRun(): void {
    const { terminated } = this.status.state;
    if (terminated !== undefined) this.status.lastState = { terminated };
    removeLog(this.#logPath(this.status.restartCount - 1));
    this.#previousLog = this.#log;
    this.#isBetweenRuns = false;
    this.status.restartCount += 1;
  }

  #logPath(restart: number): string {
    return join(this.#pod.directory, 'logs', this.#spec.name, `${restart}.log`);
  }

  async #waitAfterFailure(reason: string, message: string, pause: number, stopping: AbortSignal) {
    this.#wait(reason, message);
    await delay(pause, undefined, { signal: stopping });
  }

  #wait(reason: string, message: string): void {
    this.#set({ waiting: { reason, message } }, false);
  }

  #set(state: ContainerState, ready: boolean): void {
    this.status.state = state;
    this.status.ready = ready;
    this.status.started = false;
    this.#pod.changed();
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const reference = podReference(this.#pod.pod, { name: this.#spec.name, init: this.#init });
    this.#node.events.record(reference, type, reason, message);
  }
}
