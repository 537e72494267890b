/** Says of a path inside the context, with `/` between its parts, whether .dockerignore keeps it out. */
export interface DockerIgnore {
  ignores(path: string): boolean;
  /** True when nothing below a folder can be let through, so that one need not look into it. */
  ignoresAllBelow(folder: string): boolean;
}

interface Rule {
  /** An exception (`!`) lets through what a rule before it keeps out. */
  readonly exception: boolean;
  readonly parts: readonly string[];
}

/**
 * Reads a .dockerignore file. The last rule that fits a path, or a folder that the path lies in, decides.
 * `*` and `?` stand for characters of one part, `**` for any number of parts
 * (https://docs.docker.com/build/concepts/context/#dockerignore-files).
 * @param text the file's text; '' lets everything through.
 */
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
    return !(rules.findLast(rule => fitsSomeLead(rule.parts, parts))?.exception ?? true);
  };
  const mayLetThroughBelow = (folder: string): boolean => {
    const parts = folder.split('/');
    return rules.some(rule => rule.exception && mayFitBelow(rule.parts, parts));
  };
  return { ignores, ignoresAllBelow: folder => ignores(folder) && !mayLetThroughBelow(folder) };
}

/** Whether the rule fits the path itself or one of the folders that it lies in. */
function fitsSomeLead(rule: readonly string[], path: readonly string[]): boolean {
  return path.some((_, index) => fits(rule, path.slice(0, index + 1)));
}

function fits([first, ...rest]: readonly string[], path: readonly string[]): boolean {
  if (first === undefined) return path.length === 0;
  if (first === '**') return fits(rest, path) || (path.length > 0 && fits([first, ...rest], path.slice(1)));
  return path.length > 0 && fitsPart(first, path[0]!) && fits(rest, path.slice(1));
}

/** Whether the rule could fit something in the folder. */
function mayFitBelow([first, ...rest]: readonly string[], folder: readonly string[]): boolean {
  if (first === undefined) return false;
  if (folder.length === 0 || first === '**') return true;
  return fitsPart(first, folder[0]!) && mayFitBelow(rest, folder.slice(1));
}

function fitsPart(pattern: string, part: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\*?]/g, character =>
    character === '*' ? '.*' : character === '?' ? '.' : `\\${character}`,
  );
  return new RegExp(`^${source}$`, 's').test(part);
}
