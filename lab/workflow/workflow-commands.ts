export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const commandNames = new Set([
  'set-env',
  'set-output',
  'save-state',
  'add-mask',
  'add-path',
  'add-matcher',
  'remove-matcher',
  'debug',
  'warning',
  'error',
  'notice',
  'group',
  'endgroup',
  'echo',
  'stop-commands',
]);

function unescaped(value: string, escapes: readonly (readonly [string, string])[]): string {
  return escapes.reduce((text, [escaped, plain]) => text.replaceAll(escaped, plain), value);
}

// The percent sign is last, so that %250A becomes %0A.
const dataEscapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
] as const;
const propertyEscapes = [['%3A', ':'], ['%2C', ','], ...dataEscapes] as const;
const bracketEscapes = [
  ['%3B', ';'],
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%5D', ']'],
  ['%25', '%'],
] as const;

function properties(
  text: string,
  separator: string,
  escapes: readonly (readonly [string, string])[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of text.split(separator)) {
    const equals = part.indexOf('=');
    if (equals <= 0) continue;
    found[part.slice(0, equals).trim().toLowerCase()] = unescaped(part.slice(equals + 1), escapes);
  }
  return found;
}

/**
 * Reads `::name key=value,…::data` at the start of the line (after white space), or `##[name
 * key=value;…]data` anywhere in it.
 * @param isCommand a line with another name is plain text
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function parseCommand(line: string, isCommand: (name: string) => boolean): Command | undefined {
  const split = (
    info: string,
    data: string,
    separator: string,
    escapes: typeof bracketEscapes | typeof propertyEscapes,
  ) => {
    const space = info.indexOf(' ');
    const name = (space < 0 ? info : info.slice(0, space)).toLowerCase();
    if (!isCommand(name)) return undefined;
    return { name, properties: space < 0 ? {} : properties(info.slice(space + 1), separator, escapes), data };
  };

  const trimmed = line.trimStart();
  if (trimmed.startsWith('::')) {
    const end = trimmed.indexOf('::', 2);
    const data = unescaped(trimmed.slice(end + 2), dataEscapes);
    const command = end < 0 ? undefined : split(trimmed.slice(2, end), data, ',', propertyEscapes);
    if (command) return command;
  }
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  return split(
    line.slice(start + 3, end),
    unescaped(line.slice(end + 1), bracketEscapes),
    ';',
    bracketEscapes,
  );
}

export interface CommandEffects {
  addMask(value: string): void;
  setOutput(name: string, value: string): void;
  saveState(name: string, value: string): void;
  print(line: string): void;
  annotate(level: 'debug' | 'notice' | 'warning' | 'error', message: string): void;
  fail(message: string): void;
}

/** Each step has a reader, so stop-commands affects only that step. */
export class CommandReader {
  readonly #effects: CommandEffects;
  #stopToken: string | undefined;
  #echo = false;

  constructor(effects: CommandEffects) {
    this.#effects = effects;
  }

  /** Prints a line that is not a command. */
  read(line: string): void {
    const stopToken = this.#stopToken;
    if (stopToken !== undefined) {
      if (parseCommand(line, name => name === stopToken)) this.#stopToken = undefined;
      else this.#effects.print(line);
      return;
    }
    const command = parseCommand(line, name => commandNames.has(name));
    if (!command) {
      this.#effects.print(line);
      return;
    }
    if (this.#echo && command.name !== 'add-mask') this.#effects.print(line);
    try {
      this.#runCommand(command);
    } catch (error) {
      this.#effects.fail(
        `Unable to process command '${command.name}' successfully. ${(error as Error).message}`,
      );
    }
  }

  #runCommand({ name, properties, data }: Command): void {
    const effects = this.#effects;
    switch (name) {
      case 'add-mask':
        if (data.trim() === '')
          effects.annotate('warning', "Can't add secret mask for empty string in ##[add-mask] command.");
        else effects.addMask(data);
        return;
      case 'set-output':
        effects.setOutput(required(properties, 'name'), data);
        return;
      case 'save-state':
        effects.saveState(required(properties, 'name'), data);
        return;
      case 'debug':
      case 'notice':
      case 'warning':
      case 'error':
        effects.annotate(name, data);
        return;
      case 'group':
        effects.print(`▸ ${data}`);
        return;
      case 'endgroup':
        return;
      case 'echo':
        if (!/^(on|off)$/i.test(data.trim()))
          throw new Error('Invalid echo command value. Possible values are "on" and "off".');
        this.#echo = data.trim().toLowerCase() === 'on';
        return;
      case 'stop-commands':
        this.#stop(data.trim());
        return;
      case 'set-env':
      case 'add-path':
        // https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/
        throw new Error(`The \`${name}\` command is disabled. Please upgrade to using Environment Files.`);
      default:
        throw new Error('wilab does not support problem matchers.');
    }
  }

  #stop(token: string): void {
    if (token === '' || token === 'pause-logging' || commandNames.has(token.toLowerCase())) {
      throw new Error(`'${token}' cannot be the token of stop-commands. Use a random token.`);
    }
    if (token.length > 6) this.#effects.addMask(token);
    this.#stopToken = token.toLowerCase();
  }
}

function required(properties: Readonly<Record<string, string>>, name: string): string {
  const value = properties[name];
  if (!value) throw new Error(`Required field '${name}' is missing.`);
  return value;
}
