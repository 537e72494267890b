import { globSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, matchesGlob, relative, resolve, sep } from 'node:path';

export interface Found {
  readonly files: readonly string[];
  readonly root: string;
}

/**
 * @param lines files, directories, and patterns. `!` excludes one.
 * @param workspace root of relative paths
 * @see https://github.com/actions/upload-artifact#upload-using-multiple-paths-and-exclusions
 */
export function search(lines: readonly string[], workspace: string, hidden: boolean): Found {
  const paths = lines.map(line => line.trim()).filter(line => line !== '');
  const absolute = (path: string) => resolve(workspace, path.replace(/^~(?=\/|$)/, homedir()));
  const wanted = paths.filter(path => !path.startsWith('!')).map(absolute);
  const excluded = paths.filter(path => path.startsWith('!')).map(path => absolute(path.slice(1)));
  const bases = wanted.map(baseOf);
  const files = wanted.flatMap((pattern, index) =>
    filesOf(pattern).filter(file => hidden || !isHidden(file, bases[index]!)),
  );
  const kept = [...new Set(files)]
    .filter(file => !excluded.some(path => matchesGlob(file, path) || file.startsWith(path + sep)))
    .sort();
  if (bases.length === 1) {
    // A single file has no directory in the artifact.
    const alone = kept.length === 1 && kept[0] === bases[0];
    return { files: kept, root: alone ? dirname(bases[0]!) : bases[0]! };
  }
  return { files: kept, root: commonAncestor(bases) };
}

/** Ends before the first wildcard segment. */
function baseOf(pattern: string): string {
  const segments = pattern.split(sep);
  const first = segments.findIndex(segment => /[*?[{]/.test(segment));
  return first < 0 ? pattern : segments.slice(0, first).join(sep) || sep;
}

/** Includes all files in matched directories. */
function filesOf(pattern: string): string[] {
  const matches = baseOf(pattern) === pattern ? [pattern] : globSync(pattern);
  return matches.flatMap(match => {
    const kind = statSync(match, { throwIfNoEntry: false });
    if (!kind?.isDirectory()) return kind ? [match] : [];
    return readdirSync(match, { recursive: true })
      .map(name => join(match, String(name)))
      .filter(path => statSync(path, { throwIfNoEntry: false })?.isFile());
  });
}

function isHidden(file: string, base: string): boolean {
  return [basename(base), ...relative(base, file).split(sep)].some(name => /^\.[^.]/.test(name));
}

function commonAncestor(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map(path => path.split(sep));
  const end = first.findIndex((segment, index) => others.some(other => other[index] !== segment));
  return (end < 0 ? first : first.slice(0, end)).join(sep) || sep;
}
