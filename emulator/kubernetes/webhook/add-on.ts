import { type ApiClient, untilDone } from '../client.ts';
import { mutatingWebhookConfiguration, webhookConfigurationName } from './webhook.ts';

const collection = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

/** AKS' workload identity add-on: registers the webhook while enabled. */
export class WorkloadIdentityAddOn {
  readonly #api: ApiClient;
  readonly #caBundle: string;
  readonly #log: (line: string) => void;
  readonly #stopping = new AbortController();
  #reconciling = Promise.resolve();

  /**
   * @param api can write webhook configurations
   * @param caBundle PEM: CA of the webhook's certificate
   */
  constructor(api: ApiClient, caBundle: string, log: (line: string) => void) {
    this.#api = api;
    this.#caBundle = caBundle;
    this.#log = log;
  }

  /** Registers or removes the webhook, after earlier calls. Retries until it works. */
  set(enabled: boolean): void {
    const reconcile = () =>
      enabled
        ? this.#api.ensure(collection, mutatingWebhookConfiguration(this.#caBundle))
        : this.#api.delete(`${collection}/${webhookConfigurationName}`);
    this.#reconciling = this.#reconciling.then(() => untilDone(reconcile, this.#stopping.signal, this.#log));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reconciling;
  }
}
