/** The part of DER (ITU-T X.690) that certificates need. */

function value(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

function lengthOf(content: Buffer): number[] {
  const { length } = content;
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  return [0x82, length >> 8, length & 0xff];
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => value(0x30, ...items);
export const set = (...items: readonly Uint8Array[]): Buffer => value(0x31, ...items);
export const boolean = (on: boolean): Buffer => value(0x01, Buffer.from([on ? 0xff : 0]));
export const nothing = (): Buffer => value(0x05);
export const octetString = (content: Uint8Array): Buffer => value(0x04, content);
export const utf8String = (text: string): Buffer => value(0x0c, Buffer.from(text, 'utf8'));

/** @param bytes big endian, positive */
export const integer = (bytes: Uint8Array): Buffer =>
  value(0x02, Buffer.from((bytes[0] ?? 0) & 0x80 ? [0] : []), bytes);

/** @param unused bits in the last byte */
export const bitString = (content: Uint8Array, unused = 0): Buffer =>
  value(0x03, Buffer.from([unused]), content);

/** `[n] EXPLICIT`. */
export const tagged = (n: number, ...items: readonly Uint8Array[]): Buffer => value(0xa0 | n, ...items);

/** `[n] IMPLICIT`. */
export const taggedPrimitive = (n: number, content: Uint8Array): Buffer => value(0x80 | n, content);

/** @param dotted `2.5.29.17` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return value(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const digits = [arc & 0x7f];
  for (let rest = arc >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}

/** UTCTime, which RFC 5280 requires until 2049. */
export function time(moment: Date): Buffer {
  const digits = moment.toISOString().replace(/\D/g, '').slice(2, 14);
  return value(0x17, Buffer.from(`${digits}Z`, 'ascii'));
}
