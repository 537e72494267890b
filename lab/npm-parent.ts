import { readFileSync } from 'node:fs';
import { isRunning } from './processes.ts';

/** How often is looked, in milliseconds. */
const interval = 500;

/**
 * Ends this process at once when the npm that runs it has been killed: npm hands on every signal but that one, and whoever
 * killed it means the lab.
 */
export function endWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parents = [process.ppid];
  // Between npm and its script may be a shell, which does not end with npm.
  if (/^(ba|da|)sh$/.test(commandOf(process.ppid))) parents.push(parentOf(process.ppid));
  const timer = setInterval(() => {
    if (!parents.every(isRunning)) process.kill(process.pid, 'SIGKILL');
  }, interval);
  timer.unref();
}

function commandOf(pid: number): string {
  return /\((.*)\)/s.exec(stat(pid))?.[1] ?? '';
}

function parentOf(pid: number): number {
  return Number(/\) \S (\d+)/.exec(stat(pid))?.[1] ?? pid);
}

/** "PID (NAME) STATE PPID …"; empty where the system has no /proc. */
function stat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
