/** Compares versions by their numbers: "2.9.0" is older than "2.61". */
export function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => text.split('.').map(part => Number.parseInt(part, 10) || 0);
  const [one, other] = [numbers(version), numbers(than)];
  const at = other.findIndex((number, index) => number !== (one[index] ?? 0));
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}
