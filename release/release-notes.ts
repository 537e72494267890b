/**
 * The changelog's section of a version, without its heading.
 * @param tag such as v1.2.3.
 * @param version of package.json.
 * @param changelog in the format of https://keepachangelog.com/en/1.1.0/
 * @throws Error where the tag is no version's, package.json has another, or the changelog has no section of it or an
 *   empty one.
 */
export function releaseNotes(tag: string, version: string, changelog: string): string {
  if (!/^v\d+\.\d+\.\d+$/.test(tag)) throw new Error(`${JSON.stringify(tag)} is not a tag such as v1.2.3.`);
  if (tag !== `v${version}`) throw new Error(`The tag is ${tag}, but package.json has version ${version}.`);
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find(text => text.startsWith(`[${version}]`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section [${version}].`);
  const [, ...lines] = section.split('\n');
  const notes = lines.join('\n').trim();
  if (notes === '') throw new Error(`The section [${version}] of CHANGELOG.md is empty.`);
  return notes;
}
