import type { Fields } from '../fields.ts';
import { text } from '../fields.ts';
import { type Cause, cause } from '../status.ts';

export const notNegative = 'must be greater than or equal to 0';

export function negatives(spec: Fields, names: readonly string[]): Cause[] {
  return names
    .filter(name => typeof spec[name] === 'number' && spec[name] < 0)
    .map(name => cause.invalid(`spec.${name}`, spec[name], notNegative));
}

export function oneOf(value: unknown, at: string, supported: readonly string[]): Cause[] {
  return value === undefined || supported.includes(text(value))
    ? []
    : [cause.unsupported(at, value, supported)];
}
