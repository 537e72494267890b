import { AzureFixture, type Reader } from './azure-fixture.ts';
import type { EmulatorProcess } from './emulator-process.ts';
import type { MemoryUsage } from './memory-reporter.ts';
import { Tunnel } from './tunnel.ts';

export interface SoakOptions {
  readonly requests: number;
  /** Of the memory. */
  readonly samples: number;
  /** Default: 16. */
  readonly parallel?: number;
}

export interface SoakSample extends MemoryUsage {
  /** Answered so far. */
  readonly requests: number;
}

export interface SoakResult {
  readonly samples: readonly SoakSample[];
  readonly sent: Readonly<Record<Kind, number>>;
}

type Kind = 'secret' | 'arm' | 'kubernetes' | 'exchange' | 'watch';

/** Token exchanges and watches are few, because they cost signatures and connections. */
const plan: readonly Kind[] = [
  ...Array<Kind>(60).fill('secret'),
  ...Array<Kind>(24).fill('arm'),
  ...Array<Kind>(14).fill('kubernetes'),
  'exchange',
  'watch',
];

/**
 * The requests of a lab.
 * @throws Error for an unexpected response
 */
export async function soak(emulator: EmulatorProcess, options: SoakOptions): Promise<SoakResult> {
  const { requests, parallel = 16 } = options;
  const azure = await new AzureFixture(emulator.ready).createResources();
  const load = new LoadGenerator(azure);
  const samples: SoakSample[] = [];
  const stretch = Math.ceil(requests / options.samples);
  for (let done = 0; done < requests; done += stretch) {
    await load.send(Math.min(stretch, requests - done), parallel);
    samples.push({ requests: Math.min(done + stretch, requests), ...(await emulator.usage()) });
  }
  load.close();
  await azure.close();
  return { samples, sent: load.sent };
}

/** Bytes of heap after the first quarter, when caches are full. Compares medians of three samples. */
export function growth(samples: readonly SoakSample[]): number {
  const settled = samples.slice(Math.floor(samples.length / 4));
  const median = (few: readonly SoakSample[]) =>
    few.map(({ heapUsed }) => heapUsed).sort((a, b) => a - b)[1]!;
  return median(settled.slice(-3)) - median(settled.slice(0, 3));
}

class LoadGenerator {
  readonly sent: Record<Kind, number> = { secret: 0, arm: 0, kubernetes: 0, exchange: 0, watch: 0 };
  readonly #azure: AzureFixture;
  readonly #idle = new Map<string, Tunnel[]>();
  #assertion?: { readonly token: Promise<string>; readonly until: number };

  constructor(azure: AzureFixture) {
    this.#azure = azure;
  }

  async send(requests: number, parallel: number): Promise<void> {
    let left = requests;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        await this.#one(left);
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
  }

  close(): void {
    for (const tunnels of this.#idle.values()) for (const tunnel of tunnels) tunnel.close();
  }

  async #one(number: number): Promise<void> {
    // Coprime to 100, which mixes the kinds.
    const kind = plan[(number * 37) % plan.length]!;
    this.sent[kind] += 1;
    const { tokens, readers, vaultHost, clusterHost, subscription } = this.#azure;
    const reader = readers[number % readers.length]!;
    switch (kind) {
      case 'secret': {
        const path = `/secrets/${reader.secretName}?api-version=7.6`;
        return this.#get(vaultHost, path, reader.vaultToken, reader.mark);
      }
      case 'arm': {
        const path = `${subscription}/resourceGroups/lab?api-version=2024-11-01`;
        return this.#get('management.azure.com', path, tokens.arm, '"Succeeded"');
      }
      case 'kubernetes':
        return this.#get(clusterHost, '/api/v1/namespaces/default', tokens.cluster, '"Active"');
      case 'watch':
        return this.#get(clusterHost, '/api/v1/pods?watch=true', tokens.cluster, '');
      case 'exchange':
        return this.#exchange(readers[0]!);
    }
  }

  #get(host: string, path: string, token: string, expected: string): Promise<void> {
    const head = `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n\r\n`;
    return this.#request(host, head, 'GET', expected);
  }

  async #exchange({ clientId, subject }: Reader): Promise<void> {
    // GitHub's tokens live for five minutes.
    if (this.#assertion === undefined || this.#assertion.until < Date.now()) {
      this.#assertion = { token: this.#azure.githubToken(subject), until: Date.now() + 60_000 };
    }
    const form = this.#azure.exchangeForm(clientId, await this.#assertion.token, 'https://vault.azure.net');
    const host = 'login.microsoftonline.com';
    const path = new URL(this.#azure.tokenUrl).pathname;
    const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${form.length}\r\n\r\n`;
    return this.#request(host, head + form, 'POST', '"access_token"');
  }

  async #request(host: string, request: string, method: string, expected: string): Promise<void> {
    const idle = this.#idle.get(host) ?? [];
    this.#idle.set(host, idle);
    const kept = idle.pop();
    const tunnel = kept?.usable ? kept : await Tunnel.open(this.#azure.ready, host);
    const answer = await tunnel.exchange(request, method);
    if (answer?.status !== 200 || !answer.body.includes(expected)) {
      throw new Error(`${host} answered ${answer?.status}: ${answer?.body}`);
    }
    if (tunnel.usable) idle.push(tunnel);
  }
}
