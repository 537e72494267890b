import { join } from 'node:path';
import { appendText, jobFolder, makeJobFolder, readEnd } from './runner-files.ts';

export interface ToolVersions {
  az?: string | undefined;
  kubectl?: string | undefined;
}

interface CachedVersions extends ToolVersions {
  path: string | undefined;
}

const FILE = 'tool-versions.jsonl';
const MAX_BYTES = 64 * 1024;

/**
 * The versions that earlier steps of this job found on the same PATH: each start of az takes a second.
 * @param folder the runner's temporary folder
 */
export async function readToolVersions(folder: string, path: string | undefined): Promise<ToolVersions> {
  const text = await readEnd(join(jobFolder(folder), FILE), MAX_BYTES).catch(() => '');
  const found = text.split('\n').flatMap(line => parse(line) ?? []);
  return Object.assign(
    {},
    ...found
      .filter(each => each.path === path)
      .map(({ az, kubectl }) => ({ ...(az && { az }), ...(kubectl && { kubectl }) })),
  );
}

/** Keeps versions for later steps. A file that cannot be written only costs them time. */
export async function recordToolVersions(
  versions: ToolVersions,
  folder: string,
  path: string | undefined,
): Promise<void> {
  await makeJobFolder(folder)
    .then(own => appendText(join(own, FILE), `${JSON.stringify({ path, ...versions })}\n`))
    .catch(() => {});
}

function parse(line: string): CachedVersions | undefined {
  try {
    const { path, az, kubectl }: Record<string, unknown> = JSON.parse(line) ?? {};
    const isText = (value: unknown) => value === undefined || typeof value === 'string';
    return [path, az, kubectl].every(isText) ? ({ path, az, kubectl } as CachedVersions) : undefined;
  } catch {
    return undefined;
  }
}
