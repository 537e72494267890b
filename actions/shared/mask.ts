import { setSecret } from '@actions/core';

/**
 * Characters of the shortest line that is masked. A shorter mask would replace ordinary words and digits in the log, and
 * show the value by its gaps.
 */
const SHORTEST_MASK = 6;

/**
 * Asks the runner to replace a secret with `***` in the log. The runner masks each line of a value separately
 * (actions/runner, ActionCommandManager.cs), also a short line such as the brace of a JSON document. So short lines are not
 * masked. A value without a long line must not be printed.
 * @returns true if the whole value is masked
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
