/**
 * Seconds: [shortest, median, longest], as captured (docs/fidelity.md has the sources). Other operations take no time,
 * as in Azure.
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

export type Operation = keyof typeof realistic;

export type LatencyProfile = 'realistic' | 'fast';

/** Factor on the captured durations. */
export const latencyProfiles: Readonly<Record<LatencyProfile, number>> = { realistic: 1, fast: 0.005 };

/** The longest duration that a profile draws, in milliseconds. */
export function longestDuration(operation: Operation, profile: LatencyProfile): number {
  return realistic[operation][2] * 1000 * latencyProfiles[profile];
}

export class Latency {
  readonly #factor: number;
  readonly #random: () => number;

  /** @param random draws from [0, 1) */
  constructor(profile: LatencyProfile = 'fast', random: () => number = Math.random) {
    this.#factor = latencyProfiles[profile];
    this.#random = random;
  }

  /** Milliseconds. Half of all runs are shorter than the captured median. */
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
   * For other times of Azure or Kubernetes.
   * @param seconds in reality
   * @returns milliseconds
   */
  scale(seconds: number): number {
    return seconds * 1000 * this.#factor;
  }

  /** Seconds. Never 0, for which az would sleep 30 s. az accepts a fraction only in responses to polls. */
  get retryAfter(): number {
    return Math.max(0.1, 10 * this.#factor);
  }
}
