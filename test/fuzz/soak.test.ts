import { expect, it } from 'vitest';
import { EmulatorProcess } from './emulator-process.ts';
import { growth, type SoakSample, soak } from './soak.ts';

/** Bytes. About 200 for each of the 15,000 compared requests. */
const tolerated = 3 * 1024 * 1024;

it('does not leak memory in 20,000 requests', async () => {
  const emulator = await EmulatorProcess.start();
  try {
    const { samples, sent } = await soak(emulator, { requests: 20_000, samples: 20 });
    expect(Object.values(sent).reduce((sum, each) => sum + each)).toBe(20_000);
    expect(Math.min(...Object.values(sent))).toBeGreaterThan(0);
    const heap = samples.map(({ heapUsed }) => (heapUsed / 1024 ** 2).toFixed(1)).join(' ');
    expect(growth(samples), `heap after every 1,000 requests, in MiB: ${heap}`).toBeLessThan(tolerated);
  } finally {
    await emulator.stop();
  }
}, 300_000);

it('detects a leak of a few hundred bytes per request', () => {
  const leaking = Array.from(
    { length: 20 },
    (_, n): SoakSample => ({
      requests: (n + 1) * 1000,
      heapUsed: 30e6 + (n + 1) * 300_000 + (n % 3) * 50_000,
      rss: 9e7,
    }),
  );
  expect(growth(leaking)).toBeGreaterThan(tolerated);
});
