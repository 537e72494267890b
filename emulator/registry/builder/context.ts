import { posix } from 'node:path';
import { Parser, type ReadEntry } from 'tar';
import type { FileSystemEntry } from '../../oci/layers.ts';

/** By path, without a leading slash. */
export type Context = ReadonlyMap<string, FileSystemEntry>;

/** The unpacked context is in memory. */
const maximumBytes = 1024 ** 3;

/**
 * @param archive a tar file, gzipped or not
 * @throws Error if it is invalid, too large, or has an entry or a link outside the root
 */
export async function readContext(archive: Buffer): Promise<Context> {
  const context = new Map<string, FileSystemEntry>();
  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    const parser = new Parser({
      strict: true,
      onReadEntry: (entry: ReadEntry) => {
        const chunks: Buffer[] = [];
        entry.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maximumBytes) parser.abort(new Error('the build context is larger than 1 GiB'));
          else chunks.push(chunk);
        });
        entry.on('end', () => {
          try {
            add(context, entry, Buffer.concat(chunks));
          } catch (error) {
            parser.abort(error instanceof Error ? error : new Error(String(error)));
          }
        });
      },
    });
    parser.on('end', resolve);
    parser.on('error', reject);
    parser.on('abort', reject);
    parser.end(archive);
  });
  return context;
}

function add(context: Map<string, FileSystemEntry>, entry: ReadEntry, content: Buffer): void {
  const path = inside(entry.path);
  const mode = (entry.mode ?? 0o644) & 0o7777;
  switch (entry.type) {
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
      context.set(path, { type: 'File', mode, content });
      break;
    case 'Directory':
      if (path !== '') context.set(path, { type: 'Directory', mode, content });
      break;
    case 'SymbolicLink': {
      const target = entry.linkpath ?? '';
      if (posix.isAbsolute(target)) throw outside(`${entry.path} -> ${target}`);
      inside(posix.join(posix.dirname(path), target));
      context.set(path, { type: 'SymbolicLink', mode, content, target });
      break;
    }
    default:
      throw new Error(
        `the build context holds ${entry.path}, a ${entry.type}, which cannot be part of an image`,
      );
  }
}

/** @returns normalized, without a trailing slash; empty for the root */
function inside(path: string): string {
  const normalized = posix.normalize(path).replace(/\/$/, '');
  if (posix.isAbsolute(normalized) || normalized === '..' || normalized.startsWith('../'))
    throw outside(path);
  return normalized === '.' ? '' : normalized;
}

function outside(path: string): Error {
  return new Error(`forbidden path outside the build context: ${path}`);
}
