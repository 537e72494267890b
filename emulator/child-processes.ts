import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * A command prefix with which the kernel kills the process when the emulator ends. Needs Linux and util-linux's setpriv,
 * otherwise it is empty.
 */
export function dieWithParent(): string[] {
  const setpriv = process.platform === 'linux' ? onPath('setpriv') : undefined;
  return setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
}

/** The path of a program on `PATH`. */
export function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(directory => join(directory, name))
    .find(path => existsSync(path));
}
