import { randomInt } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { availableParallelism, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Service } from '../../http/service.ts';
import { wholeSeconds } from '../../timestamps.ts';
import type { LogSource } from '../api/server.ts';
import { untilDone } from '../client.ts';
import type { Node, Pod } from '../objects.ts';
import type { NodeContext } from './container-worker.ts';
import { kubeletEndpoint } from './kubelet-endpoint.ts';
import { keepLease } from './lease.ts';
import { PodWorker } from './pod-worker.ts';
import type { NodeResources } from './resources.ts';

export interface KubeletOptions extends NodeContext {
  /** `1.35.8`. */
  readonly kubernetesVersion: string;
  /** Port for the API server. */
  readonly kubeletPort: number;
  /** Created if needed, removed by {@link Kubelet.stop}. */
  readonly directory: string;
}

/** As AKS names the first node of the first pool. */
export function nodeName(): string {
  return `aks-nodepool1-${randomInt(10_000_000, 100_000_000)}-vmss000000`;
}

/** All resources of this machine. */
export function machineResources(): NodeResources {
  return { cpu: `${availableParallelism()}`, memory: `${Math.floor(totalmem() / 1024)}Ki`, pods: '250' };
}

/** Kubelet of one node: registers it, runs its pods, and returns their logs. */
export class Kubelet {
  readonly #options: KubeletOptions;
  readonly #stopping = new AbortController();
  readonly #workers = new Map<string, PodWorker>();
  /** Pods deleted from the API whose containers and files are being removed. */
  readonly #leaving = new Set<Promise<void>>();
  #watching: Promise<void> | undefined;
  #addresses = 0;

  constructor(options: KubeletOptions) {
    this.#options = options;
  }

  /** Registers the node, then watches for pods. */
  start(): void {
    const { api, nodeName, log } = this.#options;
    this.#watching = this.#register().then(async () => {
      await Promise.all([this.#watch(), keepLease(api, nodeName, this.#stopping.signal, log)]);
    });
  }

  readonly logs: LogSource = async query => {
    const log = this.#workers.get(query.podUid)?.log(query.container, query.previous);
    if (log === undefined) return undefined;
    const written = log.read();
    return query.follow ? { written, live: log.follow(query.signal) } : { written };
  };

  /** The API on its port. */
  readonly endpoint: Service = kubeletEndpoint(
    (namespace, name) =>
      [...this.#workers.values()]
        .map(({ pod }) => pod)
        .find(({ metadata }) => metadata.name === name && metadata.namespace === namespace),
    query => this.logs(query),
  );

  /** Ends all containers and removes all files. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const written = this.#options.events.close();
    await this.#watching;
    await Promise.all([...this.#workers.values()].map(worker => worker.kill()));
    await Promise.all(this.#leaving);
    await written;
    await rm(this.#options.directory, { recursive: true, force: true });
  }

  async #register(): Promise<void> {
    const { api, log } = this.#options;
    const { status, ...node } = this.#node();
    const register = async () => {
      await api.ensure('/api/v1/nodes', node);
      await api.mergePatch(`/api/v1/nodes/${node.metadata.name}/status`, { status });
    };
    await untilDone(register, this.#stopping.signal, log);
  }

  async #watch(): Promise<void> {
    const { api, nodeName } = this.#options;
    const query = { fieldSelector: `spec.nodeName=${nodeName}` };
    for await (const { type, object: pod } of api.follow<Pod>('/api/v1/pods', query, this.#stopping.signal)) {
      if (type === 'DELETED') this.#remove(pod);
      else this.#admit(pod);
    }
  }

  #admit(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    let worker = this.#workers.get(uid);
    if (worker === undefined) {
      worker = new PodWorker(
        this.#options,
        pod,
        this.#podAddress(),
        join(this.#options.directory, 'pods', uid),
      );
      this.#workers.set(uid, worker);
      worker.start();
    }
    worker.update(pod);
  }

  #remove(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const worker = this.#workers.get(uid);
    this.#workers.delete(uid);
    if (worker === undefined) return;
    const leaving = worker
      .remove()
      .catch(error => this.#options.log(`cannot remove pod "${pod.metadata.name}" from the node: ${error}`))
      .finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  /** From AKS' default overlay network, 10.244.0.0/16. */
  #podAddress(): string {
    this.#addresses = (this.#addresses + 1) % 65_000;
    return `10.244.${this.#addresses >> 8}.${this.#addresses & 255}`;
  }

  #node(): Node {
    const { nodeName, hostIP, kubeletPort, allocatable, kubernetesVersion } = this.#options;
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
    const now = wholeSeconds();
    const condition = (type: string, status: 'True' | 'False', reason: string, message: string) => ({
      type,
      status,
      reason,
      message,
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    });
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: nodeName,
        annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
        labels: {
          agentpool: 'nodepool1',
          'kubernetes.azure.com/agentpool': 'nodepool1',
          'kubernetes.azure.com/mode': 'system',
          'kubernetes.azure.com/os-sku': 'Ubuntu',
          'beta.kubernetes.io/arch': architecture,
          'beta.kubernetes.io/os': 'linux',
          'kubernetes.io/arch': architecture,
          'kubernetes.io/hostname': nodeName,
          'kubernetes.io/os': 'linux',
        },
      },
      spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] },
      status: {
        capacity: { ...allocatable },
        allocatable: { ...allocatable },
        addresses: [
          { type: 'InternalIP', address: hostIP },
          { type: 'Hostname', address: nodeName },
        ],
        conditions: [
          condition(
            'MemoryPressure',
            'False',
            'KubeletHasSufficientMemory',
            'kubelet has sufficient memory available',
          ),
          condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
          condition(
            'PIDPressure',
            'False',
            'KubeletHasSufficientPID',
            'kubelet has sufficient PID available',
          ),
          condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
        ],
        nodeInfo: {
          architecture,
          operatingSystem: 'linux',
          kubeletVersion: `v${kubernetesVersion}`,
          kubeProxyVersion: '',
          containerRuntimeVersion: 'containerd://2.0.0',
          kernelVersion: release(),
          osImage: 'Ubuntu 22.04.5 LTS',
          machineID: '',
          systemUUID: '',
          bootID: '',
        },
        daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      },
    };
  }
}
