import { AzureFixture } from '../test/fuzz/azure-fixture.ts';
import { EmulatorProcess } from '../test/fuzz/emulator-process.ts';
import { Tunnel } from '../test/fuzz/tunnel.ts';
import { median } from './statistics.ts';

export interface StartFigures {
  /** Milliseconds from the start of the process to the first response in a tunnel. Median. */
  readonly firstResponse: number;
  /** Milliseconds. */
  readonly slowest: number;
  /** Bytes after the first response. Median. */
  readonly rss: number;
}

export async function measureStarts(runs: number): Promise<StartFigures> {
  const times: number[] = [];
  const sizes: number[] = [];
  for (let run = 0; run < runs; run++) {
    const emulator = await EmulatorProcess.start();
    const began = performance.now();
    const host = 'login.microsoftonline.com';
    const tunnel = await Tunnel.open(emulator.ready, host);
    const path = `/${emulator.ready.tenantId}/v2.0/.well-known/openid-configuration`;
    const response = await tunnel.exchange(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`, 'GET');
    if (response?.status !== 200)
      throw new Error(`The emulator answered the first request with ${response?.status}.`);
    times.push(emulator.startedIn + performance.now() - began);
    sizes.push((await emulator.usage()).rss);
    tunnel.close();
    await emulator.stop();
  }
  return { firstResponse: median(times), slowest: Math.max(...times), rss: median(sizes) };
}

/** @returns bytes */
export async function measureRssWithResources(): Promise<number> {
  const emulator = await EmulatorProcess.start();
  const azure = await new AzureFixture(emulator.ready).createResources();
  const { rss } = await emulator.usage();
  await azure.close();
  await emulator.stop();
  return rss;
}
