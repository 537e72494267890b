import { createInterface } from 'node:readline/promises';
import { interruption } from '../actions/shared/interruption.ts';

/** Somebody who can be asked. */
export interface Terminal {
  /** @returns the trimmed answer; what stands between brackets where it was empty */
  ask(question: string, whenEmpty: string): Promise<string>;
  say(text: string): void;
  close(): void;
}

/** The terminal that this process was started from; undefined where there is none. */
export function openTerminal(): Terminal | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C reaches readline as a key: it is handed on as the signal that it stands for.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return {
    async ask(question, whenEmpty) {
      const hint = whenEmpty ? ` [${whenEmpty}]` : '';
      const answer = await lines
        .question(`${question}${hint}: `, { signal: interruption.signal })
        .catch(error => {
          interruption.signal.throwIfAborted();
          throw error;
        });
      return answer.trim() || whenEmpty;
    },
    say: text => console.log(text),
    close: () => lines.close(),
  };
}
