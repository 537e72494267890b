import { bothEnds, harmless } from '../shared/log.ts';
import type { Run } from './inputs.ts';

/**
 * The most that is shown of a diagnosis, in characters. An issue or comment may have 65,536; the fences around the
 * diagnosis have up to 8,200, for a line of it has at most 4,096.
 */
const LONGEST_DIAGNOSIS = 50_000;

/** What an issue of this topic begins with; a reader does not see it. */
export function marker(topic: string): string {
  return `<!-- workload-identity-lab:report-status:${topic} -->`;
}

/** The body of a new issue. @param diagnosis what others wrote. */
export function issueBody(topic: string, run: Run, diagnosis: string): string {
  return paragraphs(
    `${marker(topic)}\n**${topic}** fails since ${link(run)}.`,
    block(diagnosis),
    'Each run that fails from now on comments here, and the first that succeeds closes this issue.',
  );
}

/** A comment for one more run that failed. */
export function failureComment(run: Run, diagnosis: string): string {
  return paragraphs(`${link(run)} failed, too.`, block(diagnosis));
}

export function successComment(run: Run): string {
  return `${link(run)} succeeded.`;
}

/** A comment for an issue that another run was quicker to open. */
export function duplicateComment(older: number): string {
  return `Another run opened #${older} at the same time; it goes on there.`;
}

function link({ id, url }: Run): string {
  return `[Run ${id}](${url})`;
}

/**
 * Text as it stands, as a block of code: Markdown renders nothing in it and mentions nobody, and no line of it can end the
 * block, for the fence is longer than any row of backticks inside.
 * https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
export function block(text: string): string {
  if (text.trim() === '') return '';
  const shown = bothEnds(harmless(text).trimEnd(), LONGEST_DIAGNOSIS).toWellFormed();
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map(row => row.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}text\n${shown}\n${fence}`;
}

function paragraphs(...parts: string[]): string {
  return parts.filter(part => part !== '').join('\n\n');
}
