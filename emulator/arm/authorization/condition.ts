import { matchesAction } from './role-definitions.ts';

/** By full attribute name: `Microsoft.Authorization/roleAssignments:PrincipalType`. */
export interface ConditionContext {
  /** Action or data action. */
  readonly action: string;
  /** `@Request[…]`, from the body. */
  readonly request?: Readonly<Record<string, string>>;
  /** `@Resource[…]`, of the existing resource. */
  readonly resource?: Readonly<Record<string, string>>;
}

/**
 * Version 2.0. A syntax error or an unknown comparison makes the condition false, so that nothing is allowed by
 * mistake. A comparison with a missing attribute is false.
 * @see https://learn.microsoft.com/azure/role-based-access-control/conditions-format
 */
export function conditionHolds(condition: string, context: ConditionContext): boolean {
  try {
    const parser = new Parser(tokenize(condition), context);
    return parser.parse();
  } catch (error) {
    if (error instanceof UnreadableCondition) return false;
    throw error;
  }
}

class UnreadableCondition extends Error {}

const tokenPattern = /\s*(?:(@\w+\[[^\]]*\])|'((?:[^'\\]|\\.)*)'|(&&|\|\||[!(){},])|([\w:.*/-]+))/y;

interface Token {
  readonly kind: 'attribute' | 'text' | 'sign' | 'word';
  readonly value: string;
}

function tokenize(condition: string): Token[] {
  const tokens: Token[] = [];
  const text = condition.trim();
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    const match = tokenPattern.exec(text);
    if (!match) throw new UnreadableCondition();
    const [, attribute, quoted, sign, word] = match;
    if (attribute !== undefined) tokens.push({ kind: 'attribute', value: attribute });
    else if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted });
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
    else tokens.push({ kind: 'word', value: word! });
  }
  return tokens;
}

/** One pass: both sides of AND and OR are always parsed. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #context: ConditionContext;
  #position = 0;

  constructor(tokens: readonly Token[], context: ConditionContext) {
    this.#tokens = tokens;
    this.#context = context;
  }

  parse(): boolean {
    const holds = this.#or();
    if (this.#position < this.#tokens.length) throw new UnreadableCondition();
    return holds;
  }

  #or(): boolean {
    let holds = this.#and();
    while (this.#accept('OR', '||')) {
      const right = this.#and();
      holds = holds || right;
    }
    return holds;
  }

  #and(): boolean {
    let holds = this.#not();
    while (this.#accept('AND', '&&')) {
      const right = this.#not();
      holds = holds && right;
    }
    return holds;
  }

  #not(): boolean {
    return this.#accept('NOT', '!') ? !this.#not() : this.#primary();
  }

  #primary(): boolean {
    if (this.#accept('(')) {
      const holds = this.#or();
      this.#expect(')');
      return holds;
    }
    const token = this.#next();
    if (token.kind === 'word' && token.value === 'ActionMatches') {
      const patterns = this.#list();
      return patterns.some(pattern => matchesAction(this.#context.action, pattern));
    }
    if (token.kind === 'word' && token.value === 'Exists') return this.#attribute(this.#next()) !== undefined;
    if (token.kind === 'attribute') return this.#comparison(this.#attribute(token));
    throw new UnreadableCondition();
  }

  #comparison(left: string | undefined): boolean {
    const operator = this.#next();
    if (operator.kind !== 'word') throw new UnreadableCondition();
    const [quantifier, name] = operator.value.includes(':')
      ? (operator.value.split(':', 2) as [string, string])
      : [undefined, operator.value];
    const compare = comparisons[name];
    if (!compare) throw new UnreadableCondition();
    const right = quantifier === undefined ? [this.#value()] : this.#list();
    if (left === undefined) return false;
    // Known attributes have one value, so ForAny and ForAll are the same.
    if (quantifier === undefined || /^For(Any|All)OfAnyValues$/.test(quantifier)) {
      return right.some(value => compare(left, value));
    }
    if (/^For(Any|All)OfAllValues$/.test(quantifier)) return right.every(value => compare(left, value));
    throw new UnreadableCondition();
  }

  #attribute(token: Token): string | undefined {
    const [, source, name] = /^@(\w+)\[([^\]]*)\]$/.exec(token.value) ?? [];
    if (source === undefined || name === undefined || !/^(Request|Resource)$/i.test(source)) {
      throw new UnreadableCondition();
    }
    const values = /^Request$/i.test(source) ? this.#context.request : this.#context.resource;
    const found = Object.entries(values ?? {}).find(([known]) => known.toLowerCase() === name.toLowerCase());
    return found?.[1];
  }

  #list(): string[] {
    this.#expect('{');
    const values = [this.#value()];
    while (this.#accept(',')) values.push(this.#value());
    this.#expect('}');
    return values;
  }

  #value(): string {
    const token = this.#next();
    if (token.kind !== 'text' && token.kind !== 'word') throw new UnreadableCondition();
    return token.value;
  }

  #accept(...values: string[]): boolean {
    const token = this.#tokens[this.#position];
    if (!token || token.kind === 'text' || !values.includes(token.value)) return false;
    this.#position++;
    return true;
  }

  #expect(value: string): void {
    if (!this.#accept(value)) throw new UnreadableCondition();
  }

  #next(): Token {
    const token = this.#tokens[this.#position++];
    if (!token) throw new UnreadableCondition();
    return token;
  }
}

const sameText = (left: string, right: string) => left === right;
const sameIgnoringCase = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();

const comparisons: Readonly<Record<string, (left: string, right: string) => boolean>> = {
  GuidEquals: sameIgnoringCase,
  GuidNotEquals: (left, right) => !sameIgnoringCase(left, right),
  StringEquals: sameText,
  StringNotEquals: (left, right) => !sameText(left, right),
  StringEqualsIgnoreCase: sameIgnoringCase,
  StringNotEqualsIgnoreCase: (left, right) => !sameIgnoringCase(left, right),
  StringStartsWith: (left, right) => left.startsWith(right),
  StringNotStartsWith: (left, right) => !left.startsWith(right),
  StringStartsWithIgnoreCase: (left, right) => left.toLowerCase().startsWith(right.toLowerCase()),
  StringNotStartsWithIgnoreCase: (left, right) => !left.toLowerCase().startsWith(right.toLowerCase()),
};
