import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { duration } from '../../actions/shared/time.ts';
import { createPrivateDirectory } from '../paths.ts';
import type { JobInfo, Level, Observer, StepInfo } from '../workflow/observer.ts';
import type { Result } from '../workflow/workflow.ts';
import { cut, type Screen } from './screen.ts';

const marks: Readonly<Record<Result, string>> = { success: '✓', failure: '✗', cancelled: '■', skipped: '○' };
const colors = { success: 'green', failure: 'red', cancelled: 'yellow', skipped: 'gray' } as const;
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Characters. */
const MAX_NAME = 60;

/** The log file has all of them. */
const MAX_LINES = 200;

interface Running {
  readonly started: number;
  readonly lines: string[];
  readonly annotations: string[];
}

export class Progress implements Observer {
  readonly #screen: Screen;
  readonly #logs: string;
  readonly #verbose: boolean;
  readonly #running = new Map<StepInfo, Running>();

  /** @param verbose print every line of every step, with debug messages */
  constructor(screen: Screen, logs: string, verbose: boolean) {
    this.#screen = screen;
    this.#logs = createPrivateDirectory(logs);
    this.#verbose = verbose;
  }

  jobStarted(): void {
    this.#screen.live(() => this.#liveLines());
  }

  jobMessage(job: JobInfo, level: Level, text: string): void {
    this.#screen.print(`  ${this.#annotation(level, `${job.name}: ${text}`)}`);
  }

  jobEnded(job: JobInfo, result: Result): void {
    if (result === 'skipped') this.#screen.print(this.#line(result, job.name, 'skipped'));
    if (result === 'cancelled') this.#screen.print(this.#line(result, job.name, 'cancelled'));
  }

  stepStarted(step: StepInfo): void {
    this.#running.set(step, { started: Date.now(), lines: [], annotations: [] });
    if (step.background || this.#verbose) this.#announce(step, 'started');
  }

  stepLine(step: StepInfo, level: Level, text: string): void {
    const running = this.#running.get(step);
    if (!running || (level === 'debug' && !this.#verbose)) return;
    const line = level === 'output' ? text : this.#annotation(level, text);
    running.lines.push(line);
    if (level === 'notice' || level === 'warning') running.annotations.push(line);
    appendFileSync(this.#logFile(step), `${stripVTControlCharacters(line)}\n`, { mode: 0o600 });
    if (this.#verbose)
      this.#screen.print(`  ${this.#screen.style('gray', `${cut(step.name, MAX_NAME)} │`)} ${line}`);
  }

  stepEnded(step: StepInfo, result: Result): void {
    const running = this.#running.get(step);
    if (!running) return;
    this.#running.delete(step);
    const took = result === 'skipped' ? 'skipped' : duration(Date.now() - running.started);
    this.#screen.print(this.#line(result, this.#title(step), took));
    const bad = result === 'failure' || result === 'cancelled';
    const shown = this.#verbose ? [] : bad ? running.lines.slice(-MAX_LINES) : running.annotations;
    if (bad && running.lines.length > shown.length && !this.#verbose) {
      this.#screen.print(`    … complete log: ${this.#logFile(step)}`);
    }
    for (const line of shown) this.#screen.print(`    ${line.replaceAll('\n', '\n    ')}`);
  }

  #liveLines(): string[] {
    const now = Date.now();
    const frame = spinner[Math.floor(now / 100) % spinner.length]!;
    return [...this.#running].map(([step, { started, lines }]) => {
      const last = lines.at(-1);
      const tail = last ? this.#screen.style('gray', `  ${stripVTControlCharacters(last).trim()}`) : '';
      return `${this.#screen.style('cyan', frame)} ${this.#title(step)}  ${duration(now - started)}${tail}`;
    });
  }

  #announce(step: StepInfo, what: string): void {
    this.#screen.print(`${this.#screen.style('cyan', '→')} ${this.#title(step)}  ${what}`);
  }

  #title(step: StepInfo): string {
    const background = step.background ? this.#screen.style('gray', ' (in the background)') : '';
    return `${this.#screen.style('gray', `${step.job.name} ›`)} ${cut(step.name, MAX_NAME)}${background}`;
  }

  #line(result: Result, title: string, note: string): string {
    return `${this.#screen.style(colors[result], marks[result])} ${title}  ${this.#screen.style('gray', note)}`;
  }

  #annotation(level: Level, text: string): string {
    const color = level === 'error' ? 'red' : level === 'warning' ? 'yellow' : 'gray';
    return this.#screen.style(color, `${level}: ${text}`);
  }

  #logFile(step: StepInfo): string {
    const name = step.name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 40);
    return join(this.#logs, `${step.job.id}-${String(step.number).padStart(2, '0')}-${name}.log`);
  }
}
