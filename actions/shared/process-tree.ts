import { readdirSync, readFileSync } from 'node:fs';

/**
 * Sends a signal to a process and to all that it started. az, as Debian's package (which GitHub's runners have) and
 * Homebrew install it, is a shell script that waits for Python: the shell sits a SIGINT out, and dies of a SIGTERM alone,
 * so az itself would learn of neither. Where there is no /proc, only the process itself is told.
 * https://www.gnu.org/software/bash/manual/html_node/Signals.html
 */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  for (const each of [...descendants(pid, parents()), pid]) {
    try {
      process.kill(each, signal);
    } catch {
      // It ended meanwhile.
    }
  }
}

/** Of each process its parent. */
function parents(): Map<number, number> {
  try {
    const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
    return new Map(pids.map(pid => [Number(pid), parentOf(pid)]));
  } catch {
    return new Map();
  }
}

/** "PID (NAME) STATE PARENT …", where a name may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0; // It ended meanwhile.
  }
}

/** The deepest first. */
function descendants(pid: number, parents: ReadonlyMap<number, number>): number[] {
  const children = [...parents].filter(([, parent]) => parent === pid).map(([child]) => child);
  return children.flatMap(child => [...descendants(child, parents), child]);
}
