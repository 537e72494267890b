import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A prefix that makes the kernel kill the process with the emulator. Empty without Linux and util-linux's setpriv. */
export function dieWithParent(): string[] {
  const setpriv = process.platform === 'linux' ? onPath('setpriv') : undefined;
  return setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
}

export function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(directory => join(directory, name))
    .find(path => existsSync(path));
}
