import { setTimeout as pause } from 'node:timers/promises';
import type { FederatedCredential } from '../../entra/directory.ts';
import { federatedCredentialLimits } from '../../entra/directory.ts';
import type { JsonObject } from '../../http/json.ts';
import { json, type Reply } from '../../http/service.ts';
import { object, text } from '../body.ts';
import type { ArmContext } from '../context.ts';
import { ArmError, resourceNotFound } from '../errors.ts';
import type { ArmRequest, ResourceType } from '../provider.ts';
import type { UserAssignedIdentity } from './identity.ts';

const type = 'userAssignedIdentities/federatedIdentityCredentials';
const { most, name: validName, longestText } = federatedCredentialLimits;
const unsupportedLocations: readonly string[] = ['malaysiasouth', 'newzealandnorth'];

/**
 * Stored with the principal, for the token endpoint.
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
export class FederatedCredentials {
  readonly resourceType: ResourceType;
  readonly #context: ArmContext;
  readonly #identityOf: (id: string) => UserAssignedIdentity | undefined;
  readonly #writing = new Set<string>();

  constructor(context: ArmContext, identityOf: (id: string) => UserAssignedIdentity | undefined) {
    this.#context = context;
    this.#identityOf = identityOf;
    this.resourceType = {
      name: type,
      get: request => this.#get(request),
      list: request => this.#list(request),
      put: request => this.#writeExclusively(request, identity => this.#put(identity, request)),
      delete: request => this.#writeExclusively(request, identity => this.#delete(identity, request)),
    };
  }

  /** The front door checked that the identity exists. */
  #parent({ id }: ArmRequest): UserAssignedIdentity {
    const [identityId] = id.text.split(/\/federatedIdentityCredentials/i);
    return this.#identityOf(identityId!)!;
  }

  #get(request: ArmRequest): Reply {
    const identity = this.#parent(request);
    const credential = find(identity, request.id.names[1]!);
    if (!credential) {
      throw resourceNotFound(
        `Microsoft.ManagedIdentity/${type}`,
        request.id.names.join('/'),
        request.id.resourceGroup!,
      );
    }
    return json(200, credentialBody(identity, credential));
  }

  #list(request: ArmRequest): Reply {
    const identity = this.#parent(request);
    return json(200, {
      value: identity.principal.federatedCredentials.map(each => credentialBody(identity, each)),
    });
  }

  /** Azure rejects concurrent writes to an identity's credentials. */
  async #writeExclusively(
    request: ArmRequest,
    write: (identity: UserAssignedIdentity) => Reply,
  ): Promise<Reply> {
    const identity = this.#parent(request);
    if (this.#writing.has(identity.id)) {
      throw new ArmError(
        409,
        'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity',
        `Too many Federated Identity Credentials are written concurrently for the managed identity '${identity.id.toLowerCase()}'. Concurrent Federated Identity Credentials writes under the same managed identity are not supported.`,
      );
    }
    this.#writing.add(identity.id);
    try {
      await pause(this.#context.latency.of('federated credential write'), undefined, { ref: false });
      return write(identity);
    } finally {
      this.#writing.delete(identity.id);
    }
  }

  #put(identity: UserAssignedIdentity, { id, body }: ArmRequest): Reply {
    const name = id.names[1]!;
    if (unsupportedLocations.includes(identity.location)) {
      throw new ArmError(
        405,
        'MethodNotAllowed',
        `Federated identity credentials are not supported in '${identity.location}'.`,
      );
    }
    const requested = { name, ...this.#read(name, body) };
    const { principal } = identity;
    const existing = find(identity, name);
    const others = principal.federatedCredentials.filter(each => each !== existing);
    if (others.some(each => each.issuer === requested.issuer && each.subject === requested.subject)) {
      throw badRequest('Issuer and subject combination already exists for this Managed Identity.');
    }
    if (!existing && others.length >= most) {
      throw badRequest(
        `Too many Federated Identity Credentials: a managed identity can have at most ${most}.`,
      );
    }
    const credential =
      existing && unchanged(existing, requested) ? existing : this.#effectiveLater(requested);
    principal.federatedCredentials = [...others, credential];
    const answer = credentialBody(identity, credential);
    return existing ? json(200, answer) : json(201, answer, { location: encodeURI(answer.id) });
  }

  #effectiveLater(credential: Omit<FederatedCredential, 'effectiveAt'>): FederatedCredential {
    const delay = this.#context.latency.of('federated credential propagation');
    this.#context.log(`arm: federated credential ${credential.name}, effective in ${Math.round(delay)} ms`);
    return { ...credential, effectiveAt: Date.now() + delay };
  }

  #read(name: string, body: JsonObject): { issuer: string; subject: string; audiences: string[] } {
    if (!validName.test(name)) {
      throw badRequest(`Federated Identity Credential name '${name}' is invalid.`);
    }
    const properties = object(body.properties);
    if (Object.keys(properties).length === 0) {
      throw badRequest('Federated Identity Credential from HTTP body has empty properties');
    }
    const issuer = text(properties.issuer);
    const subject = text(properties.subject);
    if (!issuer || !subject) {
      throw badRequest(
        "The request format was unexpected. Federated Identity Credential must specify 'issuer', 'subject' and 'audience'.",
      );
    }
    const audiences = Array.isArray(properties.audiences)
      ? properties.audiences
      : [this.#context.cloud.tokenExchange];
    const [audience] = audiences;
    if (audiences.length !== 1 || typeof audience !== 'string') {
      throw badRequest('Federated identity credentials must have exactly one audience.');
    }
    for (const [member, value] of Object.entries({ issuer, subject, audience })) {
      if (value.length > longestText) {
        throw badRequest(
          `The ${member} of a Federated Identity Credential has at most ${longestText} characters.`,
        );
      }
    }
    return { issuer, subject, audiences: [audience] };
  }

  #delete(identity: UserAssignedIdentity, { id }: ArmRequest): Reply {
    const credential = find(identity, id.names[1]!);
    if (!credential) return { status: 204 };
    const { principal } = identity;
    principal.federatedCredentials = principal.federatedCredentials.filter(each => each !== credential);
    return { status: 200 };
  }
}

function find({ principal }: UserAssignedIdentity, name: string): FederatedCredential | undefined {
  return principal.federatedCredentials.find(each => each.name.toLowerCase() === name.toLowerCase());
}

function unchanged(
  existing: FederatedCredential,
  requested: Omit<FederatedCredential, 'effectiveAt'>,
): boolean {
  return (
    existing.issuer === requested.issuer &&
    existing.subject === requested.subject &&
    existing.audiences[0] === requested.audiences[0]
  );
}

function credentialBody(
  identity: UserAssignedIdentity,
  { name, issuer, subject, audiences }: FederatedCredential,
): { readonly id: string } & JsonObject {
  return {
    id: `${identity.id}/federatedIdentityCredentials/${name}`,
    name,
    type: `Microsoft.ManagedIdentity/${type}`,
    properties: { issuer, subject, audiences },
  };
}

function badRequest(message: string): ArmError {
  return new ArmError(400, 'BadRequest', message);
}
