import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findToken } from './token.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'token-test-'));
  // No other program than what a test puts there.
  vi.stubEnv('PATH', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A gh that prints this. */
function gh(script: string): void {
  chmodSync(file('gh', `#!/bin/sh\n${script}\n`), 0o755);
}

it('takes the file, then the environment as gh does, then gh', async () => {
  gh('[ "$*" = "auth token --hostname github.com" ] && echo from-gh');
  const path = file('token', 'from-file\n');
  const both = () => ({ GH_TOKEN: 'one', GITHUB_TOKEN: 'two' });
  expect(await findToken(path, both())).toEqual({ token: 'from-file', from: path });
  expect(await findToken(undefined, both())).toEqual({ token: 'one', from: 'GH_TOKEN' });
  expect(await findToken(undefined, { GITHUB_TOKEN: 'two' })).toEqual({ token: 'two', from: 'GITHUB_TOKEN' });
  expect(await findToken(undefined, {})).toEqual({ token: 'from-gh', from: 'gh' });
});

it('does without where gh is missing, or not logged in', async () => {
  expect(await findToken(undefined, {})).toBeUndefined();
  gh('exit 4');
  expect(await findToken(undefined, {})).toBeUndefined();
});

it('leaves no token in the environment, which az inherits', async () => {
  const environment = { GH_TOKEN: 'one', GITHUB_TOKEN: 'two', HOME: '/home' };
  await findToken(undefined, environment);
  expect(environment).toEqual({ HOME: '/home' });
});

it('refuses a file that is no token, and does not show what is in it', async () => {
  await expect(findToken(join(folder, 'none'), {})).rejects.toThrow('cannot be read');
  const path = file('token', 'two words\nand more');
  await expect(findToken(path, {})).rejects.toThrow(`There is no token for GitHub in ${path}.`);
});
