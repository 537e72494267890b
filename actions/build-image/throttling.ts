import { ActionFailed } from '../shared/failures.ts';
import { harmless } from '../shared/log.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';

/** A registry, that of a base image or our own, has had enough of requests for now. */
export class Throttled extends ActionFailed {
  /** @param line in which it says so. */
  constructor(line: string) {
    super(
      `A registry throttled the build: ${harmless(line.trim())}`,
      'Run it again later; or take the base image from a registry that does not limit anonymous pulls, such as your own.',
      'https://learn.microsoft.com/azure/container-registry/container-registry-troubleshoot-performance',
    );
    this.name = 'Throttled';
  }
}

/** The line of a build's output in which a registry says that it throttles, if there is one. */
export function throttlingIn(output: string): string | undefined {
  return output.split('\n').find(line => /toomanyrequests|\b429\b.*Too Many Requests/i.test(line));
}

/** Does it once more, some seconds later, where it was throttled; any other failure is thrown at once. */
export function onceMore<T>(
  what: string,
  { time, log, retrySeconds }: Pick<Tools, 'time' | 'log' | 'retrySeconds'>,
  work: () => Promise<T>,
): Promise<T> {
  const transient = (error: unknown) =>
    error instanceof Throttled ? 'a registry throttles (429, too many requests)' : undefined;
  const patience = { timeoutSeconds: retrySeconds, firstWaitSeconds: 15 };
  return retry({ what, ...patience, maxAttempts: 2, transient, time, log }, work);
}
