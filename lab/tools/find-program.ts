import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A required program is not installed. The message says how to install it. */
export class MissingToolError extends Error {}

/**
 * @param path directories to search, in the format of PATH
 * @returns the path of the first match
 */
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
