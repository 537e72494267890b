import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { compress, type FileSystemEntry, type Layer, type LayerEntry, packLayer } from '../../oci/layers.ts';
import { type ContainerConfig, digestOf, labels } from '../../oci/manifests.ts';
import { type Base, findBase } from './bases.ts';
import type { Context } from './context.ts';
import { execForm, type Instruction, pairs, parseDockerfile, type Variables, words } from './dockerfile.ts';

export interface BuildRequest {
  readonly context: Context;
  /** In the context. */
  readonly dockerfile: string;
  readonly args: ReadonlyMap<string, string>;
  readonly platform: { readonly os: string; readonly architecture: string };
  /** Receives each line. */
  readonly log: (line: string) => void;
}

/** Layers are gzipped tar files, lowest first. */
export interface BuiltImage {
  readonly base: Base;
  readonly config: Buffer;
  readonly layers: readonly Buffer[];
}

/**
 * Like docker's classic builder, but `RUN` fails.
 * @throws Error with docker's message
 * @see https://docs.docker.com/reference/dockerfile/
 */
export async function buildImage(request: BuildRequest): Promise<BuiltImage> {
  const dockerfile = request.context.get(request.dockerfile);
  if (dockerfile?.type !== 'File') {
    throw new Error(
      `unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat ${request.dockerfile}: no such file or directory`,
    );
  }
  const instructions = parseDockerfile(dockerfile.content.toString('utf8'));
  const build = new Build(request);
  instructions.forEach((instruction, index) => {
    request.log(`Step ${index + 1}/${instructions.length} : ${instruction.text}`);
    build.step(instruction);
    request.log(` ---> ${build.id}`);
  });
  const image = await build.finish();
  request.log(`Successfully built ${digestOf(image.config).slice('sha256:'.length, 'sha256:'.length + 12)}`);
  return image;
}

interface HistoryEntry {
  readonly created: string;
  readonly created_by: string;
  readonly empty_layer?: true;
}

class Build {
  readonly #request: BuildRequest;
  /** Before FROM, which alone can use them. */
  readonly #globalArgs = new Map<string, string>();
  readonly #args = new Map<string, string>();
  readonly #env = new Map<string, string>();
  readonly #layers: Layer[] = [];
  /** Created by layers. */
  readonly #directories = new Set<string>();
  readonly #history: HistoryEntry[] = [];
  #base?: Base;
  #config: ContainerConfig = {};
  #platform: BuildRequest['platform'];
  #cmdIsOwn = false;

  constructor(request: BuildRequest) {
    this.#request = request;
    this.#platform = request.platform;
  }

  /** For the log. */
  get id(): string {
    return createHash('sha256')
      .update(JSON.stringify([this.#config, this.#history]))
      .digest('hex')
      .slice(0, 12);
  }

  step(instruction: Instruction): void {
    const { keyword } = instruction;
    if (keyword === 'RUN') {
      throw new Error(
        'The emulator does not support RUN, because it runs no commands in a build. COPY the files from the build context instead.',
      );
    }
    if (keyword === 'FROM') {
      this.#from(instruction);
      return;
    }
    if (!this.#base) {
      if (keyword !== 'ARG') throw new Error('no build stage in current context');
      this.#arg(instruction, this.#globalArgs);
      return;
    }
    const apply = this.#steps[keyword];
    if (!apply)
      throw new Error(
        isKnown(keyword) ? `The emulator does not support ${keyword}.` : `unknown instruction: ${keyword}`,
      );
    const layer = apply(instruction);
    if (layer) this.#layers.push(layer);
    this.#history.push({
      created: new Date().toISOString(),
      created_by: `/bin/sh -c #(nop) ${instruction.text}`,
      ...(!layer && { empty_layer: true as const }),
    });
  }

  async finish(): Promise<BuiltImage> {
    if (!this.#base) throw new Error('no build stage in current context');
    const tars = this.#layers.map(packLayer);
    const config = {
      architecture: this.#platform.architecture,
      os: this.#platform.os,
      config: this.#config,
      created: new Date().toISOString(),
      history: this.#history,
      rootfs: { type: 'layers', diff_ids: tars.map(digestOf) },
    };
    return {
      base: this.#base,
      config: Buffer.from(JSON.stringify(config)),
      layers: await Promise.all(tars.map(compress)),
    };
  }

  readonly #steps: Readonly<Record<string, (instruction: Instruction) => Layer | undefined>> = {
    ARG: instruction => {
      this.#arg(instruction, this.#args);
      return undefined;
    },
    ENV: instruction => {
      for (const [name, value] of pairs(instruction, this.#variables)) this.#env.set(name, value);
      this.#config.Env = [...this.#env].map(([name, value]) => `${name}=${value}`);
      return undefined;
    },
    LABEL: instruction => {
      this.#config.Labels = {
        ...this.#config.Labels,
        ...Object.fromEntries(pairs(instruction, this.#variables)),
      };
      return undefined;
    },
    WORKDIR: ({ rest }) => {
      this.#config.WorkingDir = posix.resolve(this.#workdir, words(rest, this.#variables).join(' '));
      const layer = new Map<string, LayerEntry>();
      this.#makeDirectories(layer, this.#config.WorkingDir.slice(1));
      return layer.size > 0 ? layer : undefined;
    },
    COPY: instruction => this.#copy(instruction),
    ADD: instruction => this.#copy(instruction),
    USER: ({ rest }) => {
      this.#config.User = words(rest, this.#variables).join(' ');
      return undefined;
    },
    EXPOSE: ({ rest }) => {
      const ports = words(rest, this.#variables).map(port => [port.includes('/') ? port : `${port}/tcp`, {}]);
      this.#config.ExposedPorts = { ...this.#config.ExposedPorts, ...Object.fromEntries(ports) };
      return undefined;
    },
    SHELL: ({ rest }) => {
      const shell = execForm(rest);
      if (!shell) throw new Error('SHELL requires the arguments to be in JSON form');
      this.#config.Shell = shell;
      return undefined;
    },
    STOPSIGNAL: ({ rest }) => {
      this.#config.StopSignal = words(rest, this.#variables).join(' ');
      return undefined;
    },
    ENTRYPOINT: ({ rest }) => {
      this.#config.Entrypoint = this.#commandLine(rest);
      // The base's CMD belongs to the base's entry point.
      if (!this.#cmdIsOwn) this.#config.Cmd = null;
      return undefined;
    },
    CMD: ({ rest }) => {
      this.#config.Cmd = this.#commandLine(rest);
      this.#cmdIsOwn = true;
      return undefined;
    },
  };

  #arg({ rest }: Instruction, args: Map<string, string>): void {
    const [name = '', ...value] = words(rest, this.#variables).join(' ').split('=');
    const given =
      this.#request.args.get(name) ?? (value.length > 0 ? value.join('=') : this.#globalArgs.get(name));
    if (given !== undefined) args.set(name, given);
  }

  #from({ rest, flags }: Instruction): void {
    if (this.#base) throw new Error('The emulator does not support more than one build stage.');
    const variables: Variables = name => this.#globalArgs.get(name);
    const [reference = ''] = words(rest, variables);
    const base = findBase(reference);
    const [os = '', architecture = ''] = words(flags.platform ?? '', variables)
      .join('')
      .split('/');
    if (os) this.#platform = { os, architecture };
    this.#base = base;
    this.#config = {
      ...structuredClone(base.config),
      Labels: {
        ...base.config.Labels,
        [labels.baseName]: reference.replace(/@.*$/, ''),
        ...(base.digest && { [labels.baseDigest]: base.digest }),
        [labels.runtime]: base.runtime,
      },
    };
    for (const pair of base.config.Env ?? []) {
      const at = pair.indexOf('=');
      this.#env.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  /** Also ADD, without its extra features. */
  #copy({ keyword, rest, flags }: Instruction): Layer {
    if (flags.from !== undefined) throw new Error(`The emulator does not support ${keyword} --from.`);
    const operands = execForm(rest) ?? words(rest, this.#variables);
    const sources = operands.slice(0, -1);
    const destination = operands.at(-1);
    if (destination === undefined || sources.length === 0) {
      throw new Error(
        `${keyword} requires at least two arguments, but only one was provided. Destination could not be determined.`,
      );
    }
    if (keyword === 'ADD' && sources.some(source => /^(https?|git):|\.(tar|tgz|tar\.\w+)$/.test(source))) {
      throw new Error('The emulator does not support ADD of a URL or an archive.');
    }
    const target = posix.resolve(this.#workdir, destination).slice(1);
    const found = sources.flatMap(source => this.#match(keyword, source));
    if (found.length === 0) throw new Error(`${keyword} failed: no source files were specified`);
    const intoDirectory = destination.endsWith('/') || destination === '.' || this.#directories.has(target);
    if (found.length > 1 && !intoDirectory) {
      throw new Error(
        `When using ${keyword} with more than one source file, the destination must be a directory and end with a /`,
      );
    }
    const owner = this.#owner(words(flags.chown ?? '', this.#variables).join(''));
    const mode = flags.chmod === undefined ? undefined : Number.parseInt(flags.chmod, 8);
    const layer = new Map<string, LayerEntry>();
    const put = (path: string, entry: FileSystemEntry): void => {
      this.#makeDirectories(layer, posix.dirname(path));
      if (entry.type === 'Directory') this.#directories.add(path);
      layer.set(path, { ...entry, ...owner, mode: mode ?? entry.mode });
    };
    for (const path of found) {
      const entry = this.#request.context.get(path);
      if (entry && entry.type !== 'Directory') {
        put(intoDirectory ? posix.join(target, posix.basename(path)) : target, entry);
        continue;
      }
      // As docker: the content of a directory.
      this.#makeDirectories(layer, target);
      for (const [inner, content] of this.#request.context) {
        if (path === '' || inner.startsWith(`${path}/`))
          put(posix.join(target, posix.relative(path, inner)), content);
      }
    }
    return layer;
  }

  #match(keyword: string, source: string): string[] {
    const path = posix
      .normalize(source)
      .replace(/^\/+|\/+$/g, '')
      .replace(/^\.$/, '');
    if (path === '..' || path.startsWith('../')) {
      throw new Error(`${keyword} failed: forbidden path outside the build context: ${source} ()`);
    }
    const { context } = this.#request;
    const paths = new Set([...context.keys()].flatMap(withParents));
    if (/[*?[]/.test(path)) {
      const pattern = globPattern(path);
      return [...paths].filter(candidate => pattern.test(candidate));
    }
    if (path !== '' && !paths.has(path)) {
      throw new Error(
        `${keyword} failed: file not found in build context or excluded by .dockerignore: stat ${path}: file does not exist`,
      );
    }
    return [path];
  }

  /** With its parents, unless a layer has them. */
  #makeDirectories(layer: Map<string, LayerEntry>, path: string): void {
    for (const directory of withParents(path).toReversed()) {
      if (directory === '' || directory === '.' || this.#directories.has(directory)) continue;
      this.#directories.add(directory);
      layer.set(directory, { type: 'Directory', mode: 0o755, uid: 0, gid: 0, content: Buffer.alloc(0) });
    }
  }

  /** @param chown `user[:group]`, names or numbers; default: root */
  #owner(chown: string): { uid: number; gid: number } {
    const idOf = (name: string): number => {
      const id = /^\d+$/.test(name) ? Number(name) : this.#base?.users[name];
      if (id === undefined)
        throw new Error(
          `unable to convert uid/gid chown string to host mapping: can't find uid for user ${name}: no such user: ${name}`,
        );
      return id;
    };
    const [user = '', group = user] = chown === '' ? ['0'] : chown.split(':');
    return { uid: idOf(user), gid: idOf(group) };
  }

  #commandLine(rest: string): string[] {
    return execForm(rest) ?? [...(this.#config.Shell ?? ['/bin/sh', '-c']), rest];
  }

  get #workdir(): string {
    return this.#config.WorkingDir || '/';
  }

  readonly #variables: Variables = name => this.#env.get(name) ?? this.#args.get(name);
}

/** Longest first: `a/b/c`, `a/b`, `a`. */
function withParents(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}

/** @see https://pkg.go.dev/path/filepath#Match */
function globPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  return new RegExp(`^${source}$`);
}

function isKnown(keyword: string): boolean {
  return ['HEALTHCHECK', 'MAINTAINER', 'ONBUILD', 'VOLUME'].includes(keyword);
}
