import { randomInt } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface VolumeFile {
  readonly path: string;
  readonly content: string | Buffer;
  /** Permission bits. */
  readonly mode: number;
}

/**
 * A directory whose files change in one step, in a kubelet's layout: files are in a directory named by time, `..data`
 * links to it, and file names link through `..data`.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/volume/util/atomic_writer.go
 */
export class AtomicDirectory {
  readonly #root: string;
  #current: string | undefined;
  #written = '';

  /** @param root created by the first write */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Replaces all files.
   * @param files with relative paths below the root
   * @returns true if something has changed
   */
  async write(files: readonly VolumeFile[]): Promise<boolean> {
    const payload = JSON.stringify(
      files.map(({ path, content, mode }) => [path, Buffer.from(content).toString('base64'), mode]),
    );
    if (this.#current !== undefined && payload === this.#written) return false;
    const directory = `..${momentName()}`;
    await mkdir(join(this.#root, directory), { recursive: true, mode: 0o700 });
    for (const { path, content, mode } of files) {
      const file = join(this.#root, directory, path);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, content, { mode: 0o600 });
      await chmod(file, mode);
    }
    await symlink(directory, join(this.#root, '..data_tmp'));
    await rename(join(this.#root, '..data_tmp'), join(this.#root, '..data'));
    await this.#link(new Set(files.map(({ path }) => path.split('/')[0] ?? '')));
    if (this.#current !== undefined)
      await rm(join(this.#root, this.#current), { recursive: true, force: true });
    this.#current = directory;
    this.#written = payload;
    return true;
  }

  async #link(names: ReadonlySet<string>): Promise<void> {
    const existing = (await readdir(this.#root)).filter(name => !name.startsWith('..'));
    for (const name of names) {
      if (!existing.includes(name)) await symlink(join('..data', name), join(this.#root, name));
    }
    // Removed last, as a kubelet does: a reader never finds fewer files than the new ones.
    for (const name of existing) if (!names.has(name)) await rm(join(this.#root, name), { force: true });
  }
}

/** `2026_11_23_16_20_00.123456789`. */
function momentName(): string {
  const [date = '', time = ''] = new Date().toISOString().slice(0, 19).split('T');
  const fraction = String(randomInt(1_000_000_000)).padStart(9, '0');
  return `${date.replaceAll('-', '_')}_${time.replaceAll(':', '_')}.${fraction}`;
}
