import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../workflow/testing.ts';
import { withLock } from './file-lock.ts';

it('lets one work at a time', async () => {
  const file = join(await repository({}), 'lock');
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise(resolve => setImmediate(resolve));
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(file, () => {}, work)));
  expect(most).toBe(1);
  expect(existsSync(file)).toBe(false);
});

it('tells whom it waits for, once', async () => {
  const file = join(await repository({}), 'lock');
  const waits: number[] = [];
  let release = () => {};
  const first = withLock(
    file,
    () => {},
    () => new Promise<void>(resolve => (release = resolve)),
  );
  const second = withLock(
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

it('takes the lock of a process that is gone', async () => {
  const file = join(await repository({}), 'lock');
  const { pid } = spawnSync('true');
  writeFileSync(file, String(pid));
  expect(
    await withLock(
      file,
      () => {},
      async () => 'done',
    ),
  ).toBe('done');
});

it('is free again after a failure', async () => {
  const file = join(await repository({}), 'lock');
  await expect(
    withLock(
      file,
      () => {},
      () => Promise.reject(new Error('broken')),
    ),
  ).rejects.toThrow('broken');
  expect(
    await withLock(
      file,
      () => {},
      async () => 'done',
    ),
  ).toBe('done');
});
