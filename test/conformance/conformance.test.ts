import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { findBinaries, remedy } from '../../emulator/kubernetes/kube-apiserver/binaries.ts';
import { kubeApiserver } from '../../emulator/kubernetes/kube-apiserver/control-plane.ts';
import { binaryDirectories } from '../../emulator/testing/kubernetes/binary-directories.ts';
import { startTestCluster } from '../../emulator/testing/kubernetes/test-cluster.ts';
import { rows } from './commands.ts';
import { compare, expected, type Result } from './compare.ts';
import { normalised, readable } from './normalize.ts';

const binaries = findBinaries(binaryDirectories);
const kubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
const why =
  'missing' in binaries
    ? `${binaries.missing.join(', ')} not found. ${remedy}`
    : kubectl
      ? undefined
      : 'kubectl is not on PATH.';
if (why) console.warn(`SKIPPED: the embedded API server is not compared with a real one: ${why}`);

test.skipIf(why !== undefined)(
  'the embedded API server answers as a real one, but for what the table says',
  { timeout: 600_000 },
  async () => {
    if ('missing' in binaries) return;
    const embedded = await startTestCluster({ kubernetesVersion: '1.35.4' });
    const real = await startTestCluster({ kubernetesVersion: '1.35.4' }, kubeApiserver(binaries));
    try {
      const results = await compare(rows, embedded, real);
      const wrong = results.filter(result => !expected(result));
      expect(wrong.map(({ row, difference }) => ({ command: row.command, difference }))).toEqual([]);
    } finally {
      await Promise.all([embedded.stop(), real.stop()]);
    }
    // Neither cluster had anything to complain of.
    expect([embedded.log, real.log]).toEqual([[], []]);
  },
);

describe('a row', () => {
  const result = (differs: Result['row']['differs'], ...difference: string[]): Result => ({
    row: { command: 'get pods', ...(differs && { differs }) },
    same: difference.length === 0,
    difference,
  });
  const differs = { why: 'because', where: /message/ };

  test('is right where nothing differs, or only what is said to', () => {
    expect(expected(result(undefined))).toBe(true);
    expect(expected(result(differs, '- "message": "a"', '+ "message": "b"'))).toBe(true);
  });

  test('is wrong where anything else differs, or what is said to differ does not', () => {
    expect(expected(result(undefined, '- a'))).toBe(false);
    expect(expected(result(differs, '- "message": "a"', '- "code": 1'))).toBe(false);
    expect(expected(result(differs))).toBe(false);
  });
});

describe('normalising', () => {
  test('keeps what is said, whatever the moment and the names that were drawn', () => {
    const text = (uid: string, age: string, time: string) =>
      `NAME     AGE\nweb-5d8c9fb4d7-x7k2p   ${age}\nuid: ${uid}\nat ${time}\n`;
    const one = normalised(text('0b9b5a5e-1f7c-4c57-9a47-6a35f0b3a2aa', '5s', '2026-11-23T10:00:00Z'));
    const other = normalised(text('7c1e8d52-90a1-4a53-8f38-0b51c39e1bbb', '2m10s', '2026-11-24T11:12:13Z'));
    expect(one).toBe(other);
    expect(one).toBe('NAME  AGE\nweb-HASH-SUFFIX  AGE\nuid: UUID\nat TIME');
  });

  test('loses no difference of content', () => {
    expect(normalised('replicas: 1')).not.toBe(normalised('replicas: 2'));
    expect(readable('{"b":1,"a":2}')).toBe(readable('{"a":2,"b":1}'));
    expect(readable('{"a":null}')).not.toBe(readable('{}'));
  });
});
