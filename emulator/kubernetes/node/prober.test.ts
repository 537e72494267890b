import { expect, it } from 'vitest';
import type { Probe } from '../objects.ts';
import { type Probes, probeContainer } from './prober.ts';
import type { RunningContainer } from './runtime.ts';

/** Results of probing a container whose commands end with these exit codes in order. */
async function probing(probes: Probes, exitCodes: number[]): Promise<string[]> {
  const over = new AbortController();
  const told: string[] = [];
  const running: RunningContainer = {
    exited: new Promise(() => {}),
    kill: () => {},
    async exec([command = '']) {
      const exitCode = exitCodes.shift();
      if (exitCode === undefined) over.abort();
      return { exitCode: exitCode ?? 1, output: Buffer.from(command) };
    },
  };
  const target = { container: { name: 'c', image: 'i' }, running, podIP: '10.244.0.1', host: '127.0.0.1' };
  const listener = {
    started: () => told.push('started'),
    ready: (ready: boolean) => told.push(ready ? 'ready' : 'unready'),
    unhealthy: (kind: string) => told.push(`unhealthy: ${kind}`),
    failed: (kind: string, message: string) => told.push(`${kind} failed: ${message}`),
  };
  await probeContainer(probes, target, listener, over.signal, new AbortController().signal);
  return told;
}

const command = (name: string, more: Probe = {}): Probe => ({
  exec: { command: [name] },
  periodSeconds: 0.001,
  ...more,
});

it('runs no other probe if a container does not start', async () => {
  const probes = { startupProbe: command('s', { failureThreshold: 2 }), livenessProbe: command('l') };
  expect(await probing(probes, [1, 1])).toEqual([
    'Startup failed: s',
    'Startup failed: s',
    'unhealthy: startup',
  ]);
});

it('runs the liveness probe only after the container has started', async () => {
  const probes = { startupProbe: command('s'), livenessProbe: command('l', { failureThreshold: 1 }) };
  expect(await probing(probes, [1, 0, 0, 1])).toEqual([
    'Startup failed: s',
    'started',
    'Liveness failed: l',
    'unhealthy: liveness',
  ]);
});

it('decides at the threshold of successive results', async () => {
  const probes = { readinessProbe: command('r', { successThreshold: 2, failureThreshold: 3 }) };
  const failed = 'Readiness failed: r';
  expect(await probing(probes, [0, 1, 0, 0, 1, 1, 0, 1, 1, 1])).toEqual([
    failed,
    'ready',
    failed,
    failed,
    failed,
    failed,
    failed,
    'unready',
  ]);
});
