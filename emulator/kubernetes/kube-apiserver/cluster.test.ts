import { test, vi } from 'vitest';
import { binaryDirectories } from '../../testing/kubernetes/binary-directories.ts';
import { findBinaries, remedy } from './binaries.ts';

const binaries = findBinaries(binaryDirectories);
if ('missing' in binaries) {
  const why = `cluster tests on a real API server. Programs not found: ${binaries.missing.join(', ')}. ${remedy}`;
  console.warn(`SKIPPED: ${why}`);
  test.skip(why);
} else {
  // Runs all cluster tests on a real API server.
  vi.doMock('../embedded-control-plane.ts', async () => {
    const { kubeApiserverControlPlane } = await import('./start.ts');
    return { startEmbeddedControlPlane: kubeApiserverControlPlane(binaries) };
  });
  await import('../cluster.test.ts');
}
