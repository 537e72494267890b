import { createInterface } from 'node:readline/promises';
import { interruption } from '../actions/shared/interruption.ts';
import { log } from '../actions/shared/log.ts';

/** The log keeps names from Azure and GitHub from acting as commands for a runner. */
export function print(text = ''): void {
  log.info(text);
}

export interface Terminal {
  /**
   * @param defaultAnswer shown in brackets
   * @returns the trimmed answer
   * @throws Error at the end of the input, or the reason of the interruption after Ctrl-C
   */
  ask(question: string, defaultAnswer: string): Promise<string>;
  say(text: string): void;
  close(): void;
}

/** Undefined if this process does not run in a terminal. */
export function openTerminal(): Terminal | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // readline receives Ctrl-C as a key.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => {});
  lines.on('close', () => ended.reject(new Error('The input ended. Nothing more was changed.')));
  return {
    async ask(question, defaultAnswer) {
      const hint = defaultAnswer ? ` [${defaultAnswer}]` : '';
      const { signal } = interruption;
      const answer = lines.question(`${question}${hint}: `, { signal }).catch(error => {
        signal.throwIfAborted();
        throw error;
      });
      return (await Promise.race([answer, ended.promise])).trim() || defaultAnswer;
    },
    say: text => console.log(text),
    close: () => lines.close(),
  };
}

/** Without a terminal, --yes was given. */
export async function confirm(terminal: Terminal | undefined, question: string): Promise<boolean> {
  return !terminal || /^y(es)?$/i.test(await terminal.ask(`${question} (yes or no)`, 'no'));
}

export function formatManualCommands(commands: string): string {
  return `\nThere is no token for GitHub (gh auth login, GH_TOKEN, --github-token-file). Run these commands yourself:\n${commands}`;
}
