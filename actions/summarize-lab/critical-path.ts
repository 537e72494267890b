import type { Stage } from '../shared/journal.ts';

/**
 * The stages that made the job as long as it was: the one that ended last, before it the one whose end it can have
 * waited for (of those that ended before it began, the last), and so on.
 * @returns in the order in which they began.
 */
export function criticalPath(stages: readonly Stage[]): Stage[] {
  const byEnd = stages.toSorted((one, other) => Date.parse(one.ended) - Date.parse(other.ended));
  const path: Stage[] = [];
  for (let stage = byEnd.at(-1); stage; ) {
    path.unshift(stage);
    const { started } = stage;
    stage = byEnd.findLast(each => !path.includes(each) && Date.parse(each.ended) <= Date.parse(started));
  }
  return path;
}
