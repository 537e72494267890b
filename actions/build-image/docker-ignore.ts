/** Paths are relative to the context and separated by `/`. */
export interface DockerIgnore {
  ignores(path: string): boolean;
  /** True if no file below a folder can be included. */
  ignoresAllBelow(folder: string): boolean;
}

interface Rule {
  readonly exception: boolean;
  readonly parts: readonly string[];
}

/** https://docs.docker.com/build/concepts/context/#dockerignore-files */
export function parseDockerIgnore(text: string): DockerIgnore {
  const rules: Rule[] = [];
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const rule = line.trim();
    if (rule === '' || rule.startsWith('#')) continue;
    const exception = rule.startsWith('!');
    const parts = (exception ? rule.slice(1) : rule).split('/').filter(part => part !== '' && part !== '.');
    if (parts.length > 0) rules.push({ exception, parts });
  }

  const ignores = (path: string): boolean => {
    const parts = path.split('/');
    return !(rules.findLast(rule => matchesPathOrParent(rule.parts, parts))?.exception ?? true);
  };
  const canIncludeBelow = (folder: string): boolean => {
    const parts = folder.split('/');
    return rules.some(rule => rule.exception && canMatchBelow(rule.parts, parts));
  };
  return { ignores, ignoresAllBelow: folder => ignores(folder) && !canIncludeBelow(folder) };
}

function matchesPathOrParent(rule: readonly string[], path: readonly string[]): boolean {
  return path.some((_, index) => matches(rule, path.slice(0, index + 1)));
}

function matches([first, ...rest]: readonly string[], path: readonly string[]): boolean {
  if (first === undefined) return path.length === 0;
  if (first === '**')
    return matches(rest, path) || (path.length > 0 && matches([first, ...rest], path.slice(1)));
  return path.length > 0 && matchesPart(first, path[0]!) && matches(rest, path.slice(1));
}

function canMatchBelow([first, ...rest]: readonly string[], folder: readonly string[]): boolean {
  if (first === undefined) return false;
  if (folder.length === 0 || first === '**') return true;
  return matchesPart(first, folder[0]!) && canMatchBelow(rest, folder.slice(1));
}

function matchesPart(pattern: string, part: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\*?]/g, character =>
    character === '*' ? '.*' : character === '?' ? '.' : `\\${character}`,
  );
  return new RegExp(`^${source}$`, 's').test(part);
}
