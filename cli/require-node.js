// JavaScript, because older versions of Node cannot read TypeScript.
const OLDEST_MAJOR_VERSION = 24;

/** Exit code 2. */
export function requireNode() {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_MAJOR_VERSION) return;
  console.error(
    `This command needs Node ${OLDEST_MAJOR_VERSION} or later. It runs on "${process.version}".\nOn Linux, run "npm ci": it installs a suitable Node for "npm run". On other systems, install Node: https://nodejs.org`,
  );
  process.exit(2);
}
