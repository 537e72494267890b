/** Columns after which a line goes on in the next. */
const columns = 108;
/** Pixels. */
const size = { character: 7.9, line: 19, margin: 16 };

/** A piece of a line in one style. */
interface Piece {
  readonly text: string;
  /** Names of the style sheet's classes. */
  readonly style: string;
}

/** What the codes of ANSI's "select graphic rendition" switch on; 22 and 39 switch it off again. */
const styles: Readonly<Record<string, string>> = {
  1: 'bold',
  31: 'red',
  32: 'green',
  33: 'yellow',
  36: 'cyan',
  90: 'gray',
};

const sheet = `
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre; fill: #1f2328 }
  .paper { fill: #ffffff; stroke: #d1d9e0 }
  .bold { font-weight: bold } .red { fill: #cf222e } .green { fill: #116329 } .yellow { fill: #7d4e00 }
  .cyan { fill: #1b7c83 } .gray { fill: #59636e }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .paper { fill: #0d1117; stroke: #3d444d }
    .red { fill: #ff7b72 } .green { fill: #3fb950 } .yellow { fill: #d29922 } .cyan { fill: #39c5cf } .gray { fill: #9198a1 }
  }`;

/**
 * A picture of what a terminal shows. It brings its own background, so it can be read on light and on dark pages.
 * @param output lines, with ANSI's codes for colours and bold
 * @param title for those who do not see it
 * @returns SVG
 * @see https://www.w3.org/TR/SVG2/text.html
 */
export function terminalPicture(output: string, title: string): string {
  const lines = piecesOf(output).flatMap(wrapped);
  const longest = Math.max(...lines.map(lengthOf));
  const width = Math.ceil(longest * size.character) + 2 * size.margin;
  const height = lines.length * size.line + 2 * size.margin;
  const text = lines.map((line, index) => {
    const y = size.margin + index * size.line + 14;
    return `  <text x="${size.margin}" y="${y}" xml:space="preserve">${line.map(span).join('')}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `  <title>${escaped(title)}</title>`,
    `  <style>${sheet}</style>`,
    `  <rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...text,
    '</svg>\n',
  ].join('\n');
}

/** The lines of a text, each in pieces; a style goes on over the end of a line. */
function piecesOf(output: string): Piece[][] {
  const on = new Set<string>();
  return output.split('\n').map(line =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI's codes begin with one.
    line.split(/\x1b\[(\d*)m/).flatMap((part, index) => {
      if (index % 2 === 0) return part === '' ? [] : [{ text: part, style: [...on].join(' ') }];
      const style = styles[part];
      if (style) on.add(style);
      else for (const each of [...on]) if ((part === '22') === (each === 'bold')) on.delete(each);
      return [];
    }),
  );
}

/** A line in parts that fit, the later ones indented as the first. */
function wrapped(line: Piece[]): Piece[][] {
  const indent = /^ */.exec(line[0]?.text ?? '')![0];
  const parts: Piece[][] = [[]];
  for (const { text, style } of line) {
    for (let rest = text; rest !== ''; ) {
      const room = columns - lengthOf(parts.at(-1)!);
      // After a blank, if there is one not too far from the end.
      const blank = rest.lastIndexOf(' ', room - 1) + 1;
      const end = rest.length <= room ? rest.length : blank > room - 30 && blank > 0 ? blank : room;
      parts.at(-1)!.push({ text: rest.slice(0, end), style });
      rest = rest.slice(end);
      if (rest !== '') parts.push([{ text: indent, style: '' }]);
    }
  }
  return parts;
}

function span({ text, style }: Piece): string {
  return style === '' ? escaped(text) : `<tspan class="${style}">${escaped(text)}</tspan>`;
}

function lengthOf(line: readonly Piece[]): number {
  return line.reduce((length, { text }) => length + text.length, 0);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
