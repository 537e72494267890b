import { spawn } from 'node:child_process';

/**
 * Runs az with the step's own output; signals are handed on, because the runner sends them to this process only.
 * @throws Error where az fails
 */
export async function az(...args: string[]): Promise<void> {
  const child = spawn('az', args, { stdio: 'inherit' });
  const hand = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', hand).on('SIGTERM', hand);
  try {
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0) throw new Error(`az ${args[0]} failed with exit code ${code}.`);
  } finally {
    process.off('SIGINT', hand).off('SIGTERM', hand);
  }
}
