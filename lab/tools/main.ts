import { MissingToolError } from './find-program.ts';
import { findTools } from './find-tools.ts';
import { printProgress } from './python-packages.ts';

try {
  const { az, azVersion, kubectl } = await findTools({ progress: printProgress() });
  console.log(`az ${azVersion} (${az}), kubectl (${kubectl})`);
} catch (error) {
  if (!(error instanceof MissingToolError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
