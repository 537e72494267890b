import { setSecret } from '@actions/core';

/**
 * The shortest line that is masked. A shorter mask would replace ordinary words and digits all over the log, and so show
 * the value by what is missing.
 */
const SHORTEST_MASK = 6;

/**
 * Tells the runner to replace a secret by `***` in the log. The runner masks each line of a value by itself
 * (actions/runner, ActionCommandManager.cs), so that a short line, such as the brace of a JSON document, would be a mask
 * too: where a line is short, only the others are masked. A value with no longer line must not be printed at all.
 * @returns whether the whole value is masked.
 */
export function maskSecret(value: string): boolean {
  const lines = value
    .split(/[\r\n]+/)
    .map(line => line.trim())
    .filter(line => line !== '');
  const long = lines.filter(line => line.length >= SHORTEST_MASK);
  const whole = lines.length > 0 && long.length === lines.length;
  for (const text of whole ? [value] : long) setSecret(text);
  return whole;
}
