import { MANAGED_BY, type Tags } from '../shared/resource-group.ts';

/**
 * Whether the time of something is over, by its tags: the lab made it, and its tag expires-on, in ISO 8601, has passed.
 * @param now milliseconds since the epoch.
 */
export function expiry(tags: Tags | null | undefined, now: number): { over: boolean; reason: string } {
  if (tags?.['managed-by'] !== MANAGED_BY)
    return { over: false, reason: `it has no tag managed-by=${MANAGED_BY}` };
  const text = tags['expires-on'] ?? '';
  if (text === '') return { over: false, reason: 'it has no tag expires-on' };
  // A date alone is the beginning of that day, whatever the runner's time zone.
  const end = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(end))
    return { over: false, reason: `its tag expires-on is ${JSON.stringify(text)}, which is no time` };
  return end < now
    ? { over: true, reason: `expired on ${text}` }
    : { over: false, reason: `expires on ${text}` };
}
