import { type Az, findResource } from '../../actions/shared/az.ts';
import { ActionFailed } from '../../actions/shared/failures.ts';
import { quote } from '../../actions/shared/quote.ts';
import type { TrustedSubjects } from '../github/subjects.ts';
import { GITHUB_ISSUER, type Settings } from '../settings.ts';
import { type IdentityIds, type Step, unchangedStep } from '../steps.ts';
import type { Credential, FoundCredential } from './federated-credentials.ts';
import type { FoundIdentity } from './identity.ts';
import { azOperation } from './operations.ts';

interface Application {
  /** Object ID. */
  readonly id: string;
  /** Client ID. */
  readonly appId: string;
  readonly displayName: string;
  readonly passwordCredentials?: readonly unknown[];
  readonly keyCredentials?: readonly unknown[];
}

/** @throws {ActionFailed} if the tenant has several applications of this name */
export async function findAppRegistration(
  az: Az,
  { identity: { name }, repository }: Settings,
  trusted: TrustedSubjects,
): Promise<FoundIdentity> {
  // az also lists applications whose name only begins with this one.
  const candidates = await az<Application[]>(['ad', 'app', 'list', '--display-name', name]);
  const named = candidates.filter(({ displayName }) => displayName === name);
  if (named.length > 1)
    throw new ActionFailed(
      `The tenant has ${named.length} applications with the name ${quote(name)}.\nTheir client IDs: ${named.map(({ appId }) => quote(appId)).join(', ')}`,
      'Delete or rename the other applications, or use another name (--name).',
    );
  const [app] = named;
  const principal = app && (await findResource<{ id: string }>(az, ['ad', 'sp', 'show', '--id', app.appId]));
  const credentials = app ? await az<FoundCredential[]>(listCommand(app.id)) : [];
  const isOwned = app !== undefined && trustsOnly(app, credentials, repository.fullName, trusted);

  return {
    ids: {
      ...(app && { clientId: app.appId, objectId: app.id }),
      ...(principal && { principalId: principal.id }),
    },
    credentials,
    isOwned,

    planCreation(): Step[] {
      const createApplication = azOperation(
        () => ['ad', 'app', 'create', '--display-name', name, '--sign-in-audience', 'AzureADMyOrg'],
        ({ id, appId }: Application) => ({ objectId: id, clientId: appId }),
      );
      const createPrincipal = azOperation(
        ({ clientId }) => ['ad', 'sp', 'create', '--id', clientId],
        ({ id }: { id: string }) => ({ principalId: id }),
      );
      return [
        app
          ? unchangedStep('App registration', name)
          : { what: 'App registration', name, change: 'create', operations: [createApplication] },
        principal
          ? unchangedStep('Service principal', name)
          : { what: 'Service principal', name, change: 'create', operations: [createPrincipal] },
      ];
    },

    planDeletion(): Step[] {
      if (!isOwned || !app) return [];
      // Entra deletes the service principal with it.
      const remove = azOperation(() => ['ad', 'app', 'delete', '--id', app.id]);
      return [{ what: 'App registration', name, change: 'delete', operations: [remove] }];
    },

    notes:
      app && hasSecrets(app)
        ? [
            `The app registration ${quote(name)} has passwords or certificates. Everyone who has one can log in as it.`,
          ]
        : [],
    kept:
      app && !isOwned
        ? [
            `App registration ${name}: it has credentials other than those for this repository's jobs, or none`,
          ]
        : [],

    writeCredential: (credential, verb) =>
      azOperation(({ objectId }) => [
        ...['ad', 'app', 'federated-credential', verb, '--id', objectId],
        ...(verb === 'update' ? ['--federated-credential-id', credential.name] : []),
        ...['--parameters', credentialParameters(credential)],
      ]),
    deleteCredential: credential =>
      azOperation(({ objectId }: IdentityIds) => [
        ...['ad', 'app', 'federated-credential', 'delete', '--id', objectId],
        ...['--federated-credential-id', credential],
      ]),
  };
}

function listCommand(objectId: string): string[] {
  return ['ad', 'app', 'federated-credential', 'list', '--id', objectId];
}

function credentialParameters({ name, subject, audience }: Credential): string {
  return JSON.stringify({ name, issuer: GITHUB_ISSUER, subject, audiences: [audience] });
}

/**
 * az cannot tag an application. The proof of ownership is that only this repository's jobs can use
 * it.
 */
function trustsOnly(
  app: Application,
  credentials: readonly FoundCredential[],
  fullName: string,
  { subjects }: TrustedSubjects,
): boolean {
  const [owner, name] = fullName.split('/');
  const prefix = new RegExp(`^repo:${escapeRegExp(owner)}(@\\d+)?/${escapeRegExp(name)}(@\\d+)?:`);
  return (
    !hasSecrets(app) &&
    credentials.length > 0 &&
    credentials.every(
      ({ issuer, subject }) =>
        issuer === GITHUB_ISSUER && (prefix.test(subject) || subjects.some(each => each.subject === subject)),
    )
  );
}

function hasSecrets({ passwordCredentials = [], keyCredentials = [] }: Application): boolean {
  return passwordCredentials.length + keyCredentials.length > 0;
}

function escapeRegExp(text = ''): string {
  return text.replaceAll(/[.\\+*?^${}()|[\]]/g, '\\$&');
}
