import { spawn } from 'node:child_process';

/** Forwards signals, because the runner sends them only to this process. */
export async function az(...args: string[]): Promise<void> {
  const child = spawn('az', args, { stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  try {
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0) throw new Error(`az ${args[0]} failed with exit code ${code}.`);
  } finally {
    process.off('SIGINT', forward).off('SIGTERM', forward);
  }
}
