import { ActionFailed } from '../../actions/shared/failures.ts';
import { quote } from '../../actions/shared/quote.ts';
import type { Subject, TrustedSubjects } from '../github/subjects.ts';
import { GITHUB_ISSUER } from '../settings.ts';
import { type Operation, type Step, unchangedStep } from '../steps.ts';

/** As az prints it, for either kind of identity. */
export interface FoundCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

export interface Credential extends Subject {
  readonly audience: string;
}

export interface CredentialOperations {
  writeCredential(credential: Credential, verb: 'create' | 'update'): Operation;
  deleteCredential(name: string): Operation;
}

const WHAT = 'Federated credential';

const MAX_CREDENTIALS = 20;

const LINK = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations';

/**
 * Keeps a credential with another name and the right subject. Updates one with our name and another
 * subject. Deletes those for obsolete subjects.
 * @throws {ActionFailed} if the identity would have more than 20 credentials
 */
export function trustSubjects(
  found: readonly FoundCredential[],
  { subjects, obsolete }: TrustedSubjects,
  audience: string,
  identity: CredentialOperations,
): Step[] {
  const deleted = found.filter(each => each.issuer === GITHUB_ISSUER && obsolete.includes(each.subject));
  const trusted = subjects.map((subject): Step => {
    const credential = { ...subject, audience };
    const { name } = subject;
    const existing =
      found.find(each => each.issuer === GITHUB_ISSUER && each.subject === subject.subject) ??
      found.find(each => isSameName(each.name, name) && !deleted.includes(each));
    if (!existing) {
      const operations = [identity.writeCredential(credential, 'create')];
      return { what: WHAT, name, change: 'create', operations };
    }
    const reason = differenceOf(existing, credential);
    if (!reason) return unchangedStep(WHAT, existing.name);
    const operations = [identity.writeCredential({ ...credential, name: existing.name }, 'update')];
    return { what: WHAT, name: existing.name, change: 'update', reason, operations };
  });
  const count = found.length - deleted.length + trusted.filter(({ change }) => change === 'create').length;
  if (count > MAX_CREDENTIALS)
    throw new ActionFailed(
      `The identity would have ${count} federated credentials. Entra allows ${MAX_CREDENTIALS}.\nThe identity has: ${found.map(each => quote(each.name)).join(', ')}`,
      'Delete the credentials that you do not need, or use another identity (--name).',
      LINK,
    );
  const deletions = deleted.map(({ name, subject }) =>
    planDeletion(
      name,
      `no token has the subject ${quote(subject)} any more, and a new owner of the name could get such a token`,
      identity,
    ),
  );
  // A new credential might need the name of a deleted one.
  return [...deletions, ...trusted];
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function differenceOf(
  { issuer, subject, audiences }: FoundCredential,
  expected: Credential,
): string | undefined {
  if (issuer !== GITHUB_ISSUER) return `its issuer is ${quote(issuer)}`;
  if (subject !== expected.subject) return `its subject is ${quote(subject)}`;
  if (audiences.length !== 1 || audiences[0] !== expected.audience)
    return `its audience is ${audiences.map(quote).join(', ')}`;
  return undefined;
}

/** Each can log in as the identity. */
export function listOtherSubjects(
  found: readonly FoundCredential[],
  { subjects, obsolete }: TrustedSubjects,
): string[] {
  const known = new Set([...subjects.map(({ subject }) => subject), ...obsolete]);
  return found
    .filter(each => !known.has(each.subject) && !subjects.some(({ name }) => isSameName(name, each.name)))
    .map(
      ({ name, issuer, subject }) =>
        `${name} (${issuer === GITHUB_ISSUER ? '' : `issuer ${quote(issuer)}, `}subject ${quote(subject)})`,
    );
}

export function distrustSubjects(
  found: readonly FoundCredential[],
  { subjects, obsolete }: TrustedSubjects,
  identity: CredentialOperations,
): Step[] {
  const known = new Set([...subjects.map(({ subject }) => subject), ...obsolete]);
  return found
    .filter(each => each.issuer === GITHUB_ISSUER && known.has(each.subject))
    .map(({ name }) => planDeletion(name, undefined, identity));
}

function planDeletion(name: string, reason: string | undefined, identity: CredentialOperations): Step {
  const operations = [identity.deleteCredential(name)];
  return { what: WHAT, name, change: 'delete', ...(reason && { reason }), operations };
}
