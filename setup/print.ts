import { log } from '../actions/shared/log.ts';

/** A line of what the command says. What others named can stand in it: none of it may be a command for a runner. */
export function print(text = ''): void {
  log.info(text);
}
