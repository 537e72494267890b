import type { ToolProcess } from '../tools/tool-wrappers.ts';
import { duration } from './duration.ts';

/** How many processes of each tool were started, and how long they took: `az: 31 processes, 14 s (median 0.4 s, longest 1.2 s)`. */
export function processLines(processes: readonly ToolProcess[]): string[] {
  return [...Map.groupBy(processes, process => process.tool)].map(([tool, all]) => {
    const times = all
      .flatMap(({ started, ended }) => (ended === undefined ? [] : [ended - started]))
      .sort((a, b) => a - b);
    const total = times.reduce((sum, time) => sum + time, 0);
    const detail = times.length
      ? `, ${duration(total)} in all (median ${duration(times[Math.floor(times.length / 2)]!)}, longest ${duration(times.at(-1)!)})`
      : '';
    return `${tool}: ${all.length} ${all.length === 1 ? 'process' : 'processes'}${detail}`;
  });
}
