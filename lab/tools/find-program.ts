import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The message says how to install the program. */
export class MissingToolError extends Error {}

/** @param path in the format of PATH */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | undefined {
  return path
    .split(delimiter)
    .filter(directory => directory !== '')
    .map(directory => join(directory, name))
    .find(file => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}
