import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository } from '../workflow/testing.ts';
import { withFileLock } from './file-lock.ts';

it('runs one function at a time', async () => {
  const file = join(await createRepository({}), 'lock');
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise(resolve => setImmediate(resolve));
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withFileLock(file, () => {}, work)));
  expect(most).toBe(1);
  expect(existsSync(file)).toBe(false);
});

it('reports once which process it waits for', async () => {
  const file = join(await createRepository({}), 'lock');
  const waits: number[] = [];
  let release = () => {};
  const first = withFileLock(
    file,
    () => {},
    () => new Promise<void>(resolve => (release = resolve)),
  );
  const second = withFileLock(
    file,
    pid => {
      waits.push(pid);
      release();
    },
    async () => {},
  );
  await Promise.all([first, second]);
  expect(waits).toEqual([process.pid]);
});

it('takes over the lock of an ended process', async () => {
  const file = join(await createRepository({}), 'lock');
  const { pid } = spawnSync('true');
  writeFileSync(file, String(pid));
  expect(
    await withFileLock(
      file,
      () => {},
      async () => 'done',
    ),
  ).toBe('done');
});

it('releases the lock after a failure', async () => {
  const file = join(await createRepository({}), 'lock');
  await expect(
    withFileLock(
      file,
      () => {},
      () => Promise.reject(new Error('broken')),
    ),
  ).rejects.toThrow('broken');
  expect(
    await withFileLock(
      file,
      () => {},
      async () => 'done',
    ),
  ).toBe('done');
});
