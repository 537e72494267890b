import { ProxyAgent, type RequestInit, type Response, fetch as undiciFetch } from 'undici';

/**
 * How one part of the emulator reaches another: by HTTPS through the emulator's own proxy, under the production
 * host names. So what crosses a network in Azure crosses a socket here, and is checked there.
 */
export class Network {
  /** `http://127.0.0.1:PORT`, for `HTTPS_PROXY`. */
  readonly proxyUrl: string;
  /** The emulator's CA, PEM. */
  readonly caCertificate: string;
  /** The same CA as a file. */
  readonly caFile: string;
  readonly #agent: ProxyAgent;

  constructor(options: { proxyUrl: string; caCertificate: string; caFile: string }) {
    this.proxyUrl = options.proxyUrl;
    this.caCertificate = options.caCertificate;
    this.caFile = options.caFile;
    this.#agent = new ProxyAgent({ uri: options.proxyUrl, requestTls: { ca: options.caCertificate } });
  }

  /**
   * `fetch`, through the proxy.
   * @throws TypeError where the host is not one that the emulator answers for, or the connection breaks
   */
  fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    return undiciFetch(url, { ...init, dispatcher: this.#agent });
  }

  /** Closes what is still open. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
