import { expect, it } from 'vitest';
import { EmulatorProcess } from './emulator-process.ts';
import { growth, type SoakSample, slope, soak } from './soak.ts';

/** Bytes; over the 15,000 requests that are looked at this would be some two hundred for each. */
const tolerated = 3 * 1024 * 1024;

it('holds no more memory after twenty thousand requests; `npm run soak` sends a million', async () => {
  const emulator = await EmulatorProcess.start();
  try {
    const { samples, sent } = await soak(emulator, { requests: 20_000, samples: 20 });
    expect(Object.values(sent).reduce((sum, each) => sum + each)).toBe(20_000);
    expect(Math.min(...Object.values(sent))).toBeGreaterThan(0);
    const heap = samples.map(({ heapUsed }) => (heapUsed / 1024 ** 2).toFixed(1)).join(' ');
    expect(growth(samples), `heap after each thousand, MiB: ${heap}`).toBeLessThan(tolerated);
  } finally {
    await emulator.stop();
  }
}, 300_000);

it('would tell a leak of a few hundred bytes for each request', () => {
  const leaking = Array.from(
    { length: 20 },
    (_, n): SoakSample => ({
      requests: (n + 1) * 1000,
      heapUsed: 30e6 + (n + 1) * 300_000 + (n % 3) * 50_000,
      rss: 9e7,
      cpu: 0,
    }),
  );
  expect(growth(leaking)).toBeGreaterThan(tolerated);
  expect(slope(leaking, 'heapUsed')).toBeCloseTo(300_000, -4);
  expect(slope(leaking, 'rss')).toBe(0);
});
