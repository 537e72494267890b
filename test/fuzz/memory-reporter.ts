// Loaded into an emulator by `node --expose-gc --import`.

export interface MemoryUsage {
  /** Bytes after a garbage collection. */
  readonly heapUsed: number;
  /** Bytes. */
  readonly rss: number;
}

process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const usage: MemoryUsage = { heapUsed, rss };
  process.send?.(usage);
});
// The channel must not keep the emulator alive.
process.channel?.unref();
