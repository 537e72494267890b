import type { Latency } from '../latency.ts';
import { ArmError } from './errors.ts';

type State = 'Registered' | 'NotRegistered' | 'Registering';

/**
 * Which resource providers the subscription uses. All are registered from the start, until somebody says otherwise.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types
 */
export class Registrations {
  readonly #latency: Latency;
  /** From when on a provider is registered, in milliseconds since the epoch; not at all where that is infinite. */
  readonly #from = new Map<string, number>();

  constructor(latency: Latency) {
    this.#latency = latency;
  }

  /** @param namespace `Microsoft.KeyVault`, in any case */
  stateOf(namespace: string): State {
    const from = this.#from.get(namespace.toLowerCase()) ?? 0;
    if (from <= Date.now()) return 'Registered';
    return from === Number.POSITIVE_INFINITY ? 'NotRegistered' : 'Registering';
  }

  /** Registers a provider, which takes its time; one that is registered stays so. */
  register(namespace: string): void {
    if (this.stateOf(namespace) !== 'NotRegistered') return;
    this.#from.set(namespace.toLowerCase(), Date.now() + this.#latency.of('provider registration'));
  }

  /** As in a subscription that has never used the provider. */
  forget(namespace: string): void {
    this.#from.set(namespace.toLowerCase(), Number.POSITIVE_INFINITY);
  }

  /** @throws ArmError 409 where the provider is not registered */
  require(namespace: string): void {
    if (this.stateOf(namespace) === 'Registered') return;
    const code = 'MissingSubscriptionRegistration';
    const message = `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`;
    throw new ArmError(409, code, message, {
      headers: { 'x-ms-failure-cause': 'gateway' },
      further: { details: [{ code, target: namespace, message }] },
    });
  }
}
