import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseNotes } from './release-notes.ts';

// npm run release-notes -- TAG   prints what CHANGELOG.md says of the version; fails where tag and files do not agree.

const [tag = ''] = process.argv.slice(2);
const file = (name: string): string => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
try {
  console.log(releaseNotes(tag, JSON.parse(file('package.json')).version, file('CHANGELOG.md')));
} catch (error) {
  console.error(`::error::${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
