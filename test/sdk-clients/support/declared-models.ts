import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

type Type =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: string }
  | { readonly kind: 'array' | 'record'; readonly of: Type }
  | { readonly kind: 'union'; readonly of: readonly Type[] }
  | { readonly kind: 'object'; readonly members: readonly Member[] };

interface Member {
  readonly name: string;
  readonly required: boolean;
  readonly type: Type;
}

/** Required members, dates, and known values of enums, from a library's declaration files. */
export class Models {
  /** By name. Parsed on demand. */
  readonly #interfaces = new Map<string, { readonly parents: readonly string[]; readonly body: string }>();
  readonly #members = new Map<string, readonly Member[]>();
  readonly #aliases = new Map<string, Type>();
  readonly #known = new Map<string, ReadonlySet<string>>();

  /** @param file `@azure/arm-msi/dist/esm/models/index.d.ts` */
  constructor(file: string) {
    const [scope, name, ...path] = file.split('/');
    const root = packageRoot(`${scope}/${name}`);
    const source = readFileSync(join(root, ...path), 'utf8').replaceAll(/\/\*.*?\*\//gs, '');
    for (const [, enumName = '', body = ''] of source.matchAll(/\benum Known(\w+) \{(.*?)\}/gs)) {
      this.#known.set(
        enumName,
        new Set([...body.matchAll(/= "([^"]*)"/g)].map(match => match[1]!.toLowerCase())),
      );
    }
    for (const [, alias = '', type = ''] of source.matchAll(/\btype (\w+) = ([^;{}]*);/g)) {
      this.#aliases.set(alias, new Declarations(type).type());
    }
    for (const match of source.matchAll(/\binterface (\w+)(?: extends ([\w, ]+?))? (?=\{)/g)) {
      const body = source.slice(match.index + match[0].length);
      this.#interfaces.set(match[1]!, { parents: match[2]?.split(', ') ?? [], body });
    }
    if (this.#interfaces.size === 0) throw new Error(`"${file}" declares no models.`);
  }

  /**
   * @param model `ManagedCluster`
   * @returns `ManagedCluster.sku.name is missing`
   */
  faults(model: string, value: unknown): string[] {
    return this.#faults({ kind: 'name', name: model }, value, model);
  }

  #faults(type: Type, value: unknown, path: string): string[] {
    switch (type.kind) {
      case 'literal':
        return value === type.value ? [] : [`${path} is ${show(value)}, not ${type.value}`];
      case 'union': {
        const each = type.of.map(one => this.#faults(one, value, path));
        if (each.some(faults => faults.length === 0)) return [];
        return type.of.every(one => one.kind === 'literal')
          ? [`${path} is ${show(value)}, which is not known`]
          : each.toSorted((one, other) => one.length - other.length)[0]!;
      }
      case 'array':
        if (!Array.isArray(value)) return [`${path} is ${show(value)}, not an array`];
        return value.flatMap((item, index) => this.#faults(type.of, item, `${path}[${index}]`));
      case 'record':
        if (!isObject(value)) return [`${path} is ${show(value)}, not an object`];
        return Object.entries(value).flatMap(([key, item]) => this.#faults(type.of, item, `${path}.${key}`));
      case 'object':
        return this.#memberFaults(type.members, value, path);
      case 'name':
        return this.#namedFaults(type.name, value, path);
    }
  }

  #namedFaults(name: string, value: unknown, path: string): string[] {
    if (name === 'any' || name === 'unknown') return [];
    if (name === 'Date') {
      const valid = value instanceof Date && !Number.isNaN(value.getTime());
      return valid ? [] : [`${path} is ${show(value)}, not a date`];
    }
    if (name === 'Uint8Array') return value instanceof Uint8Array ? [] : [`${path} is not bytes`];
    if (name === 'string' || name === 'number' || name === 'boolean') {
      return typeof value === name ? [] : [`${path} is ${show(value)}, not a ${name}`];
    }
    const known = this.#known.get(name);
    // Services often use another case: AKS writes nodeIPConfiguration.
    if (known && typeof value === 'string' && known.has(value.toLowerCase())) return [];
    if (known) return [`${path} is ${show(value)}, which no ${name} is`];
    const alias = this.#aliases.get(name);
    if (alias) return this.#faults(alias, value, path);
    return this.#memberFaults(this.#membersOf(name), value, path);
  }

  #memberFaults(members: readonly Member[], value: unknown, path: string): string[] {
    if (!isObject(value)) return [`${path} is ${show(value)}, not an object`];
    return members.flatMap(({ name, required, type }) => {
      const member = value[name];
      // Services return null for missing optional members.
      if (member === undefined || member === null) return required ? [`${path}.${name} is missing`] : [];
      return this.#faults(type, member, `${path}.${name}`);
    });
  }

  #membersOf(name: string): readonly Member[] {
    const read = this.#members.get(name);
    if (read) return read;
    const found = this.#interfaces.get(name);
    if (!found) throw new Error(`The library does not declare the model "${name}".`);
    const own = new Declarations(found.body).members();
    const members = [...found.parents.flatMap(parent => this.#membersOf(parent)), ...own];
    this.#members.set(name, members);
    return members;
  }
}

class Declarations {
  readonly #tokens: IterableIterator<RegExpExecArray>;
  #next: string;

  constructor(source: string) {
    this.#tokens = source.matchAll(/"[^"]*"|\w+|\[\]|[^\s\w]/g);
    this.#next = '';
    this.#take();
  }

  #take(): string {
    const token = this.#next;
    this.#next = this.#tokens.next().value?.[0] ?? '';
    return token;
  }

  #nextIs(token: string): boolean {
    return this.#next === token;
  }

  #expect(token: string): void {
    const found = this.#take();
    if (found !== token) throw new Error(`Expected ${token}, found ${found}`);
  }

  type(): Type {
    const of: Type[] = [];
    do {
      if (this.#next === '|') this.#take();
      of.push(this.#suffixed(this.#primary()));
    } while (this.#next === '|');
    return of.length === 1 ? of[0]! : { kind: 'union', of };
  }

  #suffixed(type: Type): Type {
    if (this.#next !== '[]') return type;
    this.#take();
    return this.#suffixed({ kind: 'array', of: type });
  }

  #primary(): Type {
    if (this.#next === '(') {
      this.#take();
      const type = this.type();
      this.#expect(')');
      return type;
    }
    if (this.#next === '{') return this.#object();
    const token = this.#take();
    if (token.startsWith('"')) return { kind: 'literal', value: token.slice(1, -1) };
    if (!this.#nextIs('<')) return { kind: 'name', name: token };
    this.#take();
    const parameters = [this.type()];
    while (this.#nextIs(',')) {
      this.#take();
      parameters.push(this.type());
    }
    this.#expect('>');
    const of = parameters.at(-1)!;
    return { kind: token === 'Record' ? 'record' : 'array', of };
  }

  #object(): Type {
    const members = this.members();
    const index = members.find(({ name }) => name === '[');
    return index ? { kind: 'record', of: index.type } : { kind: 'object', members };
  }

  /** The name `[` means every key. */
  members(): Member[] {
    const members: Member[] = [];
    this.#expect('{');
    while (this.#next !== '}') {
      let name = this.#take();
      if (name === 'readonly') name = this.#take();
      if (name === '[') while (this.#take() !== ']');
      const optional = this.#next === '?';
      if (optional) this.#take();
      this.#expect(':');
      members.push({
        name: name.replaceAll('"', ''),
        required: !optional && name !== '[',
        type: this.type(),
      });
      this.#expect(';');
    }
    this.#take();
    return members;
  }
}

/**
 * Members that the model does not have.
 * @param wire JSON of the answer
 */
export function unread(wire: unknown, model: unknown): string[] {
  const taken = new Set(namesIn(model).map(name => name.toLowerCase()));
  return [...new Set(namesIn(wire))].filter(name => name !== 'properties' && !taken.has(name.toLowerCase()));
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isObject(value) || value instanceof Date || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...namesIn(member)]);
}

function packageRoot(name: string): string {
  const paths = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const root = paths.map(path => join(path, name)).find(path => exists(join(path, 'package.json')));
  if (!root) throw new Error(`The package "${name}" is not installed.`);
  return root;
}

function exists(file: string): boolean {
  try {
    return readFileSync(file).length > 0;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  return value instanceof Date ? 'an invalid date' : (JSON.stringify(value) ?? 'undefined');
}
