import { setTimeout as delay } from 'node:timers/promises';
import type { Container, Probe } from '../objects.ts';
import { type ProbeTarget, probe } from './probe.ts';

export interface ProbeListener {
  started(): void;
  ready(ready: boolean): void;
  /** End the container, and restart it if its policy allows. */
  unhealthy(kind: 'liveness' | 'startup', graceSeconds: number | undefined): void;
  /** One failed probe. `kind` is `Liveness`, `Readiness`, or `Startup`. */
  failed(kind: string, message: string): void;
}

export type Probes = Pick<Container, 'livenessProbe' | 'readinessProbe' | 'startupProbe'>;

/**
 * Probes one run of a container: startup first, then liveness and readiness.
 * @param exited aborted when the run has ended
 * @param stopping aborted when the pod is terminating: only readiness is still probed
 * @see https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
export async function probeContainer(
  { startupProbe, livenessProbe, readinessProbe }: Probes,
  target: ProbeTarget,
  listener: ProbeListener,
  exited: AbortSignal,
  stopping: AbortSignal,
): Promise<void> {
  const living = AbortSignal.any([exited, stopping]);
  if (startupProbe !== undefined) {
    const started = await watchProbe('Startup', startupProbe, target, listener, living, success => {
      if (!success) listener.unhealthy('startup', startupProbe.terminationGracePeriodSeconds);
      return 'stop';
    });
    if (!started || living.aborted) return;
    listener.started();
  }
  await Promise.all([
    livenessProbe &&
      watchProbe('Liveness', livenessProbe, target, listener, living, success => {
        if (success) return 'go on';
        listener.unhealthy('liveness', livenessProbe.terminationGracePeriodSeconds);
        return 'stop';
      }),
    readinessProbe &&
      watchProbe('Readiness', readinessProbe, target, listener, exited, success => {
        listener.ready(success);
        return 'go on';
      }),
  ]);
}

/**
 * Probes periodically until `decided` returns `stop`.
 * @param decided called when a threshold is reached
 * @returns true if the last decision was a success
 */
async function watchProbe(
  kind: string,
  handler: Probe,
  target: ProbeTarget,
  listener: ProbeListener,
  signal: AbortSignal,
  decided: (success: boolean) => 'go on' | 'stop',
): Promise<boolean> {
  const { initialDelaySeconds = 0, periodSeconds = 10, timeoutSeconds = 1 } = handler;
  const { successThreshold = 1, failureThreshold = 3 } = handler;
  const wait = (seconds: number) => delay(seconds * 1000, undefined, { signal, ref: false }).catch(() => {});
  await wait(initialDelaySeconds);
  let row = 0;
  let last: boolean | undefined;
  while (!signal.aborted) {
    const result = await probe(handler, target, timeoutSeconds * 1000, signal);
    if (signal.aborted) return false;
    if (!result.success) listener.failed(kind, result.message);
    row = result.success === last ? row + 1 : 1;
    last = result.success;
    if (row >= (result.success ? successThreshold : failureThreshold) && decided(result.success) === 'stop') {
      return result.success;
    }
    await wait(periodSeconds);
  }
  return false;
}
