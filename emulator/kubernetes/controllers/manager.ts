import type { Grant, PolicyRule } from '../api/server.ts';
import type { ApiClient } from '../client.ts';
import { EventRecorder } from '../node/events.ts';
import { DeploymentController } from './deployment/deployment.ts';
import { JobController } from './job/job.ts';
import { TimeToLiveController } from './job/time-to-live.ts';
import type { Reconciler } from './reconciler.ts';
import { ReplicaSetController } from './replica-set.ts';

const read = ['get', 'list', 'watch'];
const writesEvents: PolicyRule = {
  verbs: ['create', 'patch', 'update'],
  apiGroups: ['', 'events.k8s.io'],
  resources: ['events'],
};

/**
 * Permissions of each controller, as for kube-controller-manager's service accounts.
 * @see
 * https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go
 */
const rules = {
  'deployment-controller': [
    { verbs: [...read, 'update'], apiGroups: ['apps'], resources: ['deployments'] },
    { verbs: ['update'], apiGroups: ['apps'], resources: ['deployments/status'] },
    {
      verbs: [...read, 'create', 'delete', 'patch', 'update'],
      apiGroups: ['apps'],
      resources: ['replicasets'],
    },
    { verbs: [...read, 'update'], apiGroups: [''], resources: ['pods'] },
    writesEvents,
  ],
  'replicaset-controller': [
    { verbs: [...read, 'update'], apiGroups: ['apps'], resources: ['replicasets'] },
    { verbs: ['update'], apiGroups: ['apps'], resources: ['replicasets/status'] },
    { verbs: ['create', 'delete', 'list', 'patch', 'watch'], apiGroups: [''], resources: ['pods'] },
    writesEvents,
  ],
  'job-controller': [
    { verbs: [...read, 'patch', 'update'], apiGroups: ['batch'], resources: ['jobs'] },
    { verbs: ['update'], apiGroups: ['batch'], resources: ['jobs/status'] },
    { verbs: ['create', 'delete', 'list', 'patch', 'watch'], apiGroups: [''], resources: ['pods'] },
    writesEvents,
  ],
  'ttl-after-finished-controller': [
    { verbs: [...read, 'delete'], apiGroups: ['batch'], resources: ['jobs'] },
    writesEvents,
  ],
} as const satisfies Record<string, readonly PolicyRule[]>;

type ControllerName = keyof typeof rules;

/** Permissions of `system:serviceaccount:kube-system:…` for each controller. */
export const controllerGrants: readonly Grant[] = Object.entries(rules).map(([name, granted]) => ({
  subject: userOf(name as ControllerName),
  rules: granted,
}));

function userOf(name: ControllerName): string {
  return `system:serviceaccount:kube-system:${name}`;
}

export interface ControllerManagerOptions {
  readonly clientFor: (userAgent: string, user: string) => ApiClient;
  /** Milliseconds before a failed pod of a job is replaced: 10 s in a cluster. */
  readonly jobBackoff: number;
  readonly log: (line: string) => void;
}

/**
 * Controllers of Deployments, ReplicaSets, and Jobs, each with a separate identity. Not used with a real
 * kube-controller-manager.
 */
export class ControllerManager {
  readonly #reconcilers: readonly Reconciler[];
  readonly #events: readonly EventRecorder[];

  constructor({ clientFor, jobBackoff, log }: ControllerManagerOptions) {
    const client = (name: ControllerName) => clientFor(`kube-controller-manager/${name}`, userOf(name));
    const [deployments, sets, jobs] = (
      ['deployment-controller', 'replicaset-controller', 'job-controller'] as const
    ).map(name => {
      const api = client(name);
      return { api, events: new EventRecorder(api, { component: name }, log) };
    }) as [Identity, Identity, Identity];
    this.#events = [deployments.events, sets.events, jobs.events];
    this.#reconcilers = [
      new DeploymentController(deployments.api, deployments.events, log),
      new ReplicaSetController(sets.api, sets.events, log),
      new JobController(jobs.api, jobs.events, jobBackoff, log),
      new TimeToLiveController(client('ttl-after-finished-controller'), log),
    ].map(({ reconciler }) => reconciler);
  }

  start(): void {
    for (const reconciler of this.#reconcilers) reconciler.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#reconcilers.map(reconciler => reconciler.stop()));
    await Promise.all(this.#events.map(events => events.close()));
  }
}

interface Identity {
  readonly api: ApiClient;
  readonly events: EventRecorder;
}
