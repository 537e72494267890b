import { ActionFailed } from '../shared/failures.ts';
import { harmless } from '../shared/log.ts';
import { quote } from '../shared/quote.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';

const BASE_IMAGE_ERROR =
  /manifest for \S+ not found|manifest unknown|pull access denied for|no matching manifest for|failed to resolve source metadata for|error pulling image|lookup \S+(?: on \S+)?: no such host/i;

export function findBaseImageError(output: string): string | undefined {
  return output.split('\n').find(line => BASE_IMAGE_ERROR.test(line));
}

/** @param line of the build's output. */
export function baseImageError(line: string, dockerfile: string): ActionFailed {
  return new ActionFailed(
    `The builder could not pull the base image.\nIt printed: ${quote(harmless(line.trim()))}`,
    `Check the FROM lines of ${quote(dockerfile)}. In this project's Dockerfile, set the default of the argument BASE_IMAGE to an image that has Node.js 24 on its PATH:\n\n    ARG BASE_IMAGE=docker.io/library/node:24-slim\n`,
    'https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact',
  );
}

export class Throttled extends ActionFailed {
  /** @param line of the build's output. */
  constructor(line: string) {
    super(
      `A registry throttled the build.\nIt answered: ${quote(harmless(line.trim()))}`,
      'Run this step again later, or use a base image from a registry that does not limit anonymous pulls, such as your own.',
      'https://learn.microsoft.com/azure/container-registry/container-registry-troubleshoot-performance',
    );
    this.name = 'Throttled';
  }
}

export function findThrottling(output: string): string | undefined {
  return output.split('\n').find(line => /toomanyrequests|\b429\b.*Too Many Requests/i.test(line));
}

export function retryThrottledOnce<T>(
  what: string,
  { time, log, retrySeconds }: Pick<Tools, 'time' | 'log' | 'retrySeconds'>,
  work: () => Promise<T>,
): Promise<T> {
  const transient = (error: unknown) =>
    error instanceof Throttled ? 'a registry throttles requests (429, too many requests)' : undefined;
  const limits = { timeoutSeconds: retrySeconds, firstWaitSeconds: 15, maxAttempts: 2 };
  return retry({ what, ...limits, transient, time, log }, work);
}
