import { type Az, lookUp } from '../../actions/shared/az.ts';
import { ActionFailed } from '../../actions/shared/failures.ts';
import type { TrustedSubjects } from '../github/subjects.ts';
import { type Ids, nothingToDo, type Step } from '../steps.ts';
import { ISSUER, type Wanted } from '../settings.ts';
import { azCall } from './operations.ts';
import type { Credential, FoundCredential } from './federated-credentials.ts';
import type { FoundIdentity } from './identity.ts';

interface Application {
  /** Object id. */
  readonly id: string;
  /** Client id. */
  readonly appId: string;
  readonly displayName: string;
  readonly passwordCredentials?: readonly unknown[];
  readonly keyCredentials?: readonly unknown[];
}

/** An application in the tenant, with its service principal in the same tenant. It belongs to no resource group. */
export async function findAppRegistration(
  az: Az,
  { identity: { name }, repository }: Wanted,
  trusted: TrustedSubjects,
): Promise<FoundIdentity> {
  const named = await az<Application[]>(['ad', 'app', 'list', '--display-name', name]);
  // az gives all whose name begins so.
  const exactly = named.filter(({ displayName }) => displayName === name);
  if (exactly.length > 1)
    throw new ActionFailed(
      `The tenant has ${exactly.length} applications named ${name}: ${exactly.map(({ appId }) => appId).join(', ')}.`,
      'Delete or rename the others, or take another name (--name).',
    );
  const [app] = exactly;
  const principal = app && (await lookUp<{ id: string }>(az, ['ad', 'sp', 'show', '--id', app.appId]));
  const credentials = app ? await az<FoundCredential[]>(list(app.id)) : [];
  const ours = app !== undefined && belongs(app, credentials, repository.fullName, trusted);

  return {
    ids: {
      ...(app && { clientId: app.appId, objectId: app.id }),
      ...(principal && { principalId: principal.id }),
    },
    credentials,
    ours,

    setUp(): Step[] {
      const register = azCall(
        () => ['ad', 'app', 'create', '--display-name', name, '--sign-in-audience', 'AzureADMyOrg'],
        ({ id, appId }: Application) => ({ objectId: id, clientId: appId }),
      );
      const makePrincipal = azCall(
        ({ clientId }) => ['ad', 'sp', 'create', '--id', clientId],
        ({ id }: { id: string }) => ({ principalId: id }),
      );
      return [
        app
          ? nothingToDo('App registration', name)
          : { what: 'App registration', name, does: 'create', calls: [register] },
        principal
          ? nothingToDo('Service principal', name)
          : { what: 'Service principal', name, does: 'create', calls: [makePrincipal] },
      ];
    },

    remove(): Step[] {
      if (!ours || !app) return [];
      // The service principal goes with it.
      const call = azCall(() => ['ad', 'app', 'delete', '--id', app.id]);
      return [{ what: 'App registration', name, does: 'delete', calls: [call] }];
    },

    notes:
      app && hasSecrets(app)
        ? [`The app registration ${name} has passwords or certificates: whoever holds one can be it too`]
        : [],
    stays:
      app && !ours
        ? [`App registration ${name}: others than this repository's jobs can use it, or nobody can`]
        : [],

    writeCredential: (credential, verb) =>
      azCall(({ objectId }) => [
        ...['ad', 'app', 'federated-credential', verb, '--id', objectId],
        ...(verb === 'update' ? ['--federated-credential-id', credential.name] : []),
        ...['--parameters', body(credential)],
      ]),
    deleteCredential: credential =>
      azCall(({ objectId }: Ids) => [
        ...['ad', 'app', 'federated-credential', 'delete', '--id', objectId],
        ...['--federated-credential-id', credential],
      ]),
  };
}

function list(objectId: string): string[] {
  return ['ad', 'app', 'federated-credential', 'list', '--id', objectId];
}

function body({ name, subject, audience }: Credential): string {
  return JSON.stringify({ name, issuer: ISSUER, subject, audiences: [audience] });
}

/** az can tag no application: so it is ours where nobody but this repository's jobs can use it. */
function belongs(
  app: Application,
  credentials: readonly FoundCredential[],
  fullName: string,
  { subjects }: TrustedSubjects,
): boolean {
  const [owner, name] = fullName.split('/');
  const prefix = new RegExp(`^repo:${escaped(owner)}(@\\d+)?/${escaped(name)}(@\\d+)?:`);
  return (
    !hasSecrets(app) &&
    credentials.length > 0 &&
    credentials.every(
      ({ issuer, subject }) =>
        issuer === ISSUER && (prefix.test(subject) || subjects.some(each => each.subject === subject)),
    )
  );
}

function hasSecrets({ passwordCredentials = [], keyCredentials = [] }: Application): boolean {
  return passwordCredentials.length + keyCredentials.length > 0;
}

function escaped(text = ''): string {
  return text.replaceAll(/[.\\+*?^${}()|[\]]/g, '\\$&');
}
