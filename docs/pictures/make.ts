import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters, styleText } from 'node:util';
import { terminalPicture } from './terminal.ts';

// npm run pictures   runs the lab on the emulator, green and red, and writes into this folder what it shows.

const repository = resolve(import.meta.dirname, '../..');

/** What a run printed, with its colours. */
interface Shown {
  readonly command: string;
  readonly output: string;
}

/** A subscription whose quota is used up, which newcomers often meet. */
const noQuota =
  '{"method": "PUT", "pathPattern": "/managedClusters/", "status": 400, "body": ' +
  '{"code": "ErrCode_InsufficientVCPUQuota", "message": "Insufficient regional vcpu quota left."}}';

/** What each run draws at random: ids, the number of the run, versions of secrets, hashes in the names of credentials. */
const random =
  /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\b[\da-f]{32}\b|(?<=wilab|run=)\d{6,}|(?<=-sa-)[\da-f]{10}/g;

const green = await run(0);
write(
  'lab.svg',
  terminalPicture(
    shortScope(green, 'deploy-workload'),
    'npm run lab: the workflow runs on the emulator until the secret is verified',
  ),
);
write('trust-chain.md', `# The trust chain of a lab\n\n${trustChain(green)}\n`);

const red = await run(1, '--workflow', 'smoke', '--fault', noQuota);
write(
  'smoke-red.svg',
  terminalPicture(
    shortScope(red, 'report-status'),
    'The smoke test meets a used-up quota: the reason is named, the lab is deleted, an issue is opened',
  ),
);

/**
 * `npm run lab`, as at a terminal with colours.
 * @throws Error with all it printed where it does not end as expected
 */
async function run(expected: number, ...options: string[]): Promise<Shown> {
  const words = options.map(option => (/^[\w-]+$/.test(option) ? option : `'${option}'`));
  const command = ['npm run lab', ...(words.length > 0 ? ['--', ...words] : [])].join(' ');
  console.log(`$ ${command}`);
  const { NO_COLOR: _, ...env } = process.env;
  const child = spawn(process.execPath, ['lab/main.js', ...options], {
    cwd: repository,
    env: { ...env, FORCE_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (child.exitCode !== expected) throw new Error(`${output}\n${command}: exit code ${child.exitCode}`);
  return { command, output };
}

/**
 * The steps, one action's summary, and the verdict: all of it would be too long for a picture.
 * @param action whose summary is shown
 */
function shortScope({ command, output }: Shown, action: string): string {
  const lines = output.split('\n');
  const plain = lines.map(line => stripVTControlCharacters(line));
  const verdict = plain.findIndex(line => /^[✓✗] .* in all/.test(line));
  // An action's summary has its name for a heading.
  const headings = plain.flatMap((line, at) => (/^[a-z]+-[a-z]+$/.test(line) ? [at] : []));
  const start = headings.find(at => plain[at] === action);
  if (start === undefined || verdict < 0)
    throw new Error(`No summary of ${action}, or no verdict:\n${output}`);
  const end = headings.find(at => at > start) ?? verdict;
  return numbered(
    [
      styleText('bold', `$ ${command}`, { validateStream: false }),
      ...lines.slice(0, headings[0]),
      '…',
      ...lines.slice(start, end),
      '…',
      lines[verdict],
    ].join('\n'),
  );
}

/** The picture of the trust chain in the run's job summary, a block of Mermaid. */
function trustChain({ output }: Shown): string {
  const directory = /^Logs and summary: (.*)$/m.exec(output)?.[1] ?? '';
  const summary = readFileSync(join(repository, directory, 'summary.md'), 'utf8');
  const block = /^```mermaid$.*?^```$/ms.exec(summary)?.[0];
  if (block === undefined) throw new Error(`No trust chain in the summary:\n${summary}`);
  return numbered(block);
}

/**
 * A text that differs from that of another run only where something else does: what is drawn at random is numbered.
 * Durations stay as they were measured. Directories of this machine are left out.
 */
function numbered(shown: string): string {
  const drawn = [...new Set(shown.match(random))];
  return shown.replaceAll(/ \(\/[^)]*\)/g, '').replaceAll(random, id => {
    const number = String(drawn.indexOf(id) + 1);
    return id.replaceAll(/[\da-f]/g, '0').slice(0, -number.length) + number;
  });
}

/** @throws Error where the content names a directory of this machine. */
function write(name: string, content: string): void {
  if (content.includes(repository)) throw new Error(`${name} would name ${repository}:\n${content}`);
  writeFileSync(join(import.meta.dirname, name), content);
  console.log(`docs/pictures/${name}`);
}
