import { createHash } from 'node:crypto';
import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ActionFailed } from '../shared/failures.ts';
import { quote } from '../shared/quote.ts';
import { basesArePinned } from './base-images.ts';
import { type DockerIgnore, parseDockerIgnore } from './docker-ignore.ts';

const REFERENCE = 'https://docs.docker.com/build/concepts/context/';

export interface BuildContext {
  folder: string;
  /** Paths inside the folder, separated by `/`, in the same order on every machine. */
  files: readonly string[];
  dockerfile: string;
  /** SHA-256 of the Dockerfile and of the path, mode, and content of every file, in hexadecimal digits. */
  digest: string;
  basesArePinned: boolean;
}

/** @throws {ActionFailed} if the Dockerfile does not exist, or .dockerignore includes no file. */
export async function readContext(folder: string, dockerfile: string): Promise<BuildContext> {
  const dockerfileText = await readDockerfile(dockerfile);
  const ignoreText = await readIgnoreFile(folder, dockerfile);
  const files = (await listFiles(folder, '', parseDockerIgnore(ignoreText))).sort();
  if (files.length === 0) {
    throw new ActionFailed(
      `The build context is empty: .dockerignore excludes all files of ${quote(folder)}.`,
      'Check the input context, or create the files for the Dockerfile before this step. For this project:\n  npm ci && npm run build',
      REFERENCE,
    );
  }

  const hash = createHash('sha256');
  const add = (label: string, content: Buffer) => hash.update(`${label} ${content.length}\n`).update(content);
  add('Dockerfile', dockerfileText);
  for (const file of files)
    add(`${file} ${await modeOf(join(folder, file))}`, await readFile(join(folder, file)));
  const pinned = basesArePinned(dockerfileText.toString('utf8'));
  return { folder, files, dockerfile, digest: hash.digest('hex'), basesArePinned: pinned };
}

/** @throws {ActionFailed} if it does not exist or is a link, because az would upload the target of the link. */
async function readDockerfile(dockerfile: string): Promise<Buffer> {
  const found = await lstat(dockerfile).catch(() => undefined);
  if (found?.isFile()) return readFile(dockerfile);
  throw new ActionFailed(
    found
      ? `Dockerfile ${quote(dockerfile)} is not a regular file.`
      : `Dockerfile ${quote(dockerfile)} does not exist.`,
    'Check the inputs context and dockerfile. Replace a link with its target.',
    REFERENCE,
  );
}

/** The ignore file of the Dockerfile has priority over that of the context. '' if neither exists. */
async function readIgnoreFile(folder: string, dockerfile: string): Promise<string> {
  const read = (file: string) => readFile(file, 'utf8');
  return read(`${dockerfile}.dockerignore`).catch(() => read(join(folder, '.dockerignore')).catch(() => ''));
}

async function listFiles(folder: string, below: string, ignore: DockerIgnore): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below ? `${below}/${entry.name}` : entry.name;
    // Does not belong to the image, and would change the digest. az also excludes it.
    if (entry.name === '.git') continue;
    if (entry.isDirectory()) {
      if (!ignore.ignoresAllBelow(path)) found.push(...(await listFiles(folder, path, ignore)));
    } else if (!ignore.ignores(path)) {
      if (!entry.isFile()) {
        throw new ActionFailed(
          `${quote(path)} is not a regular file.`,
          'Replace the link with its target, or exclude it in .dockerignore.',
          REFERENCE,
        );
      }
      found.push(path);
    }
  }
  return found;
}

/** Only the executable bit, which is all that an image keeps on every machine. */
async function modeOf(file: string): Promise<'755' | '644'> {
  return (await stat(file)).mode & 0o100 ? '755' : '644';
}

/** The copy contains exactly the files of the digest. az reads every file of a context. */
export async function withContextCopy<T>(
  { folder, files }: BuildContext,
  temporaryFolder = tmpdir(),
  work: (copy: string) => Promise<T>,
): Promise<T> {
  const copy = await mkdtemp(join(temporaryFolder, 'build-image-'));
  try {
    for (const file of files) {
      await mkdir(dirname(join(copy, file)), { recursive: true });
      await copyFile(join(folder, file), join(copy, file));
      await chmod(join(copy, file), Number.parseInt(await modeOf(join(folder, file)), 8));
    }
    return await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
