import { MissingTool } from './missing-tool.ts';
import { progressReport } from './progress-report.ts';
import { findTools } from './find-tools.ts';

// `npm run tools`: finds the az and kubectl that labs and their tests run, and installs an az where none is recent enough.
try {
  const { az, azVersion, kubectl } = await findTools({ progress: progressReport() });
  console.log(`az ${azVersion} (${az}), kubectl (${kubectl})`);
} catch (error) {
  if (!(error instanceof MissingTool)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
