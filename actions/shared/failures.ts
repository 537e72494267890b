import { CommandFailed, missingTool } from './command-errors.ts';
import { isReadOnly } from './command-words.ts';
import { InvalidInputs } from './inputs.ts';
import { Interrupted } from './interruption.ts';
import { harmless } from './log.ts';
import { TimedOut } from './retry.ts';

export class ActionFailed extends Error {
  readonly remedy: string;
  readonly link: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;

  constructor(what: string, remedy: string, link?: string, outputs: Readonly<Record<string, string>> = {}) {
    super(what);
    this.name = 'ActionFailed';
    this.remedy = remedy;
    this.link = link;
    this.outputs = outputs;
  }
}

export function describeFailure(error: unknown, reader: 'workflow' | 'terminal' = 'workflow'): string {
  if (error instanceof InvalidInputs) return error.message;
  if (error instanceof Interrupted) return describeInterruption(error);
  if (error instanceof ActionFailed)
    return paragraphs(error.message, `What to do: ${error.remedy}`, error.link);
  if (error instanceof TimedOut)
    return paragraphs(
      error.message,
      'What to do: run this step again; it continues from what exists. To wait longer, set the input timeout-minutes or retry-minutes.',
    );
  if (error instanceof CommandFailed) return describeCommand(error, reader);
  const text = error instanceof Error ? error.message : String(error);
  const missing = missingTool(error);
  if (missing)
    return paragraphs(
      `${missing} was not found on PATH.`,
      `What to do: install ${missing}. GitHub's hosted Ubuntu runners include it.`,
    );
  return harmless(text);
}

/** Azure continues what az began. */
function describeInterruption({ message, cutOff }: Interrupted): string {
  const changes = cutOff.filter(command => command[0] === 'az' && !isReadOnly(command));
  if (changes.length === 0) return message;
  return paragraphs(
    message,
    'Azure might continue what these commands began:',
    ...changes.map(command => `\`${harmless(command.join(' '))}\``),
    'What to do: run this step again; it continues from what exists. Or delete what is left with delete-lab.',
  );
}

function describeCommand(error: CommandFailed, reader: 'workflow' | 'terminal'): string {
  const { command, exitCode, errorText } = error;
  const ending = `\`${command.join(' ')}\` failed with exit code ${exitCode}:`;
  const failed = `${ending}\n${harmless(shortened(errorText)) || '(it printed no error)'}`;
  const known = reader === 'terminal' ? error.explanationInTerminal : error.explanation;
  return known ? paragraphs(known.cause, `What to do: ${known.remedy}`, known.link, failed) : failed;
}

const MOST_LINES = 30;

/** The first and last lines of a long text: those of a traceback contain the reason. */
function shortened(text: string): string {
  const lines = text.trim().split('\n');
  if (lines.length <= MOST_LINES) return lines.join('\n');
  const left = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES / 2), `… (${left} lines)`, ...lines.slice(-MOST_LINES / 2)].join('\n');
}

function paragraphs(...parts: (string | undefined)[]): string {
  return parts.filter(part => part !== undefined && part !== '').join('\n');
}
