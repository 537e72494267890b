import { type ApiClient, untilDone } from '../client.ts';
import { mutatingWebhookConfiguration, webhookConfigurationName } from './webhook.ts';

const collection = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

/** AKS' workload identity add-on: has the webhook registered in the cluster while the add-on is on. */
export class WorkloadIdentityAddOn {
  readonly #api: ApiClient;
  readonly #caBundle: string;
  readonly #log: (line: string) => void;
  readonly #stopping = new AbortController();
  #reconciling = Promise.resolve();

  /**
   * @param api may write webhook configurations
   * @param caBundle PEM, the authority of the webhook's certificate
   */
  constructor(api: ApiClient, caBundle: string, log: (line: string) => void) {
    this.#api = api;
    this.#caBundle = caBundle;
    this.#log = log;
  }

  /** Brings the registration to the state asked for, after what was asked before; tries until it works. */
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
