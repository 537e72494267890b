import { type ParseArgsConfig, parseArgs } from 'node:util';
import manifest from '../package.json' with { type: 'json' };

/** Exit code 2. */
export class UsageError extends Error {
  /** @param command for which `-- --help` prints the usage: `npm run lab` */
  withHint(command: string): string {
    return `${this.message}\nRun "${command} -- --help" for the options.`;
  }
}

export const VERSION = `wilab ${manifest.version}`;

/** @throws {UsageError} */
export function parseOptions<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node adds advice about '--', which has another meaning here.
    throw new UsageError(`${(error as Error).message.split('. ')[0]}.`);
  }
}
