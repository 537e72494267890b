import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { isBasicExpression, isMapping } from './parser.ts';

export class Problems {
  readonly list: string[];
  readonly #file: string;

  /** @param file printed before each line number. Empty for the requested file. */
  constructor(list: string[] = [], file = '') {
    this.list = list;
    this.#file = file;
  }

  add(token: TemplateToken, problem: string): void {
    const line = token.line === undefined ? [] : [`line ${token.line}`];
    const place = [...(this.#file ? [this.#file] : []), ...line].join(' ');
    this.list.push(place === '' ? problem : `${place}: ${problem}`);
  }

  addUnsupported(token: TemplateToken, what: string): void {
    this.add(token, `wilab does not support ${what}`);
  }

  /** Unknown keys are problems. */
  known(token: MappingToken, keys: readonly string[], path: string): Map<string, TemplateToken> {
    for (const { key } of token) {
      if (!keys.includes(key.toString())) this.addUnsupported(key, `${path}${key}`);
    }
    return new Map([...token].map(({ key, value }) => [key.toString(), value]));
  }

  /** For `env`, `with`, and `outputs`. */
  mapping(token: TemplateToken | undefined): MappingToken | undefined {
    if (token === undefined || isMapping(token)) return token;
    // An empty `env:` is valid.
    if (isBasicExpression(token)) this.addUnsupported(token, 'an expression instead of a mapping');
    return undefined;
  }
}
