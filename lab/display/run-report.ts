import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { duration } from '../../actions/shared/time.ts';
import type { ToolProcess } from '../tools/tool-wrappers.ts';

/** `az: 31 processes, 14 s in all (median 0.4 s, longest 1.2 s)` */
export function formatProcesses(processes: readonly ToolProcess[]): string[] {
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

/**
 * `Artifact NAME: PATH (2 files, 3.1 kB)`
 * @param directory contains a directory for each artifact
 */
export function formatArtifacts(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .sort()
    .map(name => {
      const path = join(directory, name);
      const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter(entry =>
        entry.isFile(),
      );
      const bytes = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
      const count = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
      return `Artifact ${name}: ${relative(process.cwd(), path)} (${count}, ${formatSize(bytes)})`;
    });
}

function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
