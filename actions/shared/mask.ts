import { setSecret } from '@actions/core';

/**
 * The shortest line that is masked. A shorter mask would replace ordinary words and digits all over the log, and so show
 * the value by what is missing.
 */
export const SHORTEST_MASK = 8;

/**
 * Tells the runner to replace a secret by `***` in the log. The runner masks each line of a value by itself
 * (actions/runner, ActionCommandManager.cs), so that a short line, such as the brace of a JSON document, would be a mask
 * too: where a line is short, only the others are masked. A value with no longer line must not be printed at all.
 * @returns whether the whole value is masked.
 */
export function maskSecret(value: string): boolean {
  const lines = value.split(/[\r\n]+/).filter(line => line.trim() !== '');
  const long = lines.filter(line => line.trim().length >= SHORTEST_MASK);
  if (long.length === lines.length) {
    if (value.trim() !== '') setSecret(value);
    return lines.length > 0;
  }
  for (const line of long) setSecret(line);
  return false;
}
