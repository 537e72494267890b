import { ActionFailed } from '../../actions/shared/failures.ts';
import type { Subject, TrustedSubjects } from '../github/subjects.ts';
import { type Call, nothingToDo, type Step } from '../steps.ts';
import { ISSUER } from '../settings.ts';

/** A federated credential as az shows it, of either kind of identity. */
export interface FoundCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** Whose jobs are trusted, as a credential says it. */
export interface Credential extends Subject {
  readonly audience: string;
}

/** How one kind of identity keeps its credentials. */
export interface CredentialStore {
  writeCredential(credential: Credential, verb: 'create' | 'update'): Call;
  deleteCredential(name: string): Call;
}

const WHAT = 'Federated credential';

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const MOST = 20;

const LINK = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations';

/**
 * Lets the identity trust these subjects. One that is there by another name is left as it is; one of our names with
 * another subject is changed; subjects that no token has any more are taken away.
 * @param audience of the tokens
 * @throws {ActionFailed} where the identity would have more than twenty
 */
export function trustSubjects(
  found: readonly FoundCredential[],
  { subjects, obsolete }: TrustedSubjects,
  audience: string,
  store: CredentialStore,
): Step[] {
  const gone = found.filter(each => each.issuer === ISSUER && obsolete.includes(each.subject));
  const trusted = subjects.map((subject): Step => {
    const credential = { ...subject, audience };
    const { name } = subject;
    const there =
      found.find(each => each.issuer === ISSUER && each.subject === subject.subject) ??
      found.find(each => sameName(each.name, name) && !gone.includes(each));
    if (!there)
      return { what: WHAT, name, does: 'create', calls: [store.writeCredential(credential, 'create')] };
    const because = difference(there, credential);
    if (!because) return nothingToDo(WHAT, there.name);
    const calls = [store.writeCredential({ ...credential, name: there.name }, 'update')];
    return { what: WHAT, name: there.name, does: 'change', because, calls };
  });
  const after = found.length - gone.length + trusted.filter(({ does }) => does === 'create').length;
  if (after > MOST)
    throw new ActionFailed(
      `The identity would have ${after} federated credentials; Entra allows ${MOST}.`,
      `Delete those that are not needed, or take another identity (--name). It has: ${found.map(each => each.name).join(', ')}`,
      LINK,
    );
  const removed = gone.map(({ name, subject }) =>
    removal(
      name,
      `no token has the subject ${subject} any more, and a new owner of the name could get one`,
      store,
    ),
  );
  // First, because a name may be needed again.
  return [...removed, ...trusted];
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function difference({ issuer, subject, audiences }: FoundCredential, wanted: Credential): string | undefined {
  if (issuer !== ISSUER) return `its issuer is ${issuer}`;
  if (subject !== wanted.subject) return `its subject is ${subject}`;
  if (audiences.length !== 1 || audiences[0] !== wanted.audience)
    return `its audience is ${audiences.join(', ')}`;
  return undefined;
}

/** Subjects that the identity trusts beside these: each is a door, and not one of ours. */
export function otherSubjects(
  found: readonly FoundCredential[],
  { subjects, obsolete }: TrustedSubjects,
): string[] {
  const known = new Set([...subjects.map(({ subject }) => subject), ...obsolete]);
  return found
    .filter(each => !known.has(each.subject) && !subjects.some(({ name }) => sameName(name, each.name)))
    .map(({ name, issuer, subject }) => `${name} (${issuer === ISSUER ? '' : `${issuer}, `}${subject})`);
}

/** Takes the trust in these subjects away from an identity that stays. */
export function distrustSubjects(
  found: readonly FoundCredential[],
  { subjects, obsolete }: TrustedSubjects,
  store: CredentialStore,
): Step[] {
  const known = new Set([...subjects.map(({ subject }) => subject), ...obsolete]);
  return found
    .filter(each => each.issuer === ISSUER && known.has(each.subject))
    .map(({ name }) => removal(name, undefined, store));
}

function removal(name: string, because: string | undefined, store: CredentialStore): Step {
  const calls = [store.deleteCredential(name)];
  return { what: WHAT, name, does: 'delete', ...(because && { because }), calls };
}
