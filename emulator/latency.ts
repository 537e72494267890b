/**
 * How long Azure takes, in seconds: [shortest, median, longest], from captured runs (docs/fidelity.md names the
 * sources). An operation that is missing here answers at once, as it does in Azure.
 */
const realistic = {
  'group delete': [16, 40, 82],
  'cluster create': [210, 265, 510],
  'cluster update': [20, 60, 120],
  'cluster delete': [70, 270, 480],
  'cluster start': [90, 180, 300],
  'cluster stop': [60, 180, 420],
  'vault create': [10, 30, 160],
  'vault purge': [15, 60, 620],
  'registry create': [8, 20, 28],
  'provider registration': [10, 40, 180],
  'build queue': [2, 5, 15],
  'build run': [25, 35, 60],
  'image pull': [2, 4, 8],
  'federated credential write': [1, 3, 8],
  'federated credential propagation': [5, 20, 120],
  'role assignment propagation': [10, 45, 180],
  'secret delete': [2, 3, 5],
} as const satisfies Record<string, readonly [number, number, number]>;

/** An operation, or a propagation, that takes time. */
export type Operation = keyof typeof realistic;

/** `realistic` takes as long as Azure does; `fast` a two-hundredth of that. */
export type LatencyProfile = 'realistic' | 'fast';

/** The profiles a user can ask for, with the factor that each puts on the captured figures. */
export const latencyProfiles: Readonly<Record<LatencyProfile, number>> = { realistic: 1, fast: 0.005 };

/** Draws how long operations take. Nothing here sleeps: an operation is over when its time has come. */
export class Latency {
  readonly #factor: number;
  readonly #random: () => number;

  /**
   * @param profile one of {@link latencyProfiles}
   * @param random draws from [0, 1); tests pass a constant
   */
  constructor(profile: LatencyProfile = 'fast', random: () => number = Math.random) {
    this.#factor = latencyProfiles[profile];
    this.#random = random;
  }

  /** How long this run of an operation takes, in milliseconds: half of all runs stay under the captured median. */
  of(operation: Operation): number {
    const [shortest, median, longest] = realistic[operation];
    const draw = this.#random();
    const seconds =
      draw < 0.5
        ? shortest + (median - shortest) * draw * 2
        : median + (longest - median) * ((draw - 0.5) * 2) ** 2;
    return seconds * 1000 * this.#factor;
  }

  /**
   * A time that something in Azure or Kubernetes keeps, on this profile.
   * @param seconds as it is there: a kubelet's first back-off is 10
   * @returns milliseconds
   */
  scale(seconds: number): number {
    return seconds * 1000 * this.#factor;
  }

  /**
   * What `Retry-After` says, in seconds; never 0, for which az would sleep 30 s. A fraction may stand on the answers to
   * polls only: on the answer that starts an operation az reads a whole number (arm/operations.ts rounds it up).
   */
  get retryAfter(): number {
    return Math.max(0.1, 10 * this.#factor);
  }
}
