import { parseArgs } from 'node:util';
import { EmulatorProcess } from '../test/fuzz/emulator-process.ts';
import { growth, slope, soak } from '../test/fuzz/soak.ts';

// npm run soak                        a million requests to an emulator, its memory looked at fifty times
// npm run soak -- --requests 100000   fewer
// Ends with 1 where the heap grew by more than three MiB, or eight bytes for each request where that is more.

const { values } = parseArgs({ options: { requests: { type: 'string', default: '1000000' } } });
const requests = Number(values.requests);
if (!Number.isInteger(requests) || requests < 1000) throw new Error('--requests is a number from 1000 up');

const mebibytes = (bytes: number) => (bytes / 1024 ** 2).toFixed(1).padStart(7);

const emulator = await EmulatorProcess.start();
try {
  const atStart = await emulator.usage();
  console.log('  requests  heap MiB   RSS MiB');
  console.log(`         0   ${mebibytes(atStart.heapUsed)}   ${mebibytes(atStart.rss)}`);
  const { samples, perSecond, sent } = await soak(emulator, {
    requests,
    samples: 50,
    onSample: ({ requests: done, heapUsed, rss }) =>
      console.log(`${String(done).padStart(10)}   ${mebibytes(heapUsed)}   ${mebibytes(rss)}`),
  });
  const processorSeconds = (samples.at(-1)!.cpu - atStart.cpu) / 1000;
  const kinds = Object.entries(sent).map(([kind, count]) => `${count} ${kind}`);
  console.log(`
sent                ${kinds.join(', ')}
requests per second ${perSecond.toFixed(0)}; for each second of the emulator's processor time ${(requests / processorSeconds).toFixed(0)}
after the first quarter, for each thousand requests
  heap              ${slope(samples, 'heapUsed').toFixed(0)} bytes
  RSS               ${slope(samples, 'rss').toFixed(0)} bytes
heap grew by        ${(growth(samples) / 1024).toFixed(0)} KiB`);
  if (growth(samples) > Math.max(3 * 1024 ** 2, 8 * requests)) {
    console.error('That is a leak.');
    process.exitCode = 1;
  }
} finally {
  await emulator.stop();
}
