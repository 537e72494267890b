import { describe, expect, test } from 'vitest';
import type { Fields } from '../fields.ts';
import { humanDuration } from './duration.ts';
import { table } from './table.ts';

const cells = (kind: string, object: Fields): unknown => {
  const { rows } = table(kind, [{ apiVersion: 'v1', kind, metadata: {}, ...object }], {}, 'None');
  return (rows as { cells: unknown[] }[])[0]?.cells;
};

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

// Cases of k8s.io/apimachinery/pkg/util/duration.
test.each([
  [second, '1s'],
  [70 * second, '70s'],
  [190 * second, '3m10s'],
  [10 * minute - second, '9m59s'],
  [10 * minute + 30 * second, '10m'],
  [70 * minute, '70m'],
  [3 * hour + 4 * minute, '3h4m'],
  [7 * hour + 59 * minute, '7h59m'],
  [8 * hour + 5 * minute, '8h'],
  [47 * hour, '47h'],
  [3 * day + 4 * hour, '3d4h'],
  [9 * day + 4 * hour, '9d'],
  [729 * day, '729d'],
  [731 * day, '2y1d'],
  [9 * 365 * day, '9y'],
  [-500, '0s'],
])('%d ms is %s', (milliseconds, text) => expect(humanDuration(milliseconds)).toBe(text));

describe('a pod', () => {
  const spec = { containers: [{ name: 'c' }] };
  const container = (more: Fields) => ({ name: 'c', ready: false, restartCount: 0, ...more });
  const waiting = (reason: string) => container({ state: { waiting: { reason } } });
  test.each<[string, Fields, Fields, string, string]>([
    [
      'that runs',
      {},
      { phase: 'Running', containerStatuses: [container({ ready: true, state: { running: {} } })] },
      '1/1',
      'Running',
    ],
    [
      'without its image',
      {},
      { phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff')] },
      '0/1',
      'ImagePullBackOff',
    ],
    [
      'that fails repeatedly',
      {},
      { phase: 'Running', containerStatuses: [waiting('CrashLoopBackOff')] },
      '0/1',
      'CrashLoopBackOff',
    ],
    [
      'that has ended',
      {},
      {
        phase: 'Succeeded',
        containerStatuses: [container({ state: { terminated: { exitCode: 0, reason: 'Completed' } } })],
      },
      '0/1',
      'Completed',
    ],
    [
      'that was killed',
      {},
      {
        phase: 'Failed',
        containerStatuses: [container({ state: { terminated: { exitCode: 137, signal: 9 } } })],
      },
      '0/1',
      'Signal:9',
    ],
    ['that was evicted', {}, { phase: 'Failed', reason: 'Evicted' }, '0/1', 'Evicted'],
    [
      'that initializes',
      {},
      { phase: 'Pending', initContainerStatuses: [{ name: 'i', state: { running: {} } }] },
      '0/1',
      'Init:0/0',
    ],
    [
      'that is being deleted',
      { deletionTimestamp: '2026-01-01T00:00:00Z' },
      { phase: 'Running', containerStatuses: [container({ ready: true, state: { running: {} } })] },
      '1/1',
      'Terminating',
    ],
  ])('%s', (_, metadata, status, ready, shown) => {
    expect(cells('Pod', { metadata: { name: 'p', ...metadata }, spec, status })).toMatchObject([
      'p',
      ready,
      shown,
      '0',
      expect.any(String),
      '<none>',
      '<none>',
      '<none>',
      '<none>',
    ]);
  });

  test('shows the time of its last restart', () => {
    const finishedAt = new Date(Date.now() - 30_000).toISOString();
    const status = {
      phase: 'Running',
      containerStatuses: [container({ restartCount: 3, lastState: { terminated: { finishedAt } } })],
    };
    expect(cells('Pod', { metadata: { name: 'p' }, spec, status })).toEqual(
      expect.arrayContaining([expect.stringMatching(/^3 \(3\ds ago\)$/)]),
    );
  });
});

test.each<[string, Fields, unknown[]]>([
  [
    'Node',
    {
      metadata: { name: 'n', labels: { 'node-role.kubernetes.io/agent': '' } },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.35.8' } },
    },
    ['n', 'Ready,SchedulingDisabled', 'agent', '<unknown>', 'v1.35.8'],
  ],
  [
    'Deployment',
    { metadata: { name: 'd' }, spec: { replicas: 2 }, status: { readyReplicas: 1, updatedReplicas: 2 } },
    ['d', '1/2', 2, 0],
  ],
  [
    'Job',
    {
      metadata: { name: 'j' },
      spec: { completions: 1 },
      status: {
        succeeded: 1,
        startTime: '2026-01-01T00:00:00Z',
        completionTime: '2026-01-01T00:00:05Z',
        conditions: [{ type: 'Complete', status: 'True' }],
      },
    },
    ['j', 'Complete', '1/1', '5s'],
  ],
  ['Secret', { metadata: { name: 's' }, type: 'Opaque', data: { a: '', b: '' } }, ['s', 'Opaque', 2]],
  ['Namespace', { metadata: { name: 'n' }, status: { phase: 'Active' } }, ['n', 'Active']],
  [
    'Event',
    { type: 'Warning', reason: 'Failed', involvedObject: { kind: 'Pod', name: 'p' }, message: ' m ' },
    ['<unknown>', 'Warning', 'Failed', 'pod/p', '', '', 'm'],
  ],
])('a %s', (kind, object, wanted) => {
  expect((cells(kind, object) as unknown[]).slice(0, wanted.length)).toEqual(wanted);
});
