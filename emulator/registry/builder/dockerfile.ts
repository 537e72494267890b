export interface Instruction {
  /** Upper case: `COPY`. */
  readonly keyword: string;
  /** `--chown=1:2` as `{ chown: '1:2' }`. */
  readonly flags: Readonly<Record<string, string>>;
  /** Variables are not replaced. */
  readonly rest: string;
  /** On one line, for the log. */
  readonly text: string;
}

/**
 * @throws Error with docker's message
 * @see https://docs.docker.com/reference/dockerfile/#format
 */
export function parseDockerfile(source: string): Instruction[] {
  const instructions = logicalLines(source).map(parseInstruction);
  if (instructions.length === 0) throw new Error('the Dockerfile (Dockerfile) cannot be empty');
  return instructions;
}

/** Comments and empty lines can be between continued lines. */
function logicalLines(source: string): string[] {
  const lines: string[] = [];
  let open = '';
  for (const line of source.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (/^\s*(#|$)/.test(line)) continue;
    const continued = /^(.*?)\\\s*$/.exec(line);
    if (continued) {
      open += continued[1];
      continue;
    }
    lines.push((open + line).trim());
    open = '';
  }
  if (open.trim()) lines.push(open.trim());
  return lines;
}

function parseInstruction(line: string): Instruction {
  const [, keyword = '', after = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  const flags: Record<string, string> = {};
  let rest = after;
  for (let flag = leadingFlag(rest); flag; flag = leadingFlag(rest)) {
    flags[flag[1]!] = flag[2] ?? 'true';
    rest = rest.slice(flag[0].length);
  }
  const upper = keyword.toUpperCase();
  return { keyword: upper, flags, rest, text: `${upper} ${after}`.trim() };
}

function leadingFlag(text: string): RegExpExecArray | null {
  return /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(text);
}

/** A JSON array of strings. @returns `undefined` for the shell form */
export function execForm(rest: string): string[] | undefined {
  if (!rest.startsWith('[')) return undefined;
  try {
    const parsed: unknown = JSON.parse(rest);
    return Array.isArray(parsed) && parsed.every(item => typeof item === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export type Variables = (name: string) => string | undefined;

/**
 * Removes quotes and replaces variables.
 * @see https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
export function words(text: string, variables: Variables): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '\\' && quote !== "'" && at + 1 < text.length) {
      at += 1;
      word = (word ?? '') + text[at];
    } else if (char === '$' && quote !== "'") {
      const variable = /^\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})/.exec(text.slice(at));
      word = (word ?? '') + (variable ? replacement(variable, variables) : char);
      at += variable ? variable[0].length - 1 : 0;
    } else if (quote ? char === quote : char === '"' || char === "'") {
      quote = quote ? '' : char;
      word ??= '';
    } else if (!quote && /\s/.test(char)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote)
    throw new Error(
      `unexpected end of statement while looking for matching ${quote === '"' ? 'double-quote' : 'single-quote'}`,
    );
  if (word !== undefined) found.push(word);
  return found;
}

function replacement([, plain, braced, operator, word = '']: RegExpExecArray, variables: Variables): string {
  const value = variables(plain ?? braced ?? '');
  if (operator === '-') return value || word;
  if (operator === '+') return value ? word : '';
  return value ?? '';
}

/**
 * `key=value …`, or the old form `key value with spaces`.
 * @throws Error with docker's message
 */
export function pairs({ keyword, rest }: Instruction, variables: Variables): [string, string][] {
  const old = /^([^\s=]+)\s+(.*)$/s.exec(rest);
  if (old) return [[old[1]!, words(old[2]!, variables).join(' ')]];
  return words(rest, variables).map(pair => {
    const at = pair.indexOf('=');
    if (at < 1)
      throw new Error(
        `Syntax error - can't find = in "${pair}". Must be of the form: name=value (${keyword})`,
      );
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
}
