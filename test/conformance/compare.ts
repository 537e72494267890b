import type { TestCluster } from '../../emulator/testing/kubernetes/test-cluster.ts';
import type { Row } from './commands.ts';
import { normalised, readable } from './normalize.ts';

/** What came of one row. */
export interface Result {
  readonly row: Row;
  readonly same: boolean;
  /** Lines that only the embedded server (`-`) or only the real one (`+`) gave. */
  readonly difference: readonly string[];
}

/** Whether a row came out as the table says. */
export function expected({ row, same, difference }: Result): boolean {
  if (row.differs === undefined) return same;
  const { where } = row.differs;
  return !same && difference.every(line => where.test(line));
}

/**
 * Asks both clusters every row, one row after the other.
 * @param told hears of each result as it comes
 */
export async function compare(
  rows: readonly Row[],
  embedded: TestCluster,
  real: TestCluster,
  told: (result: Result) => void = () => {},
): Promise<Result[]> {
  const results: Result[] = [];
  for (const row of rows) {
    const [ours, theirs] = await Promise.all([ask(embedded, row), ask(real, row)]);
    const result = { row, same: ours === theirs, difference: difference(ours, theirs) };
    told(result);
    results.push(result);
  }
  return results;
}

async function ask(cluster: TestCluster, row: Row): Promise<string> {
  const { command, input, headers, lines, quiet } = row;
  const text = input === undefined || typeof input === 'string' ? input : JSON.stringify(input);
  const [method = '', path = ''] = command.split(' ');
  let said: string;
  if (/^[A-Z]+$/.test(method)) {
    const json: Record<string, string> = text === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await cluster.ask(method, path, text, { ...json, ...headers });
    const [type] = String(answer.headers['content-type'] ?? '').split(';');
    const warning = answer.headers.warning ? `\nwarning: ${answer.headers.warning}` : '';
    said = `${answer.code} ${type}${warning}\n${normalised(readable(answer.text))}`;
  } else {
    const { code, stdout, stderr } = await cluster.kubectl(command.split(' '), text);
    said = `exit code ${code}\n${quiet ? '' : normalised(stdout)}\nstandard error:\n${normalised(stderr)}`;
  }
  if (!lines) return said;
  return said
    .split('\n')
    .filter(line => lines.test(line))
    .sort()
    .join('\n');
}

/** The lines that are not common to both texts, by their longest common subsequence. */
function difference(ours: string, theirs: string): string[] {
  const [a, b] = [ours.split('\n'), theirs.split('\n')];
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i]![j] =
        a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      lines.push(`- ${a[i++]}`);
    } else lines.push(`+ ${b[j++]}`);
  }
  return lines;
}
