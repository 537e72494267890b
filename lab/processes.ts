import { readFileSync } from 'node:fs';

/** False also for a zombie. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const stat = readStat(pid);
  if (stat === '') return process.platform !== 'linux';
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
}

/** Milliseconds. */
const INTERVAL = 500;

/** npm forwards every signal except SIGKILL. */
export function exitWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const ancestors = [process.ppid];
  // npm can start its script through a shell, which does not end with npm.
  if (/^(ba|da|)sh$/.test(commandOf(process.ppid))) ancestors.push(parentOf(process.ppid));
  const timer = setInterval(() => {
    if (!ancestors.every(isRunning)) process.kill(process.pid, 'SIGKILL');
  }, INTERVAL);
  timer.unref();
}

function commandOf(pid: number): string {
  return /\((.*)\)/s.exec(readStat(pid))?.[1] ?? '';
}

function parentOf(pid: number): number {
  return Number(/\) \S (\d+)/.exec(readStat(pid))?.[1] ?? pid);
}

/**
 * "PID (NAME) STATE PPID …", where the name can contain any character. Empty without /proc.
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
