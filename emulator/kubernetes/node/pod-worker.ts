import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { wholeSeconds } from '../../timestamps.ts';
import { ApiError } from '../client.ts';
import type { Container, Pod, PodStatus } from '../objects.ts';
import type { ContainerLog } from './container-log.ts';
import { ContainerWorker, type NodeContext } from './container-worker.ts';
import type { PodAddresses } from './environment.ts';
import { podReference } from './events.ts';
import { isSidecar, podConditions, podPhase, sidecarsOf } from './pod-status.ts';
import { MountFailure, PodVolumes } from './volumes.ts';

const defaultGraceSeconds = 30;
/** Seconds that a kubelet gives also to a pod deleted by force. */
const minimumGraceSeconds = 2;

/** Runs one pod on this node until its end. */
export class PodWorker {
  readonly #node: NodeContext;
  readonly #addresses: PodAddresses;
  readonly #directory: string;
  readonly #volumes: PodVolumes;
  readonly #initContainers: readonly ContainerWorker[];
  readonly #containers: readonly ContainerWorker[];
  readonly #stopping = new AbortController();
  readonly #startTime = wholeSeconds();
  #pod: Pod;
  #running: Promise<void> | undefined;
  #termination: Promise<void> | undefined;
  #graceSeconds = Number.POSITIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();
  #writeAsked = false;
  #written = '';

  /**
   * @param podIP address in the pod network
   * @param directory removed with the pod
   */
  constructor(node: NodeContext, pod: Pod, podIP: string, directory: string) {
    this.#node = node;
    this.#pod = pod;
    this.#addresses = { podIP, hostIP: node.hostIP };
    this.#directory = directory;
    this.#volumes = new PodVolumes(pod, {
      api: node.api,
      addresses: this.#addresses,
      allocatable: node.allocatable,
      directory: join(directory, 'volumes'),
      // One minute if the shortest back-off is ten seconds.
      refreshInterval: node.backoff * 6,
      failed: failure => this.#mountFailed(failure),
    });
    const { initContainers = [], containers, restartPolicy = 'Always' } = pod.spec;
    this.#initContainers = initContainers.map(spec =>
      // An init container succeeds once. A sidecar always restarts.
      this.#worker(
        spec,
        isSidecar(spec) ? 'Always' : restartPolicy === 'Never' ? 'Never' : 'OnFailure',
        true,
      ),
    );
    this.#containers = containers.map(spec => this.#worker(spec, restartPolicy, false));
  }

  start(): void {
    this.#running = this.#run()
      .catch(error => {
        if (!this.#stopping.signal.aborted)
          this.#node.log(`pod "${this.#pod.metadata.name}" failed: ${error}`);
      })
      .finally(() => this.#volumes.unmount());
  }

  /** Receives a newer state of the pod. Ends a terminating pod gracefully, then removes it from the API. */
  update(pod: Pod): void {
    this.#pod = pod;
    this.#volumes.update(pod);
    if (pod.metadata.deletionTimestamp === undefined) return;
    const graceSeconds = pod.metadata.deletionGracePeriodSeconds ?? defaultGraceSeconds;
    // A second deletion can shorten the grace period.
    if (this.#termination === undefined) this.#termination = this.#terminate(graceSeconds);
    else if (graceSeconds < this.#graceSeconds) void this.#stop(graceSeconds);
    this.#graceSeconds = Math.min(graceSeconds, this.#graceSeconds);
  }

  /** The pod is gone from the API: ends its containers and removes its files. */
  async remove(): Promise<void> {
    await Promise.all([this.#termination, this.#stop(minimumGraceSeconds)]);
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Ends the pod because the node stops. Does not update the API. */
  async kill(): Promise<void> {
    this.#termination = Promise.resolve();
    await this.#stop(0);
    await this.#writing;
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** The pod with its current status, which might be newer than in the API. */
  get pod(): Pod {
    return { ...this.#pod, status: this.#status() };
  }

  log(container: string, previous: boolean): ContainerLog | undefined {
    return this.#all()
      .find(({ status }) => status.name === container)
      ?.log(previous);
  }

  async #run(): Promise<void> {
    const stopping = this.#stopping.signal;
    this.#changed();
    await this.#mountVolumes();
    const sidecars: Promise<unknown>[] = [];
    for (const [index, container] of this.#initContainers.entries()) {
      if (isSidecar(this.#pod.spec.initContainers?.[index] ?? {})) {
        const { promise: started, resolve } = Promise.withResolvers<void>();
        const ended = container.run(stopping, resolve);
        sidecars.push(ended);
        await Promise.race([started, ended]);
      } else if ((await container.run(stopping)) !== 0) {
        return;
      }
      if (stopping.aborted) return;
    }
    await Promise.all(this.#containers.map(container => container.run(stopping)));
    // Sidecars end after all other containers.
    this.#stopping.abort();
    await this.#stopSidecars(this.#pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds);
    await Promise.all(sidecars);
  }

  /** Retries until all referenced objects exist. */
  async #mountVolumes(): Promise<void> {
    for (let pause = this.#node.backoff / 20; ; pause = Math.min(pause * 2, this.#node.backoff * 12)) {
      try {
        return await this.#volumes.mount();
      } catch (error) {
        if (!(error instanceof MountFailure)) throw error;
        this.#mountFailed(error);
        await delay(pause, undefined, { signal: this.#stopping.signal });
      }
    }
  }

  #mountFailed({ volume, message }: MountFailure): void {
    const text = `MountVolume.SetUp failed for volume "${volume}" : ${message}`;
    this.#node.events.record(podReference(this.#pod), 'Warning', 'FailedMount', text);
  }

  async #terminate(graceSeconds: number): Promise<void> {
    await this.#stop(graceSeconds);
    this.#changed();
    await this.#writing;
    const { name, namespace = 'default', uid = '' } = this.#pod.metadata;
    await this.#node.api
      .delete(`/api/v1/namespaces/${namespace}/pods/${name}`, { gracePeriodSeconds: 0, uid })
      .catch(error => this.#node.log(`cannot delete pod "${name}": ${error}`));
  }

  async #stop(graceSeconds: number): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#containers.map(container => container.stop(graceSeconds)));
    await this.#stopSidecars(graceSeconds);
    await this.#running;
  }

  /** In the reverse order of their start. */
  async #stopSidecars(graceSeconds: number): Promise<void> {
    for (const container of this.#initContainers.toReversed()) await container.stop(graceSeconds);
  }

  #worker(spec: Container, restartPolicy: string, init: boolean): ContainerWorker {
    const context = {
      pod: this.#pod,
      addresses: this.#addresses,
      directory: this.#directory,
      volumes: this.#volumes,
      changed: () => this.#changed(),
    };
    return new ContainerWorker(this.#node, context, spec, restartPolicy, init);
  }

  #all(): ContainerWorker[] {
    return [...this.#initContainers, ...this.#containers];
  }

  /** Writes the status: one write at a time, with the newest state last. */
  #changed(): void {
    if (this.#writeAsked) return;
    this.#writeAsked = true;
    this.#writing = this.#writing.then(async () => {
      this.#writeAsked = false;
      await this.#writeStatus();
    });
  }

  async #writeStatus(): Promise<void> {
    const { name, namespace = 'default', uid } = this.#pod.metadata;
    const status = this.#status();
    const serialized = JSON.stringify(status);
    if (serialized === this.#written) return;
    try {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
      this.#pod = await this.#node.api.mergePatch<Pod>(path, { metadata: { uid }, status });
      this.#written = serialized;
    } catch (error) {
      // A deleted or replaced pod needs no status.
      if (error instanceof ApiError && ([404, 409].includes(error.code) || isOfAnother(error))) return;
      this.#node.log(`cannot write the status of pod "${name}", retrying: ${error}`);
      await delay(this.#node.backoff / 10);
      if (this.#termination === undefined) this.#changed();
    }
  }

  #status(): PodStatus {
    const init = this.#initContainers.map(container => container.status);
    const main = this.#containers.map(container => container.status);
    const phase = podPhase(this.#pod, init, main);
    const now = wholeSeconds();
    const { podIP, hostIP } = this.#addresses;
    return {
      phase,
      conditions: podConditions(
        sidecarsOf(this.#pod),
        phase,
        init,
        main,
        this.#pod.status?.conditions ?? [],
        now,
      ),
      hostIP,
      hostIPs: [{ ip: hostIP }],
      podIP,
      podIPs: [{ ip: podIP }],
      startTime: this.#startTime,
      ...(init.length > 0 ? { initContainerStatuses: init } : {}),
      containerStatuses: main,
    };
  }
}

/** True if the object of that name has another UID. */
function isOfAnother({ code, message }: ApiError): boolean {
  return code === 422 && message.includes('metadata.uid');
}
