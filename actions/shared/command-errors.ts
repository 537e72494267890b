import { commandWords, isCreation, isReadOnly } from './command-words.ts';
import {
  type ErrorKind,
  type Explanation,
  explain,
  findErrors,
  hostsIn,
  type KnownError,
} from './known-errors.ts';
import { duration } from './time.ts';

export class CommandFailed extends Error {
  /** The tool and its arguments. They contain no secrets. */
  readonly command: readonly string[];
  /** Null if a signal ended the command. */
  readonly exitCode: number | null;
  readonly errorText: string;
  #found: readonly KnownError[] | undefined;

  constructor(command: readonly string[], exitCode: number | null, stderr: string) {
    const text = stderr.trim();
    super(`${command.join(' ')} failed with exit code ${exitCode}: ${text || 'it printed no error'}`);
    this.name = 'CommandFailed';
    this.command = command;
    this.exitCode = exitCode;
    this.errorText = text;
  }

  get #known(): readonly KnownError[] {
    this.#found ??= findErrors(this.errorText);
    return this.#found;
  }

  is(kind: ErrorKind): boolean {
    return this.#known.some(known => known.kind === kind);
  }

  /** The named parts of the message that shows this kind; none if the failure is of another kind. */
  details(kind: ErrorKind): Readonly<Partial<Record<string, string>>> {
    return this.#known.find(known => known.kind === kind)?.pattern.exec(this.errorText)?.groups ?? {};
  }

  /** Azure's error code (`ResourceNotFound`, `AADSTS700024`). */
  get code(): string | undefined {
    return (
      /^(?:ERROR: )?\((\w+)\)/m.exec(this.errorText)?.[1] ??
      /^Code: (\w+)/m.exec(this.errorText)?.[1] ??
      /AADSTS\d+/.exec(this.errorText)?.[0]
    );
  }

  get explanation(): Explanation | undefined {
    return this.#known.find(({ explanation }) => explanation)?.explanation ?? explain(this.errorText);
  }

  get explanationInTerminal(): Explanation | undefined {
    const command = ` ${this.command.join(' ')} `;
    const known = this.#known.find(({ inTerminal, command: of }) => inTerminal && (!of || of.test(command)));
    return known?.inTerminal ?? this.explanation;
  }

  /** Why the same command can succeed later. */
  get transientReason(): string | undefined {
    if (this.command[0] === 'kubectl') {
      // A decision of a webhook or a policy is final, whatever else its message quotes.
      return this.is('refused-by-cluster') ? undefined : this.#reason('kubectl');
    }
    return this.#reason('az') ?? (isCreation(this.command) ? this.#reason('creation') : undefined);
  }

  /** Why the same login can succeed later. */
  get transientLoginReason(): string | undefined {
    return this.#reason('login');
  }

  #reason(during: keyof NonNullable<KnownError['transient']>): string | undefined {
    return this.#known.find(({ transient }) => transient?.[during])?.transient?.[during];
  }

  /** A new host in Azure does not resolve for some minutes. */
  failedToResolve(host: string): boolean {
    if (!this.is('host-not-resolved')) return false;
    const hosts = hostsIn(this.errorText);
    // Some wordings of urllib3 1 contain no host.
    return hosts.length === 0 || hosts.includes(host.toLowerCase());
  }
}

export function failedWith(error: unknown, kind: ErrorKind): error is CommandFailed {
  return error instanceof CommandFailed && error.is(kind);
}

export class CommandTimedOut extends Error {
  readonly command: readonly string[];

  constructor(command: readonly string[], seconds: number) {
    const [tool = ''] = command;
    const mayContinue =
      tool === 'az' && !isReadOnly(command) ? '\nAzure might continue what the command began.' : '';
    super(
      `\`${command.join(' ')}\` did not end within ${duration(seconds * 1000)} and was stopped.${mayContinue}
What to do: check that the network and the proxy of this runner let ${tool} reach its service, then run this step again; it continues from what exists.`,
    );
    this.name = 'CommandTimedOut';
    this.command = command;
  }
}

export class OutputTooLarge extends Error {
  constructor(command: readonly string[], what: string) {
    super(
      `\`${command.join(' ')}\` printed ${what} and was stopped.
What to do: check which program ${command[0]} on PATH is, and what it prints for this command.`,
    );
    this.name = 'OutputTooLarge';
  }
}

/** Why the same command can succeed later; undefined if a retry does not help. */
export function transientReason(error: unknown): string | undefined {
  if (error instanceof CommandTimedOut && isReadOnly(error.command)) return 'it did not end in time';
  return error instanceof CommandFailed ? error.transientReason : undefined;
}

/** The words are those of `@actions/exec`. */
export function missingTool(error: unknown): string | undefined {
  return error instanceof Error
    ? /Unable to locate executable file: ([\w.-]+?)\.?(?:\s|$)/.exec(error.message)?.[1]
    : undefined;
}

/** A command without its options, for the log: `az aks show`. */
export function commandName(command: readonly string[]): string {
  return commandWords(command).join(' ');
}
