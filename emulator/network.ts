import { ProxyAgent, type RequestInit, type Response, fetch as undiciFetch } from 'undici';

/** HTTPS through the emulator's own proxy, with production host names and TLS checks, as in Azure. */
export class Network {
  /** For `HTTPS_PROXY`. */
  readonly proxyUrl: string;
  /** PEM. */
  readonly caCertificate: string;
  readonly caFile: string;
  readonly #agent: ProxyAgent;

  constructor(options: { proxyUrl: string; caCertificate: string; caFile: string }) {
    this.proxyUrl = options.proxyUrl;
    this.caCertificate = options.caCertificate;
    this.caFile = options.caFile;
    this.#agent = new ProxyAgent({ uri: options.proxyUrl, requestTls: { ca: options.caCertificate } });
  }

  /** @throws TypeError if the host is not emulated or the connection fails */
  fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    return undiciFetch(url, { ...init, dispatcher: this.#agent });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
