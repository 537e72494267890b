import { AzureFixture } from '../test/fuzz/azure-fixture.ts';
import { EmulatorProcess } from '../test/fuzz/emulator-process.ts';
import { Tunnel } from '../test/fuzz/tunnel.ts';
import { median } from './statistics.ts';

export interface StartFigures {
  readonly starts: number;
  /** Milliseconds from the start of the process to the first answer inside a tunnel; the median of the starts. */
  readonly firstAnswer: number;
  readonly slowest: number;
  /** Bytes, after the first answer; the median. */
  readonly rss: number;
}

/** Starts an emulator again and again, one after another, and asks each for the tenant's document. */
export async function measureStarts(starts: number): Promise<StartFigures> {
  const times: number[] = [];
  const sizes: number[] = [];
  for (let n = 0; n < starts; n++) {
    const emulator = await EmulatorProcess.start();
    const began = performance.now();
    const host = 'login.microsoftonline.com';
    const tunnel = await Tunnel.open(emulator.ready, host);
    const path = `/${emulator.ready.tenantId}/v2.0/.well-known/openid-configuration`;
    const answer = await tunnel.exchange(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`, 'GET');
    if (answer?.status !== 200) throw new Error(`the first answer was ${answer?.status}`);
    times.push(emulator.startedIn + performance.now() - began);
    sizes.push((await emulator.usage()).rss);
    tunnel.close();
    await emulator.stop();
  }
  return { starts, firstAnswer: median(times), slowest: Math.max(...times), rss: median(sizes) };
}

/** What an emulator holds once a vault, two identities, a registry and a cluster with its node are there. Bytes. */
export async function sizeWithEverything(): Promise<number> {
  const emulator = await EmulatorProcess.start();
  const azure = await new AzureFixture(emulator.ready).createResources();
  const { rss } = await emulator.usage();
  await azure.close();
  await emulator.stop();
  return rss;
}
