import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { duration } from '../../actions/shared/time.ts';
import type { StepInfo } from '../workflow/observer.ts';
import { createRepository } from '../workflow/testing.ts';
import { renderMarkdown } from './markdown.ts';
import { Progress } from './progress.ts';
import { formatProcesses } from './run-report.ts';
import { Screen } from './screen.ts';

function screen(terminal: boolean): { screen: Screen; text: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY: terminal, columns: 30 });
  const chunks: string[] = [];
  stream.on('data', chunk => chunks.push(String(chunk)));
  return { screen: new Screen(stream as unknown as NodeJS.WriteStream, {}), text: () => chunks.join('') };
}

describe('a screen', () => {
  it('prints only permanent lines without a terminal', () => {
    const { screen: plain, text } = screen(false);
    plain.live(() => ['working']);
    plain.print('done');
    plain.settle();
    expect(text()).toBe('done\n');
  });

  it('draws live lines below the others in a terminal, cut to its width', () => {
    const { screen: terminal, text } = screen(true);
    terminal.live(() => ['x'.repeat(50)]);
    terminal.print('done');
    terminal.settle();
    const cut = `${'x'.repeat(28)}…\n`;
    expect(text()).toBe(`${cut}\x1b[1A\x1b[0Jdone\n${cut}\x1b[1A\x1b[0J`);
  });
});

describe('progress', () => {
  const step: StepInfo = { job: { id: 'lab', name: 'Lab' }, number: 2, name: 'Create it', background: false };

  it('prints one line for a successful step, with its warnings, and writes its log', async () => {
    const { screen: plain, text } = screen(false);
    const logs = join(await createRepository({}), 'logs');
    const progress = new Progress(plain, logs, false);
    progress.stepStarted(step);
    progress.stepLine(step, 'output', 'created');
    progress.stepLine(step, 'debug', 'hidden');
    progress.stepLine(step, 'warning', 'careful');
    progress.stepEnded(step, 'success');
    expect(text()).toMatch(/^✓ Lab › Create it {2}0\.\d s\n {4}warning: careful\n$/);
    expect(readFileSync(join(logs, 'lab-02-create-it.log'), 'utf8')).toBe('created\nwarning: careful\n');
  });

  it('prints the log of a failed step', async () => {
    const { screen: plain, text } = screen(false);
    const progress = new Progress(plain, join(await createRepository({}), 'logs'), false);
    progress.stepStarted(step);
    progress.stepLine(step, 'output', 'trying');
    progress.stepLine(step, 'error', 'broken');
    progress.stepEnded(step, 'failure');
    expect(text()).toMatch(/^✗ Lab › Create it {2}0\.\d s\n {4}trying\n {4}error: broken\n$/);
  });

  it('prints every line immediately if verbose', async () => {
    const { screen: plain, text } = screen(false);
    const progress = new Progress(plain, join(await createRepository({}), 'logs'), true);
    progress.stepStarted(step);
    progress.stepLine(step, 'debug', 'detail');
    expect(text()).toBe('→ Lab › Create it  started\n  Create it │ debug: detail\n');
  });
});

it('renders the Markdown of a summary', () => {
  const markdown = `## Lab **done**

| What | Took |
|---|---:|
| AKS \`wi\\-lab\` | 4 s |
| a \\| b | 12 s |

- see [docs](https://x.test) <br>

\`\`\`mermaid
flowchart LR
  a --> b
\`\`\`
`;
  expect(renderMarkdown(markdown, { style: (_format, text) => text })).toBe(`Lab done

  What        Took
  AKS wi-lab   4 s
  a | b       12 s

• see docs (https://x.test)

  (diagram, visible on GitHub)`);
});

it.each([
  [420, '0.4 s'],
  [12_300, '12 s'],
  [245_000, '4 min 05 s'],
])('formats %d ms as %s', (milliseconds, expected) => {
  expect(duration(milliseconds)).toBe(expected);
});

it('counts processes and adds up their times', () => {
  const processes = [
    { tool: 'az', started: 0, ended: 400 },
    { tool: 'az', started: 0, ended: 1000 },
    { tool: 'az', started: 0 },
    { tool: 'kubectl', started: 5, ended: 105 },
  ];
  expect(formatProcesses(processes)).toEqual([
    'az: 3 processes, 1.4 s in all (median 1.0 s, longest 1.0 s)',
    'kubectl: 1 process, 0.1 s in all (median 0.1 s, longest 0.1 s)',
  ]);
});
