import { bothEnds, harmless } from '../shared/log.ts';
import type { Run } from './inputs.ts';

/**
 * In characters. GitHub allows 65,536 in an issue or comment. The fences around the diagnosis need up to 8,200, because a
 * line has at most 4,096.
 */
const MAX_DIAGNOSIS_LENGTH = 50_000;

/** The invisible start of every issue of this topic. */
export function marker(topic: string): string {
  return `<!-- workload-identity-lab:report-status:${topic} -->`;
}

/** @param diagnosis untrusted text. */
export function issueBody(topic: string, run: Run, diagnosis: string): string {
  return paragraphs(
    `${marker(topic)}\n**${topic}** has failed since ${link(run)}.`,
    codeBlock(diagnosis),
    'Each further run that fails adds a comment here. The first run that succeeds closes this issue.',
  );
}

export function failureComment(run: Run, diagnosis: string): string {
  return paragraphs(`${link(run)} also failed.`, codeBlock(diagnosis));
}

export function successComment(run: Run): string {
  return `${link(run)} succeeded.`;
}

export function duplicateComment(older: number): string {
  return `Duplicate of #${older}, which another run opened at the same time.`;
}

function link({ id, url }: Run): string {
  return `[Run ${id}](${url})`;
}

/**
 * Untrusted text as a code block: Markdown renders no markup and no mention in it. No line can end the block, because the
 * fence is longer than every run of backticks in the text.
 * https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
export function codeBlock(text: string): string {
  if (text.trim() === '') return '';
  const shown = bothEnds(harmless(text).trimEnd(), MAX_DIAGNOSIS_LENGTH).toWellFormed();
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map(row => row.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}text\n${shown}\n${fence}`;
}

function paragraphs(...parts: string[]): string {
  return parts.filter(part => part !== '').join('\n\n');
}
