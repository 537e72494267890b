import { CommandFailed, missingTool } from '../command-errors.ts';
import { Interrupted } from '../interruption.ts';

/** Looks that may be refused: the verdict does without what cannot be seen, and says so. */
export class OptionalReads {
  /** What could not be looked at, each with its reason. */
  readonly unseen: string[] = [];

  /** @param what is looked at, as a phrase. @returns undefined where it cannot be seen. */
  async readOrNote<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      this.note(what, reasonOf(error));
      return undefined;
    }
  }

  /** As {@link look}, where there is another way to see the same: nothing is noted. */
  async readOrSkip<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      return undefined;
    }
  }

  /** Notes what could not be seen. */
  note(what: string, reason: string): void {
    const phrase = `${what} (${reason})`;
    if (!this.unseen.includes(phrase)) this.unseen.push(phrase);
  }
}

/** Why a look failed, in a few words; standard error may hold anything, so of it only the first line that says ERROR. */
function reasonOf(error: unknown): string {
  if (!(error instanceof CommandFailed)) {
    const text = error instanceof Error ? error.message : String(error);
    const missing = missingTool(error);
    return missing ? `${missing} is not on PATH` : text.slice(0, 200);
  }
  if (error.is('login-required')) return 'az is not logged in';
  if (error.is('forbidden') || error.is('not-authorized')) return 'the caller may not';
  const line = error.errorText.split('\n').find(each => /^(ERROR|Error|error)\b/.test(each)) ?? '';
  return error.code ?? (line.slice(0, 200) || `exit code ${error.exitCode}`);
}
