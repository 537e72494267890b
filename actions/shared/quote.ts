/** Characters that break a line or that nobody sees: a value with one of them looks like a different value. */
export const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u00ad\u200b\u2060\ufeff]/u;

const ANY_INVISIBLE = new RegExp(INVISIBLE, 'gu');

/** Longer than every resource ID. */
const MAX_LENGTH = 512;

/** A value for a message: in double quotes, with escapes for what nobody sees, and cut after 512 characters. */
export function quote(value: string): string {
  const isLong = value.length > MAX_LENGTH;
  const text = isLong ? `${value.slice(0, MAX_LENGTH)}…` : value;
  const quoted = JSON.stringify(text).replace(
    ANY_INVISIBLE,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return isLong ? `${quoted} (${value.length} characters)` : quoted;
}
