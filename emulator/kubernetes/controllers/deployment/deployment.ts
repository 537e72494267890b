import { isDeepStrictEqual } from 'node:util';
import { type ApiClient, ApiError } from '../../client.ts';
import type { EventRecorder } from '../../node/events.ts';
import type { ObjectList, Pod } from '../../objects.ts';
import { conditionOf, type Deployment, type DeploymentStatus, type ReplicaSet } from '../../objects.ts';
import { claim, controllerOf, ownerReference, ownerSources, unlessGone } from '../ownership.ts';
import { referenceTo } from '../pods.ts';
import { Reconciler, type Source } from '../reconciler.ts';
import {
  annotation,
  annotationsOfNew,
  byAge,
  findNew,
  hashLabel,
  revisionOf,
  templateHash,
} from './revisions.ts';
import { bounds, nextSizeOfNew, nextSizesOfOld, proportionalSizes } from './sizes.ts';
import {
  condition,
  countedStatus,
  isComplete,
  progressDeadline,
  rolloutStatus,
  untilTimedOut,
  withCondition,
} from './status.ts';

const kind = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;

/** A deployment of type Recreate waits for the last pod of the old replica set. */
const endedPods: Source<Pod> = {
  path: '/api/v1/pods',
  affectedKeys({ type, object }) {
    const hash = object.metadata.labels?.[hashLabel];
    const set = controllerOf(object);
    const ended = type === 'DELETED' || ['Succeeded', 'Failed'].includes(object.status?.phase ?? '');
    if (!ended || hash === undefined || !set?.name.endsWith(`-${hash}`)) return [];
    return [`${object.metadata.namespace ?? 'default'}/${set.name.slice(0, -hash.length - 1)}`];
  },
};

/**
 * Rolls the replica sets of each deployment from one template to the next.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
 */
export class DeploymentController {
  readonly #api: ApiClient;
  readonly #events: EventRecorder;
  readonly reconciler: Reconciler;

  constructor(api: ApiClient, events: EventRecorder, log: (line: string) => void) {
    this.#api = api;
    this.#events = events;
    const sources = [
      ...ownerSources('/apis/apps/v1/deployments', kind, '/apis/apps/v1/replicasets'),
      endedPods as Source,
    ];
    this.reconciler = new Reconciler(api, sources, (...where) => this.#reconcile(...where), log);
  }

  async #reconcile(namespace: string, name: string): Promise<number | undefined> {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
    const deployment = await unlessGone(this.#api.get<Deployment>(path));
    if (deployment === undefined) return undefined;
    const collection = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
    const { items } = await this.#api.get<ObjectList<ReplicaSet>>(collection);
    const sets = await claim(this.#api, kind, deployment, collection, items);
    return new Rollout(this.#api, this.#events, path, collection, deployment, sets).advance();
  }
}

class Rollout {
  readonly #api: ApiClient;
  readonly #events: EventRecorder;
  readonly #path: string;
  readonly #collection: string;
  #deployment: Deployment;
  #new: ReplicaSet | undefined;
  #old: readonly ReplicaSet[];

  constructor(
    api: ApiClient,
    events: EventRecorder,
    path: string,
    collection: string,
    deployment: Deployment,
    sets: readonly ReplicaSet[],
  ) {
    this.#api = api;
    this.#events = events;
    this.#path = path;
    this.#collection = collection;
    this.#deployment = deployment;
    this.#new = findNew(deployment, sets);
    this.#old = sets.filter(set => set !== this.#new).sort(byAge);
  }

  get #all(): ReplicaSet[] {
    return this.#new ? [...this.#old, this.#new] : [...this.#old];
  }

  /** @returns milliseconds until the progress deadline */
  async advance(): Promise<number | undefined> {
    const { metadata, spec } = this.#deployment;
    if (metadata.deletionTimestamp !== undefined) return this.#write(this.#counted());
    await this.#markPause();
    await this.#markRevision();
    if (spec.paused || this.#isBeingScaled()) {
      await this.#scale();
      return this.#write(this.#counted());
    }
    if (spec.strategy.type === 'Recreate') await this.#recreate();
    else await this.#roll();
    return this.#write(rolloutStatus(this.#deployment, this.#all, this.#new, Date.now()));
  }

  #counted(): DeploymentStatus {
    return countedStatus(this.#deployment, this.#all, this.#new);
  }

  /** A pause stops the progress deadline. */
  async #markPause(): Promise<void> {
    const { spec, status = {} } = this.#deployment;
    const current = conditionOf(status, 'Progressing');
    if (progressDeadline(this.#deployment) === undefined || current?.reason === 'ProgressDeadlineExceeded')
      return;
    const wasPaused = current?.reason === 'DeploymentPaused';
    if (wasPaused === (spec.paused === true)) return;
    const [reason, message] = spec.paused
      ? ['DeploymentPaused', 'Deployment is paused']
      : ['DeploymentResumed', 'Deployment is resumed'];
    await this.#write(withCondition(status, condition('Progressing', 'Unknown', reason, message)));
  }

  /** Updates the revision of the current replica set and the deployment. */
  async #markRevision(): Promise<void> {
    const set = this.#new;
    if (set === undefined) return;
    const { minReadySeconds } = this.#deployment.spec;
    const annotations = annotationsOfNew(this.#deployment, set, this.#old);
    const same =
      isDeepStrictEqual(annotations, set.metadata.annotations ?? {}) &&
      (set.spec.minReadySeconds ?? 0) === (minReadySeconds ?? 0);
    if (!same) {
      const { resourceVersion } = set.metadata;
      this.#new = await this.#api.mergePatch<ReplicaSet>(this.#pathOf(set), {
        metadata: { resourceVersion, annotations },
        spec: { minReadySeconds: minReadySeconds ?? null },
      });
    }
    await this.#setRevision(annotations[annotation.revision] ?? '');
    if (
      progressDeadline(this.#deployment) !== undefined &&
      !conditionOf(this.#deployment.status, 'Progressing')
    ) {
      const message = `Found new replica set "${set.metadata.name}"`;
      const found = condition('Progressing', 'True', 'FoundNewReplicaSet', message);
      await this.#write(withCondition(this.#deployment.status ?? {}, found));
    }
  }

  async #setRevision(revision: string): Promise<void> {
    const { metadata } = this.#deployment;
    if (metadata.annotations?.[annotation.revision] === revision) return;
    const annotations = { ...metadata.annotations, [annotation.revision]: revision };
    this.#deployment = await this.#api.replace<Deployment>(this.#path, {
      ...this.#deployment,
      metadata: { ...metadata, annotations },
    });
  }

  /** True if the replicas have changed since the sets were last scaled. */
  #isBeingScaled(): boolean {
    const wanted = String(this.#deployment.spec.replicas);
    return this.#all
      .filter(({ spec }) => spec.replicas > 0)
      .map(({ metadata }) => metadata.annotations?.[annotation.desiredReplicas])
      .some(desired => desired !== undefined && desired !== wanted);
  }

  async #scale(): Promise<void> {
    const { replicas, strategy } = this.#deployment.spec;
    const active = this.#all.filter(({ spec }) => spec.replicas > 0);
    if (active.length <= 1) {
      const only = active[0] ?? this.#new ?? this.#old.at(-1);
      if (only !== undefined && only.spec.replicas !== replicas) await this.#resize(only, replicas);
      return;
    }
    if (this.#isSaturated()) {
      for (const set of this.#old.filter(({ spec }) => spec.replicas > 0)) await this.#resize(set, 0);
      return;
    }
    if (strategy.type !== 'RollingUpdate') return;
    const maxOf = ({ metadata }: ReplicaSet) =>
      Number(metadata.annotations?.[annotation.maxReplicas]) || (this.#deployment.status?.replicas ?? 0);
    for (const [set, size] of proportionalSizes(this.#deployment, active, maxOf))
      await this.#resize(set, size);
  }

  #isSaturated(): boolean {
    const { replicas } = this.#deployment.spec;
    const { metadata, spec, status } = this.#new ?? {};
    return (
      metadata?.annotations?.[annotation.desiredReplicas] === String(replicas) &&
      spec?.replicas === replicas &&
      (status?.availableReplicas ?? 0) === replicas
    );
  }

  /** Deletes all old pods before it creates new ones. */
  async #recreate(): Promise<void> {
    const active = this.#old.filter(({ spec }) => spec.replicas > 0);
    for (const set of active) await this.#resize(set, 0);
    if (active.length > 0 || (await this.#oldPodsRun())) return;
    const set = this.#new ?? (await this.#create());
    const { replicas } = this.#deployment.spec;
    if (set.spec.replicas !== replicas) await this.#resize(set, replicas);
    await this.#cleanUp();
  }

  async #oldPodsRun(): Promise<boolean> {
    if (this.#old.length === 0) return false;
    const { namespace = 'default' } = this.#deployment.metadata;
    const { items } = await this.#api.get<ObjectList<Pod>>(`/api/v1/namespaces/${namespace}/pods`);
    const old = new Set(this.#old.map(({ metadata }) => metadata.uid));
    return items.some(
      pod =>
        old.has(controllerOf(pod)?.uid) && !['Succeeded', 'Failed'].includes(pod.status?.phase ?? 'Pending'),
    );
  }

  /** Scales up or down by one step. The resulting changes trigger the next step. */
  async #roll(): Promise<void> {
    const set = this.#new ?? (await this.#create());
    const size = nextSizeOfNew(this.#deployment, this.#all, set.spec.replicas);
    if (size !== set.spec.replicas) {
      await this.#resize(set, size);
      return;
    }
    const active = this.#old.filter(({ spec }) => spec.replicas > 0);
    const sizes = nextSizesOfOld(this.#deployment, set, active);
    for (const [each, next] of sizes) await this.#resize(each, next);
    if (sizes.size === 0) await this.#cleanUp();
  }

  async #create(): Promise<ReplicaSet> {
    const { metadata, spec, status = {} } = this.#deployment;
    const { collisionCount } = status;
    const hash = templateHash(spec.template, collisionCount);
    const name = `${metadata.name}-${hash}`;
    const labels = { ...spec.template.metadata?.labels, [hashLabel]: hash };
    const size = nextSizeOfNew(this.#deployment, this.#old, 0);
    const annotations = {
      ...annotationsOfNew(this.#deployment, undefined, this.#old),
      ...this.#sizeAnnotations(),
    };
    const { matchLabels } = spec.selector;
    const set: Omit<ReplicaSet, 'status'> = {
      ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet' },
      metadata: {
        name,
        namespace: metadata.namespace ?? 'default',
        labels,
        annotations,
        ownerReferences: [ownerReference(kind, this.#deployment)],
      },
      spec: {
        replicas: size,
        ...(spec.minReadySeconds !== undefined && { minReadySeconds: spec.minReadySeconds }),
        selector: { ...spec.selector, matchLabels: { ...matchLabels, [hashLabel]: hash } },
        template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
      },
    };
    try {
      this.#new = await this.#api.create<ReplicaSet>(this.#collection, set);
    } catch (error) {
      await this.#creationFailed(name, error);
      throw error;
    }
    if (size > 0)
      this.#event('Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`);
    await this.#setRevision(annotations[annotation.revision] ?? '');
    if (progressDeadline(this.#deployment) !== undefined) {
      const message = `Created new replica set "${name}"`;
      const created = condition('Progressing', 'True', 'NewReplicaSetCreated', message);
      await this.#write(withCondition(this.#deployment.status ?? {}, created));
    }
    return this.#new;
  }

  /** Avoids an existing name next time. Reports other errors. */
  async #creationFailed(name: string, error: unknown): Promise<void> {
    const { status = {} } = this.#deployment;
    if (!(error instanceof ApiError)) return;
    if (error.reason === 'AlreadyExists') {
      await this.#write({ ...status, collisionCount: (status.collisionCount ?? 0) + 1 });
      return;
    }
    if (error.message.endsWith('because it is being terminated')) return;
    const message = `Failed to create new replica set "${name}": ${error.message}`;
    this.#event('Warning', 'ReplicaSetCreateError', message);
    if (progressDeadline(this.#deployment) === undefined) return;
    await this.#write(
      withCondition(status, condition('Progressing', 'False', 'ReplicaSetCreateError', message)),
    );
  }

  #sizeAnnotations(): Record<string, string> {
    const { replicas } = this.#deployment.spec;
    return {
      [annotation.desiredReplicas]: String(replicas),
      [annotation.maxReplicas]: String(replicas + bounds(this.#deployment).maxSurge),
    };
  }

  async #resize(set: ReplicaSet, size: number): Promise<void> {
    const { name, resourceVersion } = set.metadata;
    const before = set.spec.replicas;
    const resized = await this.#api.mergePatch<ReplicaSet>(this.#pathOf(set), {
      metadata: { resourceVersion, annotations: this.#sizeAnnotations() },
      spec: { replicas: size },
    });
    if (set === this.#new) this.#new = resized;
    else this.#old = this.#old.map(each => (each === set ? resized : each));
    if (size === before) return;
    const way = size > before ? 'up' : 'down';
    this.#event('Normal', 'ScalingReplicaSet', `Scaled ${way} replica set ${name} from ${before} to ${size}`);
  }

  /** Deletes old replica sets beyond the history limit. */
  async #cleanUp(): Promise<void> {
    const { revisionHistoryLimit } = this.#deployment.spec;
    if (revisionHistoryLimit === undefined || !isComplete(this.#deployment, this.#deployment.status ?? {}))
      return;
    const kept = this.#old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const surplus = kept
      .sort((one, other) => revisionOf(one) - revisionOf(other))
      .slice(0, Math.max(0, kept.length - revisionHistoryLimit))
      .filter(
        ({ metadata, spec, status }) =>
          spec.replicas === 0 &&
          status.replicas === 0 &&
          (metadata.generation ?? 0) <= (status.observedGeneration ?? 0),
      );
    for (const set of surplus) await this.#api.delete(this.#pathOf(set), { uid: set.metadata.uid ?? '' });
  }

  /** @returns milliseconds until the progress deadline */
  async #write(status: DeploymentStatus): Promise<number | undefined> {
    if (!isDeepStrictEqual(status, this.#deployment.status)) {
      this.#deployment = await this.#api.replace<Deployment>(`${this.#path}/status`, {
        ...this.#deployment,
        status,
      });
    }
    return untilTimedOut(this.#deployment, status, Date.now());
  }

  #pathOf({ metadata }: ReplicaSet): string {
    return `${this.#collection}/${metadata.name}`;
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#events.record(referenceTo(kind, this.#deployment), type, reason, message);
  }
}
