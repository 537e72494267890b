import { CommandFailed, missingTool } from '../command-errors.ts';
import { Interrupted } from '../interruption.ts';

/** A verdict lists the failed reads, and never guesses their result. */
export class OptionalReads {
  /** What could not be read: a phrase each, with the reason. */
  readonly unseen: string[] = [];

  /** Returns undefined if the read fails, and notes the reason. @param what a phrase: "the pod". */
  async readOrNote<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      this.note(what, reasonOf(error));
      return undefined;
    }
  }

  /** As {@link readOrNote}, without a note: for a read that has an alternative. */
  async readOrSkip<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      return undefined;
    }
  }

  note(what: string, reason: string): void {
    const phrase = `${what} (${reason})`;
    if (!this.unseen.includes(phrase)) this.unseen.push(phrase);
  }
}

/** Why a read failed. Standard error can contain anything, so only its first error line is used. */
function reasonOf(error: unknown): string {
  if (!(error instanceof CommandFailed)) {
    const text = error instanceof Error ? error.message : String(error);
    const missing = missingTool(error);
    return missing ? `${missing} is not on PATH` : text.slice(0, 200);
  }
  if (error.is('login-required')) return 'az is not logged in';
  if (error.is('forbidden') || error.is('not-authorized')) return 'the caller is not allowed to';
  const line = error.errorText.split('\n').find(each => /^(ERROR|Error|error)\b/.test(each)) ?? '';
  return error.code ?? (line.slice(0, 200) || `exit code ${error.exitCode}`);
}
