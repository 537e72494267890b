import type { Condition, ContainerStatus, Pod, PodStatus } from '../objects.ts';

/**
 * Derives the phase of a pod from its containers.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet_pods.go (getPhase)
 */
export function podPhase(
  pod: Pod,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
): NonNullable<PodStatus['phase']> {
  const { restartPolicy = 'Always' } = pod.spec;
  const sidecars = sidecarsOf(pod);
  for (const status of init) {
    if (sidecars.has(status.name)) {
      if (!status.started && !hasEnded(status)) return 'Pending';
      continue;
    }
    const exit = status.state.terminated?.exitCode;
    if (exit === 0) continue;
    return exit !== undefined && restartPolicy === 'Never' ? 'Failed' : 'Pending';
  }
  if (main.some(status => status.state.waiting !== undefined && !hasEnded(status))) return 'Pending';
  if (main.some(status => status.state.running !== undefined)) return 'Running';
  if (restartPolicy === 'Always') return 'Running';
  if (main.every(status => (status.state.terminated ?? status.lastState.terminated)?.exitCode === 0)) {
    return 'Succeeded';
  }
  return restartPolicy === 'Never' ? 'Failed' : 'Running';
}

export function isSidecar(container: { restartPolicy?: string }): boolean {
  return container.restartPolicy === 'Always';
}

export function sidecarsOf({ spec }: Pod): ReadonlySet<string> {
  return new Set(spec.initContainers?.filter(isSidecar).map(({ name }) => name));
}

function hasEnded(status: ContainerStatus): boolean {
  return status.state.terminated !== undefined || status.lastState.terminated !== undefined;
}

/**
 * Conditions of a pod. An unchanged condition keeps its transition time.
 * @param sidecars names of the sidecars
 * @param before previous conditions, including those of other components
 * @param now RFC 3339
 */
export function podConditions(
  sidecars: ReadonlySet<string>,
  phase: NonNullable<PodStatus['phase']>,
  init: readonly ContainerStatus[],
  main: readonly ContainerStatus[],
  before: readonly Condition[],
  now: string,
): Condition[] {
  const over = phase === 'Succeeded' || phase === 'Failed';
  // A started sidecar counts as initialized, and must be ready like other containers.
  const complete = (status: ContainerStatus) => (sidecars.has(status.name) ? status.started : status.ready);
  const incomplete = init.filter(status => !complete(status)).map(status => status.name);
  const lasting = [...init.filter(status => sidecars.has(status.name)), ...main];
  const unready = lasting.filter(status => !status.ready).map(status => status.name);
  const sandbox = [...init, ...main].some(status => status.state.running !== undefined || hasEnded(status));

  const initialized: Fact =
    incomplete.length === 0 || phase === 'Succeeded'
      ? { status: 'True', ...(phase === 'Succeeded' ? { reason: 'PodCompleted' } : {}) }
      : {
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: [${incomplete.join(' ')}]`,
        };
  const ready: Fact = over
    ? { status: 'False', reason: phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed' }
    : unready.length === 0
      ? { status: 'True' }
      : {
          status: 'False',
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${unready.join(' ')}]`,
        };
  const own: Record<string, Fact> = {
    PodReadyToStartContainers: { status: sandbox && !over ? 'True' : 'False' },
    Initialized: initialized,
    Ready: ready,
    ContainersReady: ready,
    PodScheduled: { status: 'True' },
  };
  const conditions = Object.entries(own).map(([type, fact]): Condition => {
    const old = before.find(condition => condition.type === type);
    const unchanged = old?.status === fact.status;
    return { type, ...fact, lastTransitionTime: (unchanged && old.lastTransitionTime) || now };
  });
  return [...conditions, ...before.filter(condition => !(condition.type in own))];
}

type Fact = Pick<Condition, 'status' | 'reason' | 'message'>;
