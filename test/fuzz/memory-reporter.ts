// Loaded into an emulator's process before it starts (node --expose-gc --import): says over the channel to whoever
// spawned it how much memory is left after a collection, and how much processor time was used.

/** What the process says of itself. */
export interface ProcessUsage {
  /** Bytes, after a collection. */
  readonly heapUsed: number;
  /** Bytes. */
  readonly rss: number;
  /** Milliseconds of processor time, of all threads, since the start. */
  readonly cpu: number;
}

process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const sample: ProcessUsage = { heapUsed, rss, cpu: (user + system) / 1000 };
  process.send?.(sample);
});
// Being asked must not keep the emulator alive.
process.channel?.unref();
