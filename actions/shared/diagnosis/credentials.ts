import { quote } from '../quote.ts';
import type { Claims } from './claims.ts';
import type { Credential } from './workload-state.ts';

/** What Entra compares, in the order of its errors. */
export const COMPARED_CLAIMS = ['issuer', 'subject', 'audience'] as const;
export type ComparedClaim = (typeof COMPARED_CLAIMS)[number];

/** A federated credential, and the claims in which it differs from a token. None: it matches. */
export interface CredentialMatch {
  credential: Credential;
  differs: readonly ComparedClaim[];
}

/**
 * Finds the credential that is most similar to the token. An unknown claim counts as equal. Entra compares exactly:
 * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
export function nearestCredential(
  credentials: readonly Credential[],
  claims: Claims,
): CredentialMatch | undefined {
  const likeness = (credential: Credential): number =>
    COMPARED_CLAIMS.reduce((sum, part) => sum + similarity(comparedValue(credential, part), claims[part]), 0);
  const [credential] = credentials.toSorted((one, other) => likeness(other) - likeness(one));
  if (!credential) return undefined;
  const differs = COMPARED_CLAIMS.filter(
    part => claims[part] !== undefined && comparedValue(credential, part) !== claims[part],
  );
  return { credential, differs };
}

/** The value that Entra compares with a claim. A credential has one audience. */
export function comparedValue(credential: Credential, part: ComparedClaim): string {
  return part === 'audience' ? (credential.audiences[0] ?? '') : credential[part];
}

/** From 0 (no common start or end) to 1; 2 for equal values. */
function similarity(one: string, other: string | undefined): number {
  if (other === undefined || one === other) return 2;
  const start = firstDifference(one, other);
  const [restOfOne, restOfOther] = [one.slice(start), other.slice(start)];
  const end = firstDifference(reversed(restOfOne), reversed(restOfOther));
  return (start + end) / Math.max(one.length, other.length);
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

function firstDifference(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) if (one[index] !== other[index]) return index;
  return length;
}

/** @param one and other: label and value. */
export function compareValues(
  [oneLabel, one]: readonly [string, string],
  [otherLabel, other]: readonly [string, string],
): string {
  const width = Math.max(oneLabel.length, otherLabel.length) + 2;
  const line = (label: string, value: string): string => `  ${`${label}:`.padEnd(width)}${value}`;
  const [quoted, otherQuoted] = [quote(one), quote(other)];
  const mark = `${' '.repeat(2 + width + firstDifference(quoted, otherQuoted))}^ ${difference(one, other)}`;
  return [line(oneLabel, quoted), line(otherLabel, otherQuoted), mark].join('\n');
}

function difference(one: string, other: string): string {
  if (one.toLowerCase() === other.toLowerCase()) return 'only the case differs';
  if (one.trim() === other.trim()) return 'white space at the beginning or the end';
  if (`${one}/` === other || one === `${other}/`) return 'trailing slash';
  const [names, others] = [one.split(':'), other.split(':')];
  if (names.length === 4 && others.length === 4) {
    if (names[2] === others[3] && names[3] === others[2]) return 'namespace and service account are swapped';
    if (names[3] === others[3] && names[2] !== others[2]) return 'different namespace';
    if (names[2] === others[2] && names[3] !== others[3]) return 'different service account';
  }
  return 'different from here';
}
