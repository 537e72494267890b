import { ProxyAgent, type RequestInit, type Response, fetch as undiciFetch } from 'undici';

/**
 * How parts of the emulator reach each other: by HTTPS through the emulator's own proxy, with production host names.
 * What crosses a network in Azure crosses a socket here, with TLS checks.
 */
export class Network {
  /** `http://127.0.0.1:PORT`, for `HTTPS_PROXY`. */
  readonly proxyUrl: string;
  /** PEM. */
  readonly caCertificate: string;
  /** The same as a file. */
  readonly caFile: string;
  readonly #agent: ProxyAgent;

  constructor(options: { proxyUrl: string; caCertificate: string; caFile: string }) {
    this.proxyUrl = options.proxyUrl;
    this.caCertificate = options.caCertificate;
    this.caFile = options.caFile;
    this.#agent = new ProxyAgent({ uri: options.proxyUrl, requestTls: { ca: options.caCertificate } });
  }

  /**
   * `fetch` through the proxy.
   * @throws TypeError if the host is not emulated or the connection fails
   */
  fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    return undiciFetch(url, { ...init, dispatcher: this.#agent });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
