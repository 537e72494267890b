import { readdirSync, readFileSync } from 'node:fs';

/**
 * Sends a signal to a process and its descendants. Debian's package of az (on GitHub's runners) and Homebrew's are shell
 * scripts that wait for Python: the shell ignores SIGINT, and only the shell ends at SIGTERM, so that az receives neither.
 * Without /proc, only the process itself receives the signal.
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

/** The parent of each process. */
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
