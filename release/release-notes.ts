import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// Usage: npm run release-notes -- TAG

/**
 * @param version of package.json
 * @param changelog in the format of https://keepachangelog.com/en/1.1.0/
 * @throws if the tag is not like v1.2.3, package.json has another version, or the changelog has no
 * text for it
 */
export function releaseNotes(tag: string, version: string, changelog: string): string {
  if (!/^v\d+\.\d+\.\d+$/.test(tag))
    throw new Error(`Tag ${JSON.stringify(tag)} is not a version such as v1.2.3.`);
  if (tag !== `v${version}`)
    throw new Error(`Tag "${tag}" does not match version "${version}" in package.json.`);
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find(text => text.startsWith(`[${version}]`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section "[${version}]".`);
  const [, ...lines] = section.split('\n');
  const notes = lines.join('\n').trim();
  if (notes === '') throw new Error(`Section "[${version}]" of CHANGELOG.md is empty.`);
  return notes;
}

function main(tag: string): void {
  const read = (name: string): string => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
  try {
    console.log(releaseNotes(tag, JSON.parse(read('package.json')).version, read('CHANGELOG.md')));
  } catch (error) {
    console.error(`::error::${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

if (import.meta.main) main(process.argv[2] ?? '');
