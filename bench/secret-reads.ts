import type { AzureFixture } from '../test/fuzz/azure-fixture.ts';
import type { EmulatorProcess } from '../test/fuzz/emulator-process.ts';
import { Tunnel } from '../test/fuzz/tunnel.ts';
import { median, quantile } from './statistics.ts';

export interface ReadFigures {
  readonly connections: number;
  readonly reads: number;
  readonly perSecond: number;
  /** Reads for each second of processor time that the emulator used: what one core would give it. */
  readonly perCoreSecond: number;
  /** Milliseconds. */
  readonly median: number;
  /** Milliseconds: one read in a hundred takes longer. */
  readonly p99: number;
  /** Bytes, after the reads. */
  readonly rss: number;
}

/**
 * Reads one secret over and over: CONNECT and TLS once for each connection, then one request after another.
 * @param connections how many do so at the same time
 */
export async function secretReads(
  emulator: EmulatorProcess,
  azure: AzureFixture,
  connections: number,
  reads: number,
): Promise<ReadFigures> {
  const { secretName, vaultToken, mark } = azure.readers[0]!;
  const request = `GET /secrets/${secretName}?api-version=7.6 HTTP/1.1\r\nhost: ${azure.vaultHost}\r\nauthorization: Bearer ${vaultToken}\r\n\r\n`;
  const tunnels = await Promise.all(
    Array.from({ length: connections }, () => Tunnel.open(azure.ready, azure.vaultHost)),
  );
  const latencies: number[] = [];
  let left = reads;
  const before = await emulator.usage();
  const began = performance.now();
  await Promise.all(
    tunnels.map(async tunnel => {
      while (left > 0) {
        left -= 1;
        const asked = performance.now();
        const answer = await tunnel.exchange(request, 'GET');
        latencies.push(performance.now() - asked);
        if (!answer?.body.includes(mark)) throw new Error(`the vault answered ${answer?.status}`);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const after = await emulator.usage();
  for (const tunnel of tunnels) tunnel.close();
  return {
    connections,
    reads,
    perSecond: reads / seconds,
    perCoreSecond: reads / ((after.cpu - before.cpu) / 1000),
    median: median(latencies),
    p99: quantile(latencies, 0.99),
    rss: after.rss,
  };
}
