import { isObject } from '../../emulator/http/json.ts';
/** `{rg}`, `{name}`, … */
export type Placeholders = Readonly<Record<string, string>>;

export interface Difference {
  /** `body.properties.agentPoolProfiles[].count`, `headers.location`, `status`. */
  readonly at: string;
  readonly what: string;
}

const guid = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}';

/** By name in recordings. */
const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: value => typeof value === 'string',
  number: value => typeof value === 'number',
  boolean: value => typeof value === 'boolean',
  null: value => value === null,
  guid: matching(new RegExp(`^${guid}$`)),
  'date-time': matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/),
  'YYYY-MM-DD HH:MM:SSZ': matching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
  uri: value => typeof value === 'string' && URL.canParse(value),
  'number (unix seconds)': value => Number.isInteger(value),
  'base64 string': matching(/^[A-Za-z\d+/]+={0,2}$/),
  'base64url string': matching(/^[\w-]+$/),
};

/** Without a known value. */
const placeholders: Readonly<Record<string, string>> = {
  guid,
  '32 hex': '[\\da-f]{32}',
  suffix: '[a-z\\d]+',
  ticks: '\\d{18}',
  base64url: '[\\w-]+',
  opaque: '[^&]+',
};

function matching(pattern: RegExp): (value: unknown) => boolean {
  return value => typeof value === 'string' && pattern.test(value);
}

/** Otherwise it is a value. */
export function isTypeName(leaf: unknown): leaf is string {
  return typeof leaf === 'string' && Object.hasOwn(types, leaf);
}

/** Placeholders without a value in `names` match every text of their type. */
export function patternOf(template: string, names: Placeholders): RegExp {
  const parts = withoutNesting(template).split(/\{([^{}]+)\}/);
  const source = parts.map((part, index) => {
    if (index % 2 === 0) return escaped(part);
    const known = names[part];
    return known === undefined ? (placeholders[part] ?? '[^/?&]+') : escaped(known);
  });
  return new RegExp(`^${source.join('')}$`);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Recorded IDs of deletions nest braces: `{base64 of {"jobId": …}}`. */
function withoutNesting(template: string): string {
  return template.replace(/\{base64 of \{.*\}\}/, '{opaque}');
}

export function fillPlaceholders(template: string, names: Placeholders): string {
  return template.replace(/\{([^{}]+)\}/g, (whole, name: string) => names[name] ?? whole);
}

/** Members must be the recorded ones, with the same type or value. A list must have every recorded item. */
export function compare(recorded: unknown, actual: unknown, names: Placeholders, at: string): Difference[] {
  if (isTypeName(recorded)) {
    return types[recorded]!(actual) ? [] : [{ at, what: `${show(actual)} is not of type ${recorded}` }];
  }
  if (typeof recorded === 'string' && typeof actual === 'string') {
    return patternOf(recorded, names).test(actual)
      ? []
      : [{ at, what: `${show(actual)} instead of ${show(fillPlaceholders(recorded, names))}` }];
  }
  if (Array.isArray(recorded) && Array.isArray(actual)) return compareLists(recorded, actual, names, at);
  if (isObject(recorded) && isObject(actual)) return compareObjects(recorded, actual, names, at);
  return recorded === actual ? [] : [{ at, what: `${show(actual)} instead of ${show(recorded)}` }];
}

function compareObjects(
  recorded: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  names: Placeholders,
  at: string,
): Difference[] {
  const members = new Set([...Object.keys(recorded), ...Object.keys(actual)]);
  return [...members].flatMap(member => {
    const place = `${at}.${member}`;
    if (!Object.hasOwn(recorded, member)) return [{ at: place, what: 'was not recorded' }];
    if (!Object.hasOwn(actual, member)) return [{ at: place, what: 'is missing' }];
    return compare(recorded[member], actual[member], names, place);
  });
}

/** With the most similar item. */
function compareLists(
  recorded: readonly unknown[],
  actual: readonly unknown[],
  names: Placeholders,
  at: string,
): Difference[] {
  if (recorded.length === 0) {
    return actual.length === 0 ? [] : [{ at, what: `${actual.length} items instead of none` }];
  }
  const values = recorded.every(item => typeof item === 'string' && !isTypeName(item));
  if (values && recorded.length !== actual.length) {
    return [{ at, what: `${show(actual)} instead of ${show(recorded)}` }];
  }
  return recorded.flatMap(item => {
    const candidates = actual.map(found => compare(item, found, names, `${at}[]`));
    const [nearest] = candidates.sort((one, other) => one.length - other.length);
    return nearest ?? [{ at: `${at}[]`, what: 'is missing' }];
  });
}

/** Path, and each parameter. */
export function compareAddress(
  recorded: string,
  actual: string,
  names: Placeholders,
  at: string,
): Difference[] {
  const [path, query] = parts(withoutNesting(recorded));
  const [actualPath, actualQuery] = parts(actual);
  const found = patternOf(path, names).test(actualPath)
    ? []
    : [{ at, what: `${actualPath} instead of ${fillPlaceholders(path, names)}` }];
  const parameters = new Set([...query.keys(), ...actualQuery.keys()]);
  for (const parameter of parameters) {
    const place = `${at}?${parameter}`;
    const value = actualQuery.get(parameter);
    const wanted = query.get(parameter);
    if (wanted === undefined) found.push({ at: place, what: 'was not recorded' });
    else if (value === undefined) found.push({ at: place, what: 'is missing' });
    else found.push(...compare(wanted, value, names, place));
  }
  return found;
}

function parts(address: string): [string, Map<string, string>] {
  const [path = '', query = ''] = address.split('?');
  const parameters = query.split('&').filter(Boolean);
  const pairs = parameters.map(parameter => {
    const [name = '', ...value] = parameter.split('=');
    return [name, value.join('=')] as const;
  });
  return [path, new Map(pairs)];
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
