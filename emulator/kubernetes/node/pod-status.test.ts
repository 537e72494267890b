import { describe, expect, it } from 'vitest';
import type { ContainerState, ContainerStatus, Pod } from '../objects.ts';
import { podConditions, podPhase } from './pod-status.ts';

const running: ContainerState = { running: { startedAt: '' } };
const waiting: ContainerState = { waiting: { reason: 'ContainerCreating' } };
const ended = (exitCode: number): ContainerState => ({
  terminated: { exitCode, reason: 'Error', startedAt: '', finishedAt: '' },
});

function status(state: ContainerState, lastState: ContainerState = {}): ContainerStatus {
  const up = state.running !== undefined;
  return {
    name: 'app',
    state,
    lastState,
    ready: up,
    started: up,
    restartCount: 0,
    image: '',
    imageID: '',
  };
}

describe('phase', () => {
  it.each<[string, 'Always' | 'OnFailure' | 'Never', ContainerStatus[], string]>([
    ['one waits for its first run', 'Always', [status(running), status(waiting)], 'Pending'],
    ['all run', 'Always', [status(running), status(running)], 'Running'],
    ['one waits for its next run', 'Always', [status(waiting, ended(1))], 'Running'],
    ['all ended, to be restarted', 'Always', [status(ended(0))], 'Running'],
    ['one still runs', 'Never', [status(ended(1)), status(running)], 'Running'],
    ['all succeeded', 'Never', [status(ended(0)), status(ended(0))], 'Succeeded'],
    ['one failed', 'Never', [status(ended(0)), status(ended(1))], 'Failed'],
    ['all succeeded', 'OnFailure', [status(ended(0))], 'Succeeded'],
    ['one failed, to be restarted', 'OnFailure', [status(ended(1))], 'Running'],
  ])('%s (%s)', (_, restartPolicy, statuses, phase) => {
    const pod: Pod = { metadata: { name: 'p' }, spec: { restartPolicy, containers: [] } };
    expect(podPhase(pod, [], statuses)).toBe(phase);
  });

  it.each<['Always' | 'Never', ContainerState, string]>([
    ['Always', waiting, 'Pending'],
    ['Always', running, 'Pending'],
    ['Always', ended(1), 'Pending'],
    ['Never', ended(1), 'Failed'],
  ])('with an init container that has not succeeded (%s)', (restartPolicy, state, phase) => {
    const pod: Pod = { metadata: { name: 'p' }, spec: { restartPolicy, containers: [] } };
    expect(podPhase(pod, [status(state)], [status(waiting)])).toBe(phase);
  });
});

describe('conditions', () => {
  const none = new Set<string>();

  it('count a started sidecar as initialized, and require it to be ready', () => {
    const sidecar = { ...status(running), name: 'proxy', started: true, ready: false };
    const of = (each: ContainerStatus) =>
      podConditions(new Set(['proxy']), 'Running', [each], [status(running)], [], '');
    const statusOf = (conditions: ReturnType<typeof of>, type: string) =>
      conditions.find(condition => condition.type === type)?.status;
    expect(statusOf(of(sidecar), 'Initialized')).toBe('True');
    expect(statusOf(of(sidecar), 'Ready')).toBe('False');
    expect(statusOf(of({ ...sidecar, ready: true }), 'Ready')).toBe('True');
    expect(statusOf(of({ ...sidecar, started: false }), 'Initialized')).toBe('False');
  });

  it('keep their transition time', () => {
    const first = podConditions(none, 'Pending', [], [status(waiting)], [], '2026-01-01T00:00:00Z');
    const second = podConditions(none, 'Running', [], [status(running)], first, '2026-01-02T00:00:00Z');
    const at = (type: string) => second.find(condition => condition.type === type)?.lastTransitionTime;
    expect(at('PodScheduled')).toBe('2026-01-01T00:00:00Z');
    expect(at('Ready')).toBe('2026-01-02T00:00:00Z');
  });

  it('list containers that are not ready', () => {
    const conditions = podConditions(none, 'Pending', [], [status(waiting)], [], '');
    expect(conditions.find(({ type }) => type === 'ContainersReady')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [app]',
    });
  });

  it('keep the conditions of other components', () => {
    const other = { type: 'example.com/gate', status: 'True' as const };
    expect(podConditions(none, 'Running', [], [status(running)], [other], '')).toContainEqual(other);
  });
});
