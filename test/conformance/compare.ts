import type { TestCluster } from '../../emulator/testing/kubernetes/test-cluster.ts';
import type { ConformanceCommand } from './commands.ts';
import { formatJson, normalize } from './normalize.ts';

export interface Result {
  readonly command: ConformanceCommand;
  readonly same: boolean;
  /** `-`: only embedded; `+`: only real. */
  readonly difference: readonly string[];
}

/** Exactly where the command declares it. */
export function isExpected({ command, same, difference }: Result): boolean {
  if (command.differs === undefined) return same;
  const { where } = command.differs;
  return !same && difference.every(line => where.test(line));
}

/** One after the other. */
export async function compare(
  commands: readonly ConformanceCommand[],
  embedded: TestCluster,
  real: TestCluster,
  onResult: (result: Result) => void = () => {},
): Promise<Result[]> {
  const results: Result[] = [];
  for (const command of commands) {
    const [ours, theirs] = await Promise.all([run(embedded, command), run(real, command)]);
    const result = { command, same: ours === theirs, difference: difference(ours, theirs) };
    onResult(result);
    results.push(result);
  }
  return results;
}

async function run(
  cluster: TestCluster,
  { text, input, headers, lines, quiet }: ConformanceCommand,
): Promise<string> {
  const sent = input === undefined || typeof input === 'string' ? input : JSON.stringify(input);
  const [method = '', path = ''] = text.split(' ');
  let output: string;
  if (/^[A-Z]+$/.test(method)) {
    const json: Record<string, string> = sent === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await cluster.ask(method, path, sent, { ...json, ...headers });
    const [type] = String(answer.headers['content-type'] ?? '').split(';');
    const warning = answer.headers.warning ? `\nwarning: ${answer.headers.warning}` : '';
    output = `${answer.code} ${type}${warning}\n${normalize(formatJson(answer.text))}`;
  } else {
    const { code, stdout, stderr } = await cluster.kubectl(text.split(' '), sent);
    output = `exit code ${code}\n${quiet ? '' : normalize(stdout)}\nstandard error:\n${normalize(stderr)}`;
  }
  if (!lines) return output;
  return output
    .split('\n')
    .filter(line => lines.test(line))
    .sort()
    .join('\n');
}

/** Outside the longest common subsequence. */
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
