import { CommandFailed, type CommandOptions, runCommand } from './command.ts';

/**
 * Runs `az` with these arguments and gives its JSON output (undefined when it prints none). The type is the caller's
 * knowledge of what that command prints.
 * @throws {CommandFailed} when az fails.
 */
export type Az = <T = unknown>(args: readonly string[], options?: CommandOptions) => Promise<T>;

export const az: Az = async <T>(args: readonly string[], options: CommandOptions = {}): Promise<T> => {
  const full = [...args, '--only-show-errors', '--output', 'json'];
  const { stdout } = await runCommand('az', full, options);
  if (stdout.trim() === '') return undefined as T;
  try {
    return JSON.parse(stdout) as T;
  } catch {
    // What it printed is not repeated: it may be anything, a secret too.
    throw new Error(
      `az ${full.join(' ')} succeeded, but what it printed (${stdout.length} characters) is not JSON.`,
    );
  }
};

/** Runs an az command that looks something up; undefined when Azure says that it does not exist (az exits with 3). */
export async function lookUp<T>(az: Az, args: readonly string[]): Promise<T | undefined> {
  try {
    return await az<T>(args);
  } catch (error) {
    if (error instanceof CommandFailed && error.exitCode === 3) return undefined;
    throw error;
  }
}
