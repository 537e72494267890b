import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findToken } from './token.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'token-test-'));
  // Only programs that a test writes.
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

function gh(script: string): void {
  chmodSync(file('gh', `#!/bin/sh\n${script}\n`), 0o755);
}

it('reads the token from the file, then the environment in gh’s order, then gh', async () => {
  gh('[ "$*" = "auth token --hostname github.com" ] && echo from-gh');
  const path = file('token', 'from-file\n');
  const both = () => ({ GH_TOKEN: 'one', GITHUB_TOKEN: 'two' });
  expect(await findToken(path, both())).toEqual({ token: 'from-file', from: path });
  expect(await findToken(undefined, both())).toEqual({ token: 'one', from: 'GH_TOKEN' });
  expect(await findToken(undefined, { GITHUB_TOKEN: 'two' })).toEqual({ token: 'two', from: 'GITHUB_TOKEN' });
  expect(await findToken(undefined, {})).toEqual({ token: 'from-gh', from: 'gh' });
});

it('returns nothing if gh is missing or not logged in', async () => {
  expect(await findToken(undefined, {})).toBeUndefined();
  gh('exit 4');
  expect(await findToken(undefined, {})).toBeUndefined();
});

it('removes the tokens from the environment, which az inherits', async () => {
  const environment = { GH_TOKEN: 'one', GITHUB_TOKEN: 'two', HOME: '/home' };
  await findToken(undefined, environment);
  expect(environment).toEqual({ HOME: '/home' });
});

it('rejects a file without a token, and does not print its content', async () => {
  await expect(findToken(join(folder, 'none'), {})).rejects.toThrow('could not be read');
  const path = file('token', 'two words\nand more');
  await expect(findToken(path, {})).rejects.toThrow(`The file "${path}" contains no GitHub token.`);
});
