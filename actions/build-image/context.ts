import { createHash } from 'node:crypto';
import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ActionFailed } from '../shared/failures.ts';
import { basesArePinned } from './base-images.ts';
import { type DockerIgnore, parseDockerIgnore } from './docker-ignore.ts';

const REFERENCE = 'https://docs.docker.com/build/concepts/context/';

/** What a build is made of. */
export interface BuildContext {
  folder: string;
  /** Paths inside the folder, `/` between their parts, in an order that does not depend on the machine. */
  files: readonly string[];
  /** Absolute path. */
  dockerfile: string;
  /** SHA-256 over the Dockerfile and every file's path, mode and content, in hexadecimal digits. */
  digest: string;
  /** Whether the Dockerfile names every base image by its digest. */
  basesArePinned: boolean;
}

/**
 * Looks through a folder for what its .dockerignore lets through.
 * @throws {ActionFailed} when folder or Dockerfile are not there, or there is nothing to build from.
 */
export async function readContext(folder: string, dockerfile: string): Promise<BuildContext> {
  const dockerfileText = await readDockerfile(dockerfile);
  const ignoreText = await readIgnore(folder, dockerfile);
  const files = (await walk(folder, '', parseDockerIgnore(ignoreText))).sort();
  if (files.length === 0) {
    throw new ActionFailed(
      `There is nothing to build from: .dockerignore lets no file of ${folder} through.`,
      'Make what the Dockerfile copies before this step (for this project: npm ci && npm run build), or check the input context.',
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

/** @throws {ActionFailed} when it does not exist or is a link: az would upload the file that the link leads to. */
async function readDockerfile(dockerfile: string): Promise<Buffer> {
  const found = await lstat(dockerfile).catch(() => undefined);
  if (found?.isFile()) return readFile(dockerfile);
  throw new ActionFailed(
    found ? `${dockerfile} is not a plain file.` : `There is no Dockerfile at ${dockerfile}.`,
    'Check the inputs context and dockerfile. Replace a link by the file that it points to.',
    REFERENCE,
  );
}

/** The ignore file of the Dockerfile itself, or else of the context; '' where there is neither. */
async function readIgnore(folder: string, dockerfile: string): Promise<string> {
  const read = (file: string) => readFile(file, 'utf8');
  return read(`${dockerfile}.dockerignore`).catch(() => read(join(folder, '.dockerignore')).catch(() => ''));
}

async function walk(folder: string, below: string, ignore: DockerIgnore): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below ? `${below}/${entry.name}` : entry.name;
    // Not of the image, and for a build's digest nothing but noise. az leaves it out as well.
    if (entry.name === '.git') continue;
    if (entry.isDirectory()) {
      if (!ignore.ignoresAllBelow(path)) found.push(...(await walk(folder, path, ignore)));
    } else if (!ignore.ignores(path)) {
      if (!entry.isFile()) {
        throw new ActionFailed(
          `${path} is not a plain file.`,
          'Replace the link by what it points to, or let .dockerignore leave it out.',
          REFERENCE,
        );
      }
      found.push(path);
    }
  }
  return found;
}

/** Of a file's mode only what an image keeps of it everywhere: whether it can be started. */
async function modeOf(file: string): Promise<'755' | '644'> {
  return (await stat(file)).mode & 0o100 ? '755' : '644';
}

/**
 * Puts the files of a context, and nothing else, into a folder of their own and removes it afterwards. So what is built is
 * what the digest was taken of, and az, which looks at every file of the context, has only these to look at.
 */
export async function withGathered<T>(
  { folder, files }: BuildContext,
  temporaryFolder = tmpdir(),
  work: (gathered: string) => Promise<T>,
): Promise<T> {
  const gathered = await mkdtemp(join(temporaryFolder, 'build-image-'));
  try {
    for (const file of files) {
      await mkdir(dirname(join(gathered, file)), { recursive: true });
      await copyFile(join(folder, file), join(gathered, file));
      await chmod(join(gathered, file), Number.parseInt(await modeOf(join(folder, file)), 8));
    }
    return await work(gathered);
  } finally {
    await rm(gathered, { recursive: true, force: true });
  }
}
