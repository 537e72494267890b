import { requireNode } from '../cli/require-node.js';

requireNode();
// Imported after the check, because it is TypeScript.
const { run } = await import('./cli.ts');
process.exitCode = await run(process.argv.slice(2));
