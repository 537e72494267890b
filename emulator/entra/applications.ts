import { randomUUID } from 'node:crypto';
import type { AzureCloud } from '../azure-clouds.ts';
import { isObject, type JsonObject, parseJson } from '../http/json.ts';
import { json, type Reply, type Request } from '../http/service.ts';
import type { EntraContext } from './context.ts';
import type { FederatedCredential, ServicePrincipal } from './directory.ts';
import { federatedCredentialLimits } from './federated-credentials.ts';
import { badRequest, GraphError, notFound, unsupportedFilter } from './graph-error.ts';

/** Where Graph describes what it answers. */
export function metadataOf({ hosts }: AzureCloud): string {
  return `https://${hosts.graph}/v1.0/$metadata`;
}

interface Credential extends FederatedCredential {
  readonly id: string;
  readonly description: string | null;
}

interface Application {
  /** Object id; not that of its service principal. */
  readonly id: string;
  readonly appId: string;
  readonly createdDateTime: string;
  displayName: string;
  credentials: readonly Credential[];
}

/**
 * The applications that are registered in the tenant, with their federated credentials.
 * @see https://learn.microsoft.com/graph/api/resources/application
 * @see https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
 */
export class Applications {
  readonly #context: EntraContext;
  readonly #applications = new Map<string, Application>();

  constructor(context: EntraContext) {
    this.#context = context;
  }

  /**
   * Answers a request of one who may write applications.
   * @param path below `applications`, without slashes
   * @throws GraphError
   */
  answer(request: Request, path: readonly string[]): Reply {
    const [id, below, key, ...rest] = path;
    if (rest.length > 0 || (below !== undefined && below !== 'federatedIdentityCredentials')) {
      throw badRequest(`Resource not found for the segment '${rest[0] ?? below}'.`);
    }
    const operation = `${request.method} ${below ? (key ? 'credential' : 'credentials') : id ? 'application' : 'applications'}`;
    switch (operation) {
      case 'GET applications':
        return this.#list(request.url.searchParams.get('$filter') ?? '');
      case 'POST applications':
        return this.#create(bodyOf(request));
      case 'GET application':
        return json(200, this.#entity('applications', shown(this.#get(id))));
      case 'PATCH application': {
        const application = this.#get(id);
        const { displayName } = bodyOf(request);
        if (typeof displayName === 'string') application.displayName = displayName;
        return { status: 204 };
      }
      case 'DELETE application':
        return this.#delete(this.#get(id));
      case 'GET credentials':
        return json(200, {
          '@odata.context': `${metadataOf(this.#context.cloud)}#applications('${id}')/federatedIdentityCredentials`,
          value: this.#get(id).credentials.map(shownCredential),
        });
      case 'POST credentials':
        return this.#addCredential(this.#get(id), bodyOf(request));
      case 'GET credential':
        return json(
          200,
          this.#entity(
            `applications('${id}')/federatedIdentityCredentials`,
            shownCredential(credentialOf(this.#get(id), key)),
          ),
        );
      case 'PATCH credential':
        return this.#changeCredential(this.#get(id), key, bodyOf(request));
      case 'DELETE credential': {
        const application = this.#get(id);
        const credential = credentialOf(application, key);
        application.credentials = application.credentials.filter(each => each !== credential);
        return { status: 204 };
      }
      default:
        throw new GraphError(
          405,
          'Request_BadRequest',
          'Specified HTTP method is not allowed for the request target.',
        );
    }
  }

  /**
   * Makes the service principal of an application, which can then sign in and be given roles.
   * @throws GraphError where there is no such application, or it has one
   */
  createServicePrincipal(body: unknown): ServicePrincipal {
    const { appId } = isObject(body) ? body : {};
    const application = [...this.#applications.values()].find(each => each.appId === appId);
    if (!application) {
      throw badRequest(
        `The appId '${String(appId)}' of the service principal does not reference a valid application object.`,
      );
    }
    const { directory } = this.#context;
    if (directory.findByClientId(application.appId)) {
      throw new GraphError(
        409,
        'Request_MultipleObjectsWithSameKeyValue',
        `The service principal cannot be created, updated, or restored because the service principal name ${application.appId} is already in use.`,
      );
    }
    return directory.add<ServicePrincipal>({
      kind: 'Application',
      objectId: randomUUID(),
      clientId: application.appId,
      displayName: application.displayName,
      // Credentials are the application's: they can be there before, and change after.
      get federatedCredentials() {
        return [...application.credentials];
      },
      set federatedCredentials(_) {
        throw new Error('The credentials of an application are written through Graph.');
      },
    });
  }

  #entity(collection: string, value: object): object {
    return { '@odata.context': `${metadataOf(this.#context.cloud)}#${collection}/$entity`, ...value };
  }

  #list(filter: string): Reply {
    const appId = /^appId eq '([^']*)'$/i.exec(filter)?.[1];
    const byUri = /^identifierUris\/any\((\w+):\1 eq '[^']*'\)$/i.test(filter);
    const matches = appId === undefined && !byUri ? byDisplayName(filter) : undefined;
    const value = [...this.#applications.values()].filter(each =>
      // No application here has identifier URIs.
      matches ? matches(each.displayName) : each.appId === appId?.toLowerCase(),
    );
    return json(200, {
      '@odata.context': `${metadataOf(this.#context.cloud)}#applications`,
      value: value.map(shown),
    });
  }

  #get(id = ''): Application {
    const found = this.#applications.get(id.toLowerCase());
    if (!found) throw notFound(id);
    return found;
  }

  #create({ displayName }: JsonObject): Reply {
    if (typeof displayName !== 'string' || displayName === '') {
      throw badRequest("A value is required for property 'displayName' of resource 'Application'.");
    }
    const application: Application = {
      id: randomUUID(),
      appId: randomUUID(),
      createdDateTime: new Date().toISOString().replace(/\.\d+/, ''),
      displayName,
      credentials: [],
    };
    this.#applications.set(application.id, application);
    return json(201, this.#entity('applications', shown(application)));
  }

  /** Its service principal goes with it; the roles that this one had stay, and name nobody. */
  #delete({ id, appId }: Application): Reply {
    const { directory } = this.#context;
    this.#applications.delete(id);
    const principal = directory.findByClientId(appId);
    if (principal) directory.remove(principal.objectId);
    return { status: 204 };
  }

  #addCredential(application: Application, body: JsonObject): Reply {
    const { name } = body;
    if (typeof name !== 'string' || !federatedCredentialLimits.name.test(name)) {
      throw badRequest(`Federated Identity Credential name '${String(name)}' is invalid.`);
    }
    if (application.credentials.some(each => each.name.toLowerCase() === name.toLowerCase())) {
      throw conflict(`FederatedIdentityCredential with name ${name} already exists.`);
    }
    if (application.credentials.length >= federatedCredentialLimits.most) {
      throw badRequest(
        `The application has reached the limit of ${federatedCredentialLimits.most} federated identity credentials.`,
      );
    }
    const credential = this.#written(application, { id: randomUUID(), name }, body);
    application.credentials = [...application.credentials, credential];
    const context = `applications('${application.id}')/federatedIdentityCredentials`;
    return json(201, this.#entity(context, shownCredential(credential)));
  }

  /** What the body leaves out stays; the name always does. */
  #changeCredential(application: Application, key: string | undefined, body: JsonObject): Reply {
    const before = credentialOf(application, key);
    if (body.name !== undefined && body.name !== before.name) {
      throw badRequest("The property 'name' of a federated identity credential cannot be changed.");
    }
    const { issuer, subject, audiences, description } = before;
    const after = this.#written(application, before, { issuer, subject, audiences, description, ...body });
    application.credentials = application.credentials.map(each => (each === before ? after : each));
    return { status: 204 };
  }

  #written(
    application: Application,
    { id, name }: Pick<Credential, 'id' | 'name'>,
    body: JsonObject,
  ): Credential {
    const { issuer, subject, audiences = [this.#context.cloud.tokenExchange], description = null } = body;
    if (typeof issuer !== 'string' || issuer === '' || typeof subject !== 'string' || subject === '') {
      throw badRequest("Federated Identity Credential must specify 'issuer', 'subject' and 'audiences'.");
    }
    if (!Array.isArray(audiences) || audiences.length !== 1 || typeof audiences[0] !== 'string') {
      throw badRequest('Federated identity credentials must have exactly one audience.');
    }
    const { longestText } = federatedCredentialLimits;
    if ([issuer, subject, audiences[0]].some(text => text.length > longestText)) {
      throw badRequest(
        `Issuer, subject and audience of a federated identity credential have at most ${longestText} characters.`,
      );
    }
    const others = application.credentials.filter(each => each.id !== id);
    if (others.some(each => each.issuer === issuer && each.subject === subject)) {
      throw conflict(
        `FederatedIdentityCredential with issuer ${issuer} and subject ${subject} already exists on the application.`,
      );
    }
    const delay = this.#context.latency.of('federated credential propagation');
    this.#context.log(`graph: federated credential ${name}, in force in ${Math.round(delay)} ms`);
    return {
      id,
      name,
      issuer,
      subject,
      audiences: [audiences[0]],
      description: typeof description === 'string' ? description : null,
      effectiveAt: Date.now() + delay,
    };
  }
}

/**
 * What a filter on display names lets through: `displayName eq 'a'`, `startswith(displayName,'a')`, or everything.
 * @throws GraphError where the filter is another one
 */
export function byDisplayName(filter: string): (displayName: string) => boolean {
  if (filter === '') return () => true;
  const [, equal, start] =
    /^(?:displayName eq '((?:[^']|'')*)'|startswith\(displayName,\s*'((?:[^']|'')*)'\))$/i.exec(filter) ?? [];
  const wanted = (equal ?? start)?.replaceAll("''", "'").toLowerCase();
  if (wanted === undefined) throw unsupportedFilter(filter);
  return displayName => {
    const name = displayName.toLowerCase();
    return equal === undefined ? name.startsWith(wanted) : name === wanted;
  };
}

function bodyOf(request: Request): JsonObject {
  const body = parseJson(request);
  if (isObject(body)) return body;
  throw badRequest(
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  );
}

/** By its id or by its name. */
function credentialOf({ credentials }: Application, key = ''): Credential {
  const found = credentials.find(({ id, name }) => id === key.toLowerCase() || name === key);
  if (!found) throw notFound(key);
  return found;
}

function conflict(message: string): GraphError {
  return new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', message);
}

function shown({ id, appId, displayName, createdDateTime }: Application): object {
  return {
    id,
    deletedDateTime: null,
    appId,
    createdDateTime,
    displayName,
    description: null,
    identifierUris: [],
    signInAudience: 'AzureADMyOrg',
    tags: [],
    keyCredentials: [],
    passwordCredentials: [],
    requiredResourceAccess: [],
  };
}

function shownCredential({ id, name, issuer, subject, audiences, description }: Credential): object {
  return { id, name, issuer, subject, description, audiences };
}
