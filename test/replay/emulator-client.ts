import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startEmulator } from '../../emulator/emulator.ts';
import { azureCliClientId } from '../../emulator/entra/tokens.ts';
import { Latency, type Operation } from '../../emulator/latency.ts';
import { Network } from '../../emulator/network.ts';

export interface ClientReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests check answers of every type
  readonly json: any;
}

export interface ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Without a token. */
  readonly anonymous?: boolean;
}

/** Operations with recorded intermediate states take so long that a busy machine can observe these. */
class ObservableLatency extends Latency {
  static readonly #seen: Partial<Record<Operation, number>> = {
    'cluster create': 2400,
    'cluster update': 600,
    'group delete': 600,
    'vault purge': 600,
    'build queue': 600,
  };

  override of(operation: Operation): number {
    return ObservableLatency.#seen[operation] ?? 100;
  }
}

/** Like az, as the owner of the subscription. */
export class EmulatorClient {
  readonly emulator: Emulator;
  readonly network: Network;
  readonly userId: string;
  readonly #directory: string;
  readonly #tokens = new Map<string, Promise<string>>();
  readonly #refreshToken: string;

  private constructor(emulator: Emulator, directory: string, refreshToken: string, userId: string) {
    this.emulator = emulator;
    this.network = new Network(emulator);
    this.#directory = directory;
    this.#refreshToken = refreshToken;
    this.userId = userId;
  }

  /** Signs in with a device code. */
  static async start(): Promise<EmulatorClient> {
    const directory = await mkdtemp(join(tmpdir(), 'evidence-'));
    const emulator = await startEmulator({
      stateDir: directory,
      latency: new ObservableLatency('fast'),
      // Answers hide why the emulator failed.
      log: line => {
        if (/failed/.test(line)) console.error(line);
      },
    });
    const network = new Network(emulator);
    try {
      const form = (path: string, fields: Record<string, string>) =>
        network.fetch(`https://login.microsoftonline.com/organizations/oauth2/v2.0/${path}`, {
          method: 'POST',
          body: new URLSearchParams({ client_id: azureCliClientId, ...fields }),
        });
      const started = await form('devicecode', { scope: scopeOf('https://graph.microsoft.com') });
      const { user_code, device_code } = (await started.json()) as Record<string, string>;
      await fetch(`${emulator.control.url}/device-codes/${user_code}/approve`, {
        method: 'POST',
        headers: { authorization: `Bearer ${emulator.control.key}` },
      });
      const granted = await form('token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: device_code!,
      });
      const tokens = (await granted.json()) as Record<string, string>;
      const me = await network.fetch('https://graph.microsoft.com/v1.0/me', {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      });
      const { id } = (await me.json()) as { id: string };
      return new EmulatorClient(emulator, directory, tokens.refresh_token!, id);
    } finally {
      await network.close();
    }
  }

  /** With a token for its host. */
  async send({ method, url, headers = {}, body, anonymous }: ClientRequest): Promise<ClientReply> {
    const resource = resourceOf(new URL(url).hostname);
    const token = anonymous || !resource ? undefined : await this.token(resource);
    const reply = await this.network.fetch(url, {
      method,
      redirect: 'manual',
      headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body }),
    });
    const text = await reply.text();
    return { status: reply.status, headers: reply.headers as Headers, text, json: parsed(text) };
  }

  /** Prepares the state. @throws Error if it fails */
  async prepare(method: string, url: string, body?: unknown): Promise<ClientReply> {
    const answer = await this.send({
      method,
      url,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    });
    if (answer.status >= 400) throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** @throws Error after 30 seconds */
  async pollUntil(
    ask: () => Promise<ClientReply>,
    wanted: (answer: ClientReply) => boolean,
  ): Promise<ClientReply> {
    const end = Date.now() + 30_000;
    for (;;) {
      const answer = await ask();
      if (wanted(answer)) return answer;
      if (Date.now() > end)
        throw new Error(`The expected answer did not arrive. Last: ${answer.status} ${answer.text}`);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  token(resource: string): Promise<string> {
    const known = this.#tokens.get(resource);
    if (known) return known;
    const request = this.network
      .fetch('https://login.microsoftonline.com/organizations/oauth2/v2.0/token', {
        method: 'POST',
        body: new URLSearchParams({
          client_id: azureCliClientId,
          grant_type: 'refresh_token',
          refresh_token: this.#refreshToken,
          scope: scopeOf(resource),
        }),
      })
      .then(reply => reply.json())
      .then(body => (body as { access_token: string }).access_token);
    this.#tokens.set(resource, request);
    return request;
  }

  async close(): Promise<void> {
    await this.network.close();
    await this.emulator.close();
    await rm(this.#directory, { recursive: true });
  }
}

function scopeOf(resource: string): string {
  return `${resource}/.default offline_access`;
}

/** `undefined` for hosts without Entra tokens. */
function resourceOf(host: string): string | undefined {
  if (host === 'management.azure.com') return 'https://management.core.windows.net/';
  if (host === 'graph.microsoft.com') return 'https://graph.microsoft.com';
  return host.endsWith('.vault.azure.net') ? 'https://vault.azure.net' : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Short enough for every resource type. */
export function newName(prefix: string): string {
  return `${prefix}${randomUUID().replaceAll('-', '').slice(0, 12)}`;
}
