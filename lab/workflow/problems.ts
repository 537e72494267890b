import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { isBasicExpression, isMapping } from './parser.ts';

/** Collects what about a workflow cannot be run here, each with its place, while it is read. */
export class Problems {
  readonly list: string[];
  readonly #file: string;

  /**
   * @param list what was found in other files
   * @param file named before each line; empty for the file that was asked for
   */
  constructor(list: string[] = [], file = '') {
    this.list = list;
    this.#file = file;
  }

  /** Notes a problem at a token. */
  add(token: TemplateToken, problem: string): void {
    const line = token.line === undefined ? [] : [`line ${token.line}`];
    const place = [...(this.#file ? [this.#file] : []), ...line].join(' ');
    this.list.push(place === '' ? problem : `${place}: ${problem}`);
  }

  /** Notes that something is not implemented. */
  addUnsupported(token: TemplateToken, what: string): void {
    this.add(token, `the lab does not implement ${what}`);
  }

  /** A mapping's entries by key. Any key that is not among the known ones is refused. */
  known(token: MappingToken, keys: readonly string[], path: string): Map<string, TemplateToken> {
    for (const { key } of token) {
      if (!keys.includes(key.toString())) this.addUnsupported(key, `${path}${key}`);
    }
    return new Map([...token].map(({ key, value }) => [key.toString(), value]));
  }

  /** A mapping whose values may be expressions: `env`, `with`, `outputs`. */
  mapping(token: TemplateToken | undefined): MappingToken | undefined {
    if (token === undefined || isMapping(token)) return token;
    // An `env:` with nothing under it is allowed; one that is an expression as a whole is not implemented.
    if (isBasicExpression(token)) this.addUnsupported(token, 'an expression in place of a whole mapping');
    return undefined;
  }
}
