import { createInterface } from 'node:readline/promises';
import { interruption } from '../actions/shared/interruption.ts';

/** Somebody who can be asked. */
export interface Terminal {
  /**
   * @returns the trimmed answer; `whenEmpty`, which is shown in brackets, where it was empty
   * @throws Error where the input ended; the interruption's reason after Ctrl-C
   */
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
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => {});
  lines.on('close', () => ended.reject(new Error('The input ended. Nothing more was changed.')));
  return {
    async ask(question, whenEmpty) {
      const hint = whenEmpty ? ` [${whenEmpty}]` : '';
      const { signal } = interruption;
      const asked = lines.question(`${question}${hint}: `, { signal }).catch(error => {
        signal.throwIfAborted();
        throw error;
      });
      return (await Promise.race([asked, ended.promise])).trim() || whenEmpty;
    },
    say: text => console.log(text),
    close: () => lines.close(),
  };
}
