import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

// node actions/readme-tables.ts           writes the inputs and outputs of each action.yml into the README next to it.
// node actions/readme-tables.ts --check   writes nothing, and fails if a README differs.

interface Input {
  description: string;
  required?: boolean;
  default?: string;
}

interface ActionFile {
  inputs?: Record<string, Input>;
  outputs?: Record<string, { description: string }>;
}

/**
 * Updates the tables of a README between `<!-- inputs -->` and `<!-- /inputs -->`, and between `<!-- outputs -->` and
 * `<!-- /outputs -->`.
 * @throws if one of these comments is missing.
 */
export function withTables(readme: string, actionFile: string): string {
  const { inputs = {}, outputs = {} } = parse(actionFile) as ActionFile;
  const inputRows = Object.entries(inputs).map(([name, input]) => [
    `\`${name}\``,
    input.description,
    defaultOf(input),
  ]);
  const outputRows = Object.entries(outputs).map(([name, { description }]) => [`\`${name}\``, description]);
  return [
    { mark: 'inputs', text: table(['Input', 'Meaning', 'Default'], inputRows) },
    { mark: 'outputs', text: table(['Output', 'Meaning'], outputRows) },
  ].reduce((text, { mark, text: rows }) => replaceBetween(text, mark, rows), readme);
}

function defaultOf({ required, default: value }: Input): string {
  if (required) return '**required**';
  return value ? `\`${value}\`` : '';
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function replaceBetween(text: string, mark: string, replacement: string): string {
  const [start, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`does not contain ${start} … ${end}`);
  return `${text.slice(0, from + start.length)}\n${replacement}\n${text.slice(to)}`;
}

function main(check: boolean): void {
  for (const actionFile of globSync('*/action.yml', { cwd: import.meta.dirname }).sort()) {
    const readmeFile = join(import.meta.dirname, dirname(actionFile), 'README.md');
    const name = `actions/${dirname(actionFile)}/README.md`;
    try {
      if (!existsSync(readmeFile)) throw new Error('does not exist');
      const readme = readFileSync(readmeFile, 'utf8');
      const wanted = withTables(readme, readFileSync(join(import.meta.dirname, actionFile), 'utf8'));
      if (readme === wanted) continue;
      if (check) throw new Error('differs from its action.yml. Run: npm run docs');
      writeFileSync(readmeFile, wanted);
      console.log(`Updated ${name}`);
    } catch (error) {
      console.error(`${name} ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  }
}

if (import.meta.main) main(process.argv.includes('--check'));
