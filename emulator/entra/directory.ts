/** A federated identity credential, as the token endpoint matches it. */
export interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Milliseconds since the epoch from which the token endpoint sees it: writes take a while to be seen. */
  readonly effectiveAt: number;
}

/**
 * What Entra allows in the federated credentials of an application or a managed identity.
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
export const federatedCredentialLimits = {
  /** Of one application or identity. */
  most: 20,
  name: /^[a-z\d][a-z\d-_]{2,119}$/i,
  /** Of issuer, subject and audience each, in characters. */
  longestText: 600,
} as const;

interface Entry {
  readonly objectId: string;
  readonly displayName: string;
}

/** A person. */
export interface User extends Entry {
  readonly kind: 'User';
  readonly userPrincipalName: string;
}

/** An application's service principal, or a user-assigned managed identity: both are service principals to Graph and to roles. */
export interface ServicePrincipal extends Entry {
  readonly kind: 'Application' | 'ManagedIdentity';
  readonly clientId: string;
  /** ARM id of a managed identity. */
  readonly resourceId?: string;
  federatedCredentials: FederatedCredential[];
}

export type Principal = User | ServicePrincipal;

/** The principals of the tenant. */
export class Directory {
  readonly #byObjectId = new Map<string, Principal>();
  /** Object ids of the members, by that of the group. */
  readonly #groups = new Map<string, ReadonlySet<string>>();

  add<P extends Principal>(principal: P): P {
    this.#byObjectId.set(principal.objectId, principal);
    return principal;
  }

  remove(objectId: string): void {
    this.#byObjectId.delete(objectId);
  }

  findByObjectId(objectId: string): Principal | undefined {
    return this.#byObjectId.get(objectId.toLowerCase());
  }

  findByClientId(clientId: string): ServicePrincipal | undefined {
    const wanted = clientId.toLowerCase();
    return this.all().find((p): p is ServicePrincipal => p.kind !== 'User' && p.clientId === wanted);
  }

  /** Makes a security group, or gives one other members. All ids are object ids. */
  setGroup(groupId: string, members: readonly string[]): void {
    this.#groups.set(groupId.toLowerCase(), new Set(members));
  }

  /** Object ids of the groups that a principal is a member of. */
  groupsOf(objectId: string): string[] {
    return [...this.#groups].filter(([, members]) => members.has(objectId)).map(([groupId]) => groupId);
  }

  all(): Principal[] {
    return [...this.#byObjectId.values()];
  }
}
