/** `2026-11-29T03:00:00Z`. */
export function wholeSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** .NET's: `2026-11-29T03:00:00.1230000Z`. */
export function sevenDecimals(date: Date): string {
  return date.toISOString().replace('Z', '0000Z');
}
