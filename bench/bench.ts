import { arch, cpus, platform, totalmem } from 'node:os';
import { measureBundles } from './bundles.ts';
import { measureRssWithResources, measureStarts } from './start.ts';

// Run `npm run bench` on an idle machine.

const runs = 15;

const kibibytes = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;
const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
const milliseconds = (time: number) => `${Math.round(time)} ms`;

function printTable(columns: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
  line(columns);
  line(columns.map((_, index) => (index === 0 ? '---' : '--:')));
  for (const row of rows) line(row);
  console.log();
}

const [cpu] = cpus();
console.log(
  `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GiB, ${platform()} ${arch()}, Node ${process.version}\n`,
);

const starts = await measureStarts(runs);
printTable(
  ['Emulator', 'Median', `Slowest of ${runs}`],
  [
    ['Process start to first response', milliseconds(starts.firstResponse), milliseconds(starts.slowest)],
    ['RSS after the first response', mebibytes(starts.rss), ''],
    [
      'RSS with a vault, two identities, a registry, and a cluster',
      mebibytes(await measureRssWithResources()),
      '',
    ],
  ],
);

printTable(
  ['Bundle', 'Size', 'Start'],
  (await measureBundles(runs)).map(({ file, bytes, start }) => [
    `\`${file}\``,
    kibibytes(bytes),
    milliseconds(start),
  ]),
);
