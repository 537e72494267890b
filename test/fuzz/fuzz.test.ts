import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import { AzureFixture } from './azure-fixture.ts';
import { listUnusedRoutes } from './declared-routes.ts';
import { findInvalidError, reportsDefect } from './error-checks.ts';
import { bytesOf, type MalformedRequest, malformedRequests } from './malformed-requests.ts';
import { sampleRequests } from './sample-requests.ts';
import { type RawResponse, Tunnel } from './tunnel.ts';

let stateDir: string;
let emulator: Emulator;
let azure: AzureFixture;
/** `… failed: …` is a service that threw. */
const log: string[] = [];
const rejections: unknown[] = [];
const onRejection = (reason: unknown) => rejections.push(reason);
const tunnels = new Map<string, Tunnel>();
/** Active resources by type, before the emulator started. */
let before: Record<string, number>;

beforeAll(async () => {
  process.on('unhandledRejection', onRejection);
  before = resources();
  stateDir = await mkdtemp(join(tmpdir(), 'emulator-fuzz-'));
  emulator = await startEmulator({ stateDir, log: line => log.push(line) });
  azure = await new AzureFixture(emulator).createResources();
});

afterAll(async () => {
  for (const tunnel of tunnels.values()) tunnel.close();
  await azure?.close();
  await emulator?.close();
  await rm(stateDir, { recursive: true });
  process.off('unhandledRejection', onRejection);
});

function resources(): Record<string, number> {
  const names = process
    .getActiveResourcesInfo()
    .filter(name => /^(TCP|TLS|Process|Timeout|FSEvent)/.test(name));
  return Object.fromEntries(names.map(name => [name, names.filter(other => other === name).length]));
}

/** Reopens a closed connection. */
async function send(request: MalformedRequest): Promise<RawResponse | undefined> {
  const { host } = request.sample;
  const kept = tunnels.get(host);
  const tunnel = kept?.usable ? kept : await Tunnel.open(emulator, host);
  tunnels.set(host, tunnel);
  const answer = await tunnel.exchange(bytesOf(request, azure.tokens), request.method, request.wellFramed);
  // With a wrong length, the next answer might belong to this request.
  if (!request.wellFramed || answer === undefined) tunnel.close();
  return answer;
}

function defects(request: MalformedRequest, answer: RawResponse | undefined): string[] {
  const said = findInvalidError(answer, request.sample.errorStyle, request.method);
  const text = answer?.body.toString('utf8') ?? '';
  const [mine, other] = azure.readers;
  const leaks = [
    request.token === 'reader' && text.includes(other!.mark),
    !['reader', 'vault'].includes(request.token) && (text.includes(mine!.mark) || text.includes(other!.mark)),
  ];
  const found = [
    ...(said === undefined ? [] : [said]),
    ...(leaks.includes(true) ? ["another caller's secret"] : []),
    ...log.filter(reportsDefect),
    ...rejections.map(reason => `unhandled rejection: ${reason}`),
  ];
  log.length = 0;
  rejections.length = 0;
  return found.map(each => each.slice(0, 1500));
}

it('has a sample request for every declared route', () => {
  expect(listUnusedRoutes(azure, sampleRequests(azure))).toEqual([]);
});

/** CI uses fixed seeds, so that only a change can fail. */
const seeds = [1, 2, 3, ...(process.env.CI ? [] : [Date.now() & 0x7fffffff])];
/** For a long search. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 1500);

it.each(seeds)(
  'answers malformed requests in the error format of each service; seed %i',
  async seed => {
    const right = azure.ready.subscriptionId;
    expect(right).toBe(emulator.subscriptionId);
    await fc.assert(
      fc.asyncProperty(malformedRequests(sampleRequests(azure)), async request => {
        const answer = await send(request);
        expect(defects(request, answer)).toEqual([]);
      }),
      { seed, numRuns, endOnFailure: true },
    );
    // Only the reader can read the secret.
    const [mine, other] = azure.readers;
    const read = (name: string) => `https://${azure.vaultHost}/secrets/${name}?api-version=7.6`;
    expect((await azure.ask(read(mine!.secretName), { token: mine!.vaultToken })).value).toBe(mine!.mark);
    await azure.ask(read(other!.secretName), { token: mine!.vaultToken, expect: [403] });
  },
  300_000,
);

it('leaves no resources open after it is closed', async () => {
  for (const tunnel of tunnels.values()) tunnel.close();
  await azure.close();
  await emulator.close();
  // Vitest's own timer for this test.
  const allowed = { ...before, Timeout: Math.max(1, before.Timeout ?? 0) };
  const left = () =>
    Object.entries(resources()).filter(([name, count]) => count > ((allowed as typeof before)[name] ?? 0));
  await expect.poll(left, { timeout: 20_000 }).toEqual([]);
}, 30_000);
