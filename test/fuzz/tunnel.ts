import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export interface RawResponse {
  readonly status: number;
  /** By name in lower case. The last of duplicates. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** It is not read, and the connection is closed. */
  readonly streamed: boolean;
}

export interface ProxyAddress {
  readonly proxyUrl: string;
  /** PEM. */
  readonly caCertificate: string;
}

/** Milliseconds, for slow answers. */
const timeout = 30_000;

/** Sends any bytes through CONNECT and TLS. HTTP libraries reject most of these. */
export class Tunnel {
  readonly socket: TLSSocket;
  #received: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake = () => {};

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('end', end).on('close', end).on('error', end);
  }

  /** Port 443. */
  static async open(proxy: ProxyAddress, host: string): Promise<Tunnel> {
    const socket = dial(proxy);
    await connectTo(socket, `${host}:443`);
    const tls = connectTls({ socket, servername: host, ca: proxy.caCertificate });
    await once(tls, 'secureConnect');
    return new Tunnel(tls);
  }

  get usable(): boolean {
    return !this.#ended && this.socket.writable;
  }

  /**
   * @param method the response to HEAD has no body
   * @param more false closes this side after the bytes
   * @returns `undefined` if the other side closes without a response
   * @throws Error if neither arrives in time
   */
  async exchange(bytes: string | Buffer, method: string, more = true): Promise<RawResponse | undefined> {
    if (more) this.socket.write(bytes);
    else this.socket.end(bytes);
    return this.answer(method);
  }

  async answer(method: string): Promise<RawResponse | undefined> {
    for (;;) {
      const end = await this.#until(() => this.#received.indexOf('\r\n\r\n'));
      if (end === undefined) return undefined;
      const [line = '', ...lines] = this.#take(end + 4)
        .toString('latin1')
        .trimEnd()
        .split('\r\n');
      const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(line)?.[1]);
      if (Number.isNaN(status)) throw new Error(`The response has no status line: "${line}"`);
      if (status < 200) continue;
      const headers = Object.fromEntries(
        lines.map(each => [
          each.slice(0, each.indexOf(':')).toLowerCase(),
          each.slice(each.indexOf(':') + 1).trim(),
        ]),
      );
      if (headers['transfer-encoding'] !== undefined) {
        this.close();
        return { status, headers, body: Buffer.alloc(0), streamed: true };
      }
      const bodyless = method === 'HEAD' || status === 204 || status === 304;
      const body = bodyless ? Buffer.alloc(0) : await this.#body(headers['content-length']);
      if (headers.connection?.toLowerCase() === 'close') this.close();
      return { status, headers, body, streamed: false };
    }
  }

  close(): void {
    this.#ended = true;
    this.socket.destroy();
  }

  async #body(announced: string | undefined): Promise<Buffer> {
    if (announced === undefined) {
      // Without a length, the body ends with the connection.
      await this.#until(() => (this.#ended ? 0 : -1));
      return this.#take(this.#received.length);
    }
    const length = Number(announced);
    const whole = await this.#until(() => (this.#received.length >= length ? length : -1));
    if (whole === undefined) throw new Error('The response is incomplete.');
    return this.#take(length);
  }

  #take(length: number): Buffer {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  /** @returns `undefined` if the connection ends before */
  async #until(found: () => number): Promise<number | undefined> {
    const deadline = Date.now() + timeout;
    for (;;) {
      const at = found();
      if (at >= 0) return at;
      if (this.#ended) return undefined;
      if (Date.now() > deadline) {
        this.close();
        throw new Error('Neither a response nor the end of the connection arrived in time.');
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, timeout);
      await promise;
      clearTimeout(timer);
    }
  }
}

/** Ignores errors: the other side might close. */
export function dial({ proxyUrl }: ProxyAddress): Socket {
  const { hostname, port } = new URL(proxyUrl);
  return connect(Number(port), hostname).on('error', () => {});
}

/** @returns the status line */
export async function connectTo(socket: Socket, target: string): Promise<string> {
  socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk.toString('latin1');
    if (text.includes('\r\n\r\n')) break;
  }
  return text.slice(0, text.indexOf('\r\n'));
}
