import { randomUUID } from 'node:crypto';
import type { AzureCloud } from '../azure-clouds.ts';
import { isObject, type JsonObject, parseJson } from '../http/json.ts';
import { json, type Reply, type Request } from '../http/service.ts';
import { wholeSeconds } from '../timestamps.ts';
import type { EntraContext } from './context.ts';
import type { FederatedCredential, ServicePrincipal } from './directory.ts';
import { federatedCredentialLimits } from './directory.ts';
import { badRequest, GraphError, notFound, unsupportedFilter } from './graph-errors.ts';

export function metadataOf({ hosts }: AzureCloud): string {
  return `https://${hosts.graph}/v1.0/$metadata`;
}

interface Credential extends FederatedCredential {
  readonly id: string;
  readonly description: string | null;
}

interface Application {
  /** Differs from that of its service principal. */
  readonly id: string;
  readonly appId: string;
  readonly createdDateTime: string;
  displayName: string;
  credentials: readonly Credential[];
}

/**
 * The caller is allowed to write applications. Every method throws a {@link GraphError} for what Graph rejects.
 * @see https://learn.microsoft.com/graph/api/resources/application
 * @see https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
 */
export class Applications {
  readonly #context: EntraContext;
  readonly #applications = new Map<string, Application>();

  constructor(context: EntraContext) {
    this.#context = context;
  }

  /** @param filter OData, as az sends it */
  list(filter: string): Reply {
    const appId = /^appId eq '([^']*)'$/i.exec(filter)?.[1];
    const byUri = /^identifierUris\/any\((\w+):\1 eq '[^']*'\)$/i.test(filter);
    const matches = appId === undefined && !byUri ? byDisplayName(filter) : undefined;
    const value = [...this.#applications.values()].filter(each =>
      // No application has identifier URIs.
      matches ? matches(each.displayName) : each.appId === appId?.toLowerCase(),
    );
    return json(200, {
      '@odata.context': `${metadataOf(this.#context.cloud)}#applications`,
      value: value.map(applicationObject),
    });
  }

  create(request: Request): Reply {
    const { displayName } = bodyOf(request);
    if (typeof displayName !== 'string' || displayName === '') {
      throw badRequest("A value is required for property 'displayName' of resource 'Application'.");
    }
    const application: Application = {
      id: randomUUID(),
      appId: randomUUID(),
      createdDateTime: wholeSeconds(new Date()),
      displayName,
      credentials: [],
    };
    this.#applications.set(application.id, application);
    return json(201, this.#entity('applications', applicationObject(application)));
  }

  get(id: string): Reply {
    return json(200, this.#entity('applications', applicationObject(this.#find(id))));
  }

  update(id: string, request: Request): Reply {
    const application = this.#find(id);
    const { displayName } = bodyOf(request);
    if (typeof displayName === 'string') application.displayName = displayName;
    return { status: 204 };
  }

  /** With its service principal, whose role assignments stay. */
  delete(id: string): Reply {
    const application = this.#find(id);
    const { directory } = this.#context;
    this.#applications.delete(application.id);
    const principal = directory.findByClientId(application.appId);
    if (principal) directory.remove(principal.objectId);
    return { status: 204 };
  }

  listCredentials(id: string): Reply {
    return json(200, {
      '@odata.context': `${metadataOf(this.#context.cloud)}#${credentialsOf(id)}`,
      value: this.#find(id).credentials.map(credentialObject),
    });
  }

  addCredential(id: string, request: Request): Reply {
    const application = this.#find(id);
    const body = bodyOf(request);
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
    const credential = this.#newCredential(application, { id: randomUUID(), name }, body);
    application.credentials = [...application.credentials, credential];
    return json(201, this.#entity(credentialsOf(application.id), credentialObject(credential)));
  }

  getCredential(id: string, key: string): Reply {
    return json(200, this.#entity(credentialsOf(id), credentialObject(findCredential(this.#find(id), key))));
  }

  /** Properties that the body leaves out stay. The name never changes. */
  updateCredential(id: string, key: string, request: Request): Reply {
    const application = this.#find(id);
    const body = bodyOf(request);
    const before = findCredential(application, key);
    if (body.name !== undefined && body.name !== before.name) {
      throw badRequest("The property 'name' of a federated identity credential cannot be changed.");
    }
    const { issuer, subject, audiences, description } = before;
    const after = this.#newCredential(application, before, {
      ...{ issuer, subject, audiences, description },
      ...body,
    });
    application.credentials = application.credentials.map(each => (each === before ? after : each));
    return { status: 204 };
  }

  deleteCredential(id: string, key: string): Reply {
    const application = this.#find(id);
    const credential = findCredential(application, key);
    application.credentials = application.credentials.filter(each => each !== credential);
    return { status: 204 };
  }

  /** @throws GraphError if the application does not exist or already has one */
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
      // Credentials can exist before the service principal, and change later.
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

  #find(id: string): Application {
    const found = this.#applications.get(id.toLowerCase());
    if (!found) throw notFound(id);
    return found;
  }

  #newCredential(
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
    this.#context.log(`graph: federated credential ${name}, effective in ${Math.round(delay)} ms`);
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
 * `displayName eq 'a'`, `startswith(displayName,'a')`, or none.
 * @throws GraphError for any other filter
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

/** @param key ID or name */
function findCredential({ credentials }: Application, key: string): Credential {
  const found = credentials.find(({ id, name }) => id === key.toLowerCase() || name === key);
  if (!found) throw notFound(key);
  return found;
}

function credentialsOf(applicationId: string): string {
  return `applications('${applicationId}')/federatedIdentityCredentials`;
}

function conflict(message: string): GraphError {
  return new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', message);
}

function applicationObject({ id, appId, displayName, createdDateTime }: Application): object {
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

function credentialObject({ id, name, issuer, subject, audiences, description }: Credential): object {
  return { id, name, issuer, subject, description, audiences };
}
