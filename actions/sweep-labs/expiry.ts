import { type Tags, tagOf } from '../shared/ownership.ts';
import { quote } from '../shared/quote.ts';
import { expiryTime } from '../shared/resource-group.ts';

/**
 * Why something has not expired, by its tag expires-on in ISO 8601; undefined when it has.
 * @param now milliseconds since the epoch.
 */
export function notExpired(tags: Tags | null | undefined, now: number): string | undefined {
  const text = tagOf(tags, 'expires-on') ?? '';
  if (text === '') return 'it has no tag expires-on';
  const end = expiryTime(text);
  if (Number.isNaN(end)) return `its tag expires-on is ${quote(text)}, which is not a time`;
  return end < now ? undefined : `expires on ${text}`;
}
