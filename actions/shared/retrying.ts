import type { Az } from './az.ts';
import type { CommandOptions } from './command.ts';
import { commandName, transientReason } from './command-errors.ts';
import type { Kubectl } from './kubectl.ts';
import type { Log } from './log.ts';
import { retry } from './retry.ts';
import type { Time } from './time.ts';

export interface RetryContext {
  time: Time;
  log: Log;
  retrySeconds: number;
}

export function azWithRetries(az: Az, context: RetryContext): Az {
  return (args, options) => withRetries(['az', ...args], options, context, () => az(args, options));
}

export function kubectlWithRetries(kubectl: Kubectl, context: RetryContext): Kubectl {
  return (args, options) => withRetries(['kubectl', ...args], options, context, () => kubectl(args, options));
}

/** Streamed output (the log of a build or a pod) is not retried, because a part of it was already shown. */
function withRetries<T>(
  command: readonly string[],
  options: CommandOptions | undefined,
  { time, log, retrySeconds }: RetryContext,
  run: () => Promise<T>,
): Promise<T> {
  if (options?.onLine || options?.lastWord || options?.once) return run();
  const what = commandName(command);
  return retry({ what, timeoutSeconds: retrySeconds, time, log, transient: transientReason }, run);
}
