import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Header, Pax } from 'tar';

export interface FileSystemEntry {
  readonly type: 'File' | 'Directory' | 'SymbolicLink';
  readonly mode: number;
  readonly content: Buffer;
  /** Of a symbolic link. */
  readonly target?: string;
}

export interface LayerEntry extends FileSystemEntry {
  readonly uid: number;
  readonly gid: number;
}

/** By path without a leading slash. */
export type Layer = ReadonlyMap<string, LayerEntry>;

/**
 * The same content has the same digest: times are zero, and sorted paths put a directory before its entries.
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
export function packLayer(layer: Layer): Buffer {
  const paths = [...layer.keys()].sort();
  const blocks = paths.flatMap(path => entryBlocks(path, layer.get(path)!));
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function compress(tar: Buffer): Promise<Buffer> {
  return promisify(gzip)(tar);
}

function entryBlocks(path: string, entry: LayerEntry): Buffer[] {
  const { type, mode, uid, gid, content, target } = entry;
  const fields = {
    path: type === 'Directory' ? `${path}/` : path,
    linkpath: target,
    type,
    mode,
    uid,
    gid,
    size: type === 'File' ? content.length : 0,
    mtime: new Date(0),
  };
  const header = new Header(fields);
  const needsPax = header.encode();
  // For names that are too long for the classic header.
  const extended = needsPax ? [new Pax({ path: fields.path, linkpath: target }).encode()] : [];
  const padding = Buffer.alloc((512 - (fields.size % 512)) % 512);
  return [...extended, header.block!, ...(type === 'File' ? [content, padding] : [])];
}
