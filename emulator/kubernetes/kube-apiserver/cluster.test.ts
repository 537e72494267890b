import { test, vi } from 'vitest';
import { findBinaries, remedy } from './binaries.ts';
import { testDirectories } from './test-binaries.ts';

const binaries = findBinaries(testDirectories);
if ('missing' in binaries) {
  const why = `no cluster is tested on a real API server: ${binaries.missing.join(', ')} not found. ${remedy}`;
  console.warn(`SKIPPED: ${why}`);
  test.skip(why);
} else {
  // Everything that is said of a cluster is said of one on a real API server too.
  vi.doMock('../control-plane.ts', async () => {
    const { kubeApiserver } = await import('./control-plane.ts');
    return { startEmbedded: kubeApiserver(binaries) };
  });
  await import('../cluster.test.ts');
}
