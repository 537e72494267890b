import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository } from '../workflow/testing.ts';
import { ToolWrappers } from './tool-wrappers.ts';

it('run the tools unchanged, and count and time them', async () => {
  const root = await createRepository({});
  const real = join(root, "it's kubectl");
  writeFileSync(real, '#!/bin/sh\ncat\necho "$1"\nexit 3\n', { mode: 0o755 });
  const wrappers = new ToolWrappers({ az: real, azVersion: '1', kubectl: real }, join(root, 'bin'));
  const child = spawn(join(wrappers.directory, 'kubectl'), ['an argument'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end('input ');
  const output = await child.stdout.toArray();
  const [code] = await once(child, 'close');
  expect(Buffer.concat(output).toString()).toBe('input an argument\n');
  expect(code).toBe(3);
  wrappers.stop();
  expect(wrappers.processes).toEqual([
    { tool: 'kubectl', started: expect.any(Number), ended: expect.any(Number) },
  ]);
});
