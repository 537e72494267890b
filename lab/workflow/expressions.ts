import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { type Token, TokenType } from '@actions/expressions/lexer';
import { truthy } from '@actions/expressions/result';
import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { quote } from '../../actions/shared/quote.ts';
import { isBasicExpression, isBoolean, isMapping, isNumber, isScalar } from './parser.ts';

/**
 * https://docs.github.com/actions/reference/workflows-and-actions/expressions#status-check-functions
 */
export interface Status {
  readonly success: boolean;
  readonly failure: boolean;
  readonly cancelled: boolean;
}

/** JSON values by name. */
export type Contexts = Readonly<Record<string, unknown>>;

// A missing context is null, as on GitHub.
const contextNames = [
  'github',
  'inputs',
  'vars',
  'secrets',
  'env',
  'needs',
  'jobs',
  'strategy',
  'matrix',
  'steps',
  'job',
  'runner',
];

const statusFunctions = ['success', 'failure', 'cancelled', 'always'] as const;

function toData(value: unknown): data.ExpressionData {
  return JSON.parse(JSON.stringify(value ?? null), data.reviver) as data.ExpressionData;
}

/**
 * @param expression without `${{ }}`
 * @param status only for `if`, where status functions are allowed
 * @throws {ExpressionError}
 */
export function evaluate(expression: string, contexts: Contexts, status?: Status): data.ExpressionData {
  const functions = statusFunctions.map(name => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(name === 'always' || (status?.[name] ?? false)),
  }));
  const tokens = new Lexer(expression).lex().tokens.map(unquoted);
  const tree = new Parser(tokens, contextNames, status ? functions : []).parse();
  const dictionary = new data.Dictionary(
    ...contextNames.map(name => ({ key: name, value: toData(contexts[name]) })),
  );
  return new Evaluator(tree, dictionary, new Map(functions.map(f => [f.name, f]))).evaluate();
}

/** Two quotes in a string mean one. The lexer replaces only the first pair. */
function unquoted(token: Token): Token {
  if (token.type !== TokenType.STRING) return token;
  return { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") };
}

export function holds(condition: string, contexts: Contexts, status: Status): boolean {
  return truthy(evaluate(condition, contexts, status));
}

/** Null if an expression finds nothing. */
export function value(token: TemplateToken, contexts: Contexts): string | number | boolean | null {
  if (isBoolean(token) || isNumber(token)) return token.value;
  if (!isBasicExpression(token)) return text(token, contexts);
  const found = evaluate(token.expression, contexts);
  if (found.kind === data.Kind.Null) return null;
  if (found.kind === data.Kind.Boolean || found.kind === data.Kind.Number) return found.value;
  return found.coerceString();
}

/** Empty without a scalar. */
export function text(token: TemplateToken | undefined, contexts: Contexts): string {
  if (token === undefined) return '';
  if (isBasicExpression(token)) return evaluate(token.expression, contexts).coerceString();
  if (!isScalar(token)) throw new Error(`Expected a scalar, found ${token.typeName()}`);
  return token.toString();
}

export function entries(mapping: MappingToken | undefined, contexts: Contexts): Record<string, string> {
  const found: Record<string, string> = {};
  if (mapping === undefined) return found;
  if (!isMapping(mapping)) throw new Error('Expected a mapping');
  for (const { key, value } of mapping) found[text(key, contexts)] = text(value, contexts);
  return found;
}

/**
 * @returns undefined without a scalar
 * @throws Error if it is not a number
 */
export function number(token: TemplateToken | undefined, contexts: Contexts): number | undefined {
  if (token === undefined) return undefined;
  const value = text(token, contexts);
  if (value === '' || Number.isNaN(Number(value))) throw new Error(`${quote(value)} is not a number.`);
  return Number(value);
}
