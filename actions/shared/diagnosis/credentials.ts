import type { Claims } from './claims.ts';
import type { Credential } from './workload-state.ts';

/** What Entra compares, in the order in which it complains. */
export const COMPARED_CLAIMS = ['issuer', 'subject', 'audience'] as const;
export type ComparedClaim = (typeof COMPARED_CLAIMS)[number];

/** A federated credential beside a token, and in what the two differ; in nothing: it matches. */
export interface CredentialMatch {
  credential: Credential;
  differs: readonly ComparedClaim[];
}

/**
 * The credential that is the most like the token. Entra compares byte for byte
 * (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations); what of the token is
 * not known counts as equal.
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

/** The value of a credential that Entra compares. It has one audience only. */
export function comparedValue(credential: Credential, part: ComparedClaim): string {
  return part === 'audience' ? (credential.audiences[0] ?? '') : credential[part];
}

/** From 0, nothing in common at either end, to 1. Equal values count for more than any likeness. */
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

/** Index of the first character in which two texts differ; the length of the shorter where one begins with the other. */
function firstDifference(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) if (one[index] !== other[index]) return index;
  return length;
}

/**
 * Two values under each other, with a mark under the first character that differs, and what the difference is.
 * @param one and other each with its label.
 */
export function compare(
  [oneLabel, one]: readonly [string, string],
  [otherLabel, other]: readonly [string, string],
): string {
  const width = Math.max(oneLabel.length, otherLabel.length) + 2;
  const line = (label: string, value: string): string => `  ${`${label}:`.padEnd(width)}${value}`;
  const mark = `${' '.repeat(2 + width + firstDifference(one, other))}^ ${difference(one, other)}`;
  return [line(oneLabel, one), line(otherLabel, other), mark].join('\n');
}

/** What the difference is, where it is one that people make. */
function difference(one: string, other: string): string {
  if (one.toLowerCase() === other.toLowerCase()) return 'upper and lower case differ';
  if (one.trim() === other.trim()) return 'a blank at the beginning or the end';
  if (`${one}/` === other || one === `${other}/`) return 'the trailing slash';
  const [names, others] = [one.split(':'), other.split(':')];
  if (names.length === 4 && others.length === 4) {
    if (names[2] === others[3] && names[3] === others[2]) return 'namespace and service account are swapped';
    if (names[3] === others[3] && names[2] !== others[2]) return 'another namespace';
    if (names[2] === others[2] && names[3] !== others[3]) return 'another service account';
  }
  return 'they differ from here on';
}
