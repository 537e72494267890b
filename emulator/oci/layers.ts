import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Header, Pax } from 'tar';

/** A file, directory, or symbolic link. */
export interface FileSystemEntry {
  readonly type: 'File' | 'Directory' | 'SymbolicLink';
  /** Permission bits. */
  readonly mode: number;
  readonly content: Buffer;
  /** Target of a symbolic link. */
  readonly target?: string;
}

/** An entry of a layer, with its owner. */
export interface LayerEntry extends FileSystemEntry {
  readonly uid: number;
  readonly gid: number;
}

/** A layer: what it adds, by path without a leading slash. */
export type Layer = ReadonlyMap<string, LayerEntry>;

/**
 * A layer as a tar file, entries in the order of their paths, so that a directory comes before what it holds. All
 * times are zero: the same content gives the same bytes.
 * @see https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
export function packLayer(layer: Layer): Buffer {
  const paths = [...layer.keys()].sort();
  const blocks = paths.flatMap(path => entryBlocks(path, layer.get(path)!));
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** @param tar the layer as a tar file */
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
  // Names that the classic header has no room for go into an extended one before it.
  const extended = needsPax ? [new Pax({ path: fields.path, linkpath: target }).encode()] : [];
  const padding = Buffer.alloc((512 - (fields.size % 512)) % 512);
  return [...extended, header.block!, ...(type === 'File' ? [content, padding] : [])];
}
