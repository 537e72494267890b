import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * What to put before a command so that the kernel kills it when the emulator dies, however it dies. Needs util-linux's
 * setpriv; empty where that is not there, or on another system than Linux.
 */
export function dieWithParent(): string[] {
  const setpriv = process.platform === 'linux' ? onPath('setpriv') : undefined;
  return setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
}

/** A program of this machine, by its name. */
export function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(directory => join(directory, name))
    .find(path => existsSync(path));
}
