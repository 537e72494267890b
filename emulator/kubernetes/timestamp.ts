/** A moment as `metav1.Time`: RFC 3339 in UTC, without fractions. The default is now. */
export function timestamp(moment: Date | number = Date.now()): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}
