import { arch, cpus, platform, totalmem } from 'node:os';
import { AzureFixture } from '../test/fuzz/azure-fixture.ts';
import { EmulatorProcess } from '../test/fuzz/emulator-process.ts';
import { measureBundles } from './bundles.ts';
import { secretReads } from './secret-reads.ts';
import { measureStarts, sizeWithEverything } from './start.ts';

// npm run bench   measures and prints, as the tables of docs/performance.md. On a machine that does nothing else.

const mebibytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
const milliseconds = (time: number) => `${time.toFixed(time < 10 ? 2 : 0)} ms`;
const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
const table = (...columns: string[]) => {
  row(...columns);
  row(...columns.map((_, at) => (at === 0 ? '---' : '--:')));
};

const [cpu] = cpus();
console.log(
  `${cpus().length} × ${cpu?.model.trim()}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, ${platform()} ${arch()}, Node ${process.version}\n`,
);

const emulator = await EmulatorProcess.start();
const azure = await new AzureFixture(emulator.ready).createResources({ cluster: false });
// For the code to be compiled.
await secretReads(emulator, azure, 8, 20_000);
table(
  'connections',
  'reads',
  'per second',
  'per second of the emulator’s core',
  'median',
  '99th percentile',
  'RSS',
);
for (const connections of [1, 8, 64]) {
  const figures = await secretReads(emulator, azure, connections, 50_000);
  row(
    figures.connections,
    figures.reads,
    figures.perSecond.toFixed(0),
    figures.perCoreSecond.toFixed(0),
    milliseconds(figures.median),
    milliseconds(figures.p99),
    mebibytes(figures.rss),
  );
}
await azure.close();
await emulator.stop();

console.log();
const starts = await measureStarts(15);
table(`emulator, ${starts.starts} starts`, 'median', 'slowest');
row('first answer', milliseconds(starts.firstAnswer), milliseconds(starts.slowest));
row('RSS then', mebibytes(starts.rss), '');
row('RSS with a vault, two identities, a registry and a cluster', mebibytes(await sizeWithEverything()), '');

console.log();
table('bundle', 'size', 'start', 'unbundled', 'ratio');
for (const { name, bytes, bundled, unbundled } of await measureBundles(15)) {
  row(
    name,
    mebibytes(bytes),
    milliseconds(bundled),
    milliseconds(unbundled),
    (bundled / unbundled).toFixed(2),
  );
}
