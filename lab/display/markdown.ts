import type { Screen } from './screen.ts';

export type Styles = Pick<Screen, 'style'>;

/** Supports headings, tables, lists, emphasis, code, and links, without HTML tags. */
export function renderMarkdown(markdown: string, styles: Styles): string {
  const lines = markdown.split('\n');
  const out: string[] = [];
  let fenced = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (line.startsWith('```mermaid')) {
      at = Math.max(at, lines.indexOf('```', at));
      out.push(styles.style('gray', '  (diagram, visible on GitHub)'));
    } else if (line.startsWith('```')) {
      fenced = !fenced;
    } else if (fenced) {
      out.push(`    ${line}`);
    } else if (line.startsWith('|') && /^\|[\s:|-]+\|$/.test(lines[at + 1]?.trim() ?? '')) {
      const end = lines.findIndex((other, index) => index > at && !other.startsWith('|'));
      const rows = lines.slice(at, end < 0 ? lines.length : end);
      out.push(...table(rows, styles));
      at += rows.length - 1;
    } else {
      const heading = /^#+\s+(.*)$/.exec(line)?.[1];
      const text = heading ? styles.style('bold', plain(heading)) : inline(line, styles);
      if (text.trim() !== '' || out.at(-1) !== '') out.push(text.trimEnd());
    }
  }
  return out.join('\n').trim();
}

function table(rows: readonly string[], styles: Styles): string[] {
  const cells = rows.map(row =>
    row
      .trim()
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map(cell => plain(cell.trim())),
  );
  const [head = [], alignment = [], ...body] = cells;
  const widths = head.map((_, column) => Math.max(...[head, ...body].map(row => row[column]?.length ?? 0)));
  const draw = (row: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return /^-+:$/.test(alignment[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [styles.style('gray', `  ${draw(head)}`), ...body.map(row => `  ${draw(row)}`)];
}

function inline(line: string, styles: Styles): string {
  return withoutMarkup(line)
    .replace(/^(\s*)[-*] /, '$1• ')
    .replace(/\*\*(.+?)\*\*/g, (_, text: string) => styles.style('bold', text))
    .replace(/`([^`]+)`/g, (_, text: string) => styles.style('cyan', text))
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 ($2)');
}

function plain(text: string): string {
  return withoutMarkup(text)
    .replace(/\*\*(.+?)\*\*/g, '$1')
    .replace(/`([^`]+)`/g, '$1')
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1');
}

function withoutMarkup(text: string): string {
  return text
    .replace(/<\/?[a-z][^>]*>/gi, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
