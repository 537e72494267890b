/**
 * Hides common encodings too:
 * https://github.com/actions/runner/blob/main/src/Runner.Common/HostContext.cs
 */
export class Masks {
  readonly #values = new Set<string>();

  /** Also hides each line of the value. */
  add(value: string): void {
    for (const part of [value, ...value.split(/[\r\n]+/).map(line => line.trim())]) {
      if (part.trim() === '') continue;
      for (const form of formsOf(part)) if (form.trim() !== '') this.#values.add(form);
    }
  }

  /** Adjacent and overlapping values become one `***`. */
  mask(text: string): string {
    const ranges: [number, number][] = [];
    for (const value of this.#values) {
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
        ranges.push([at, at + value.length]);
      }
    }
    if (ranges.length === 0) return text;
    ranges.sort((a, b) => a[0] - b[0]);
    let masked = '';
    let done = 0;
    let [start, end] = ranges[0]!;
    for (const [from, to] of [...ranges.slice(1), [text.length + 1, 0] as const]) {
      if (from <= end) {
        end = Math.max(end, to);
        continue;
      }
      masked += text.slice(done, start) + '***';
      done = end;
      [start, end] = [from, to];
    }
    return masked + text.slice(done);
  }

  hides(text: string): boolean {
    return this.mask(text) !== text;
  }
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  return [
    value,
    // Base64 depends on the value's position in a group of three bytes.
    ...[0, 1, 2].map(shift => (bytes.length > shift ? bytes.subarray(shift).toString('base64') : '')),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    value.length > 2 ? value.replace(/^"(.*)"$/s, '$1') : value,
  ];
}
