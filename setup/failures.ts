import { CommandFailed } from '../actions/shared/command.ts';
import { ActionFailed, describeFailure } from '../actions/shared/failures.ts';

interface KnownFailure {
  /** In the command that failed. */
  readonly command: RegExp;
  /** In its standard error. */
  readonly sign: RegExp;
  readonly what: string;
  readonly remedy: string;
  readonly link: string;
}

const LEARN = 'https://learn.microsoft.com';
const ENTRA = `${LEARN}/entra/identity/role-based-access-control`;

// The first match counts, so the particular stands before the general.
const KNOWN: readonly KnownFailure[] = [
  {
    command: /./,
    sign: /az login|AADSTS(?:50076|50079|50173|65001|70043|700082|530003)\b|interaction_required/,
    what: 'The login of az has ended, or Entra wants more for this.',
    remedy:
      'Log in again: az login. For Entra itself: az login --scope https://graph.microsoft.com//.default',
    link: `${LEARN}/cli/azure/authenticate-azure-cli`,
  },
  {
    command: / ad app | ad sp /,
    sign: /Authorization_RequestDenied|Insufficient privileges/,
    what: 'You may not register applications: the tenant reserves that to those with a role in Entra.',
    remedy:
      'Use a user-assigned identity, which needs no role in Entra (--identity user-assigned), or ask for the role Application Developer.',
    link: `${ENTRA}/delegate-app-roles#restrict-who-can-create-applications`,
  },
  {
    command: / federated-credential /,
    sign: /at most 20|[Tt]oo many [Ff]ederated|maximum (?:number|of) .*[Ff]ederated|Directory_QuotaExceeded/,
    what: 'The identity has as many federated credentials as Entra allows: twenty.',
    remedy: 'Delete those that are not needed, or take another identity (--name).',
    link: `${LEARN}/entra/workload-id/workload-identity-federation-considerations`,
  },
  {
    command: / federated-credential /,
    sign: /are not supported in/,
    what: 'Identities of this region cannot have federated credentials.',
    remedy: 'Take another region (--location): labs need not be in the same one.',
    link: `${LEARN}/entra/workload-id/workload-identity-federation-considerations`,
  },
  {
    command: / provider register /,
    sign: /AuthorizationFailed|register\/action/,
    what: 'You may not register resource providers in this subscription.',
    remedy: 'Ask an owner or contributor of the subscription to run this command.',
    link: `${LEARN}/azure/azure-resource-manager/management/resource-providers-and-types#register-resource-provider`,
  },
  {
    command: / role assignment /,
    sign: /AuthorizationFailed/,
    what: 'You may not assign roles on this subscription.',
    remedy: 'Ask an owner of it to run this command, or to make you Owner or User Access Administrator.',
    link: `${LEARN}/azure/role-based-access-control/role-assignments-steps#step-4-check-your-prerequisites`,
  },
  {
    command: /./,
    sign: /ScopeLocked/,
    what: 'A lock forbids this change.',
    remedy: 'Remove the lock (az lock list), run this again, and lock it again.',
    link: `${LEARN}/azure/azure-resource-manager/management/lock-resources`,
  },
  {
    command: /./,
    sign: /AuthorizationFailed/,
    what: 'You may not do this in the subscription.',
    remedy:
      'Ask an owner of the subscription to run this command. After a new assignment log in again: az login',
    link: `${LEARN}/azure/role-based-access-control/troubleshooting`,
  },
];

/** What failed, the likely cause, what to do and where to read on; what is not known is shown as it is. */
export function describe(error: unknown): string {
  if (!(error instanceof CommandFailed)) return describeFailure(error);
  const command = ` ${error.command.join(' ')} `;
  const known = KNOWN.find(each => each.command.test(command) && each.sign.test(error.stderr));
  if (!known) return describeFailure(error);
  const said = error.stderr.trim().split('\n').slice(0, 5).join('\n');
  return describeFailure(new ActionFailed(`${known.what}\n${said}`, known.remedy, known.link));
}
