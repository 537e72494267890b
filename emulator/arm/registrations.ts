import type { Latency } from '../latency.ts';
import { ArmError } from './errors.ts';

const NEVER = Number.POSITIVE_INFINITY;
const LATEST = Number.MAX_SAFE_INTEGER;

type State = 'Registered' | 'NotRegistered' | 'Registering';

/**
 * Initially all are registered.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types
 */
export class Registrations {
  readonly #latency: Latency;
  /** End of the registration, in milliseconds since the epoch. Infinite: not registered. */
  readonly #from = new Map<string, number>();
  readonly #endless = new Set<string>();

  constructor(latency: Latency) {
    this.#latency = latency;
  }

  stateOf(namespace: string): State {
    const from = this.#from.get(namespace.toLowerCase()) ?? 0;
    if (from <= Date.now()) return 'Registered';
    return from === NEVER ? 'NotRegistered' : 'Registering';
  }

  register(namespace: string): void {
    if (this.stateOf(namespace) !== 'NotRegistered') return;
    const key = namespace.toLowerCase();
    const wait = this.#latency.of('provider registration');
    this.#from.set(key, this.#endless.has(key) ? LATEST : Date.now() + wait);
  }

  /**
   * As in a new subscription.
   * @param endless the next registration never ends: https://github.com/Azure/azure-cli/issues/16998
   */
  forget(namespace: string, endless = false): void {
    const key = namespace.toLowerCase();
    this.#from.set(key, NEVER);
    if (endless) this.#endless.add(key);
    else this.#endless.delete(key);
  }

  /** @throws ArmError 409 */
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
