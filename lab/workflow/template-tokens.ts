import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { ensureStatusFunction, isBasicExpression, isMapping, isSequence, isString } from './parser.ts';

/** For a token that GitHub's parser has checked. */
export function mapping(token: TemplateToken): MappingToken {
  return token.assertMapping('mapping');
}

/** Undefined if the token is no mapping or has no such key. */
export function find(token: TemplateToken | undefined, key: string): TemplateToken | undefined {
  return token && isMapping(token) ? token.find(key) : undefined;
}

export function texts(token: TemplateToken | undefined): string[] {
  if (token === undefined) return [];
  return isSequence(token) ? [...token].map(String) : [token.toString()];
}

/** @returns an expression with a status function */
export function condition(token: TemplateToken | undefined): string {
  if (token === undefined) return 'success()';
  const expression = isBasicExpression(token)
    ? token.expression
    : isString(token)
      ? token.value.trim()
      : token.toString();
  return expression === '' ? 'success()' : ensureStatusFunction(expression, token.definitionInfo);
}

export function* traverse(root: TemplateToken): Generator<[TemplateToken | undefined, TemplateToken]> {
  if (isMapping(root)) {
    for (const { key, value } of root) {
      yield [key, value];
      yield* traverse(value);
    }
  } else if (isSequence(root)) {
    for (const value of root) {
      yield [undefined, value];
      yield* traverse(value);
    }
  }
}
