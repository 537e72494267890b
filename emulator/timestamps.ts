/** `2026-11-29T03:00:00Z`, also the form of Kubernetes' `metav1.Time`. */
export function wholeSeconds(moment: Date | number = Date.now()): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}

/** .NET's: `2026-11-29T03:00:00.1230000Z`. */
export function sevenDecimals(date: Date): string {
  return date.toISOString().replace('Z', '0000Z');
}
