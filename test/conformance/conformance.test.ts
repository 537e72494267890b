import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { findBinaries, remedy } from '../../emulator/kubernetes/kube-apiserver/binaries.ts';
import { kubeApiserverControlPlane } from '../../emulator/kubernetes/kube-apiserver/start.ts';
import { binaryDirectories } from '../../emulator/testing/kubernetes/binary-directories.ts';
import { startTestCluster } from '../../emulator/testing/kubernetes/test-cluster.ts';
import { commands } from './commands.ts';
import { compare, isExpected, type Result } from './compare.ts';
import { formatJson, normalize } from './normalize.ts';

const binaries = findBinaries(binaryDirectories);
const kubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
const missing =
  'missing' in binaries
    ? `${binaries.missing.join(', ')} not found. ${remedy}`
    : kubectl
      ? undefined
      : 'kubectl is not on PATH.';
if (missing) console.warn(`SKIPPED: comparison of the embedded API server with a real one. ${missing}`);

test.skipIf(missing !== undefined)(
  'the embedded API server answers like a real one, except for the declared differences',
  { timeout: 600_000 },
  async () => {
    if ('missing' in binaries) return;
    const embedded = await startTestCluster({ kubernetesVersion: '1.35.4' });
    const real = await startTestCluster({ kubernetesVersion: '1.35.4' }, kubeApiserverControlPlane(binaries));
    try {
      const results = await compare(commands, embedded, real);
      const unexpected = results.filter(result => !isExpected(result));
      expect(unexpected.map(({ command, difference }) => ({ command: command.text, difference }))).toEqual(
        [],
      );
    } finally {
      await Promise.all([embedded.stop(), real.stop()]);
    }
    expect([embedded.log, real.log]).toEqual([[], []]);
  },
);

describe('isExpected', () => {
  const result = (differs: Result['command']['differs'], ...difference: string[]): Result => ({
    command: { text: 'get pods', ...(differs && { differs }) },
    same: difference.length === 0,
    difference,
  });
  const differs = { why: 'because', where: /message/ };

  test('accepts equal answers, and differences where they are declared', () => {
    expect(isExpected(result(undefined))).toBe(true);
    expect(isExpected(result(differs, '- "message": "a"', '+ "message": "b"'))).toBe(true);
  });

  test('rejects other differences, and a declared difference that does not occur', () => {
    expect(isExpected(result(undefined, '- a'))).toBe(false);
    expect(isExpected(result(differs, '- "message": "a"', '- "code": 1'))).toBe(false);
    expect(isExpected(result(differs))).toBe(false);
  });
});

describe('normalize', () => {
  test('removes times and generated names', () => {
    const text = (uid: string, age: string, time: string) =>
      `NAME     AGE\nweb-5d8c9fb4d7-x7k2p   ${age}\nuid: ${uid}\nat ${time}\n`;
    const one = normalize(text('0b9b5a5e-1f7c-4c57-9a47-6a35f0b3a2aa', '5s', '2026-11-23T10:00:00Z'));
    const other = normalize(text('7c1e8d52-90a1-4a53-8f38-0b51c39e1bbb', '2m10s', '2026-11-24T11:12:13Z'));
    expect(one).toBe(other);
    expect(one).toBe('NAME  AGE\nweb-HASH-SUFFIX  AGE\nuid: UUID\nat TIME');
  });

  test('keeps differences of content', () => {
    expect(normalize('replicas: 1')).not.toBe(normalize('replicas: 2'));
    expect(formatJson('{"b":1,"a":2}')).toBe(formatJson('{"a":2,"b":1}'));
    expect(formatJson('{"a":null}')).not.toBe(formatJson('{}'));
  });
});
