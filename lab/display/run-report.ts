import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * The artifacts of a run, one line each: `Artifact NAME: PATH (2 files, 3.1 kB)`.
 * @param directory where the run keeps them, each in a directory of its name
 */
export function artifactLines(directory: string): string[] {
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
      return `Artifact ${name}: ${relative(process.cwd(), path)} (${count}, ${size(bytes)})`;
    });
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
