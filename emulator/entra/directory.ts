export interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** Milliseconds since the epoch. The token endpoint sees a credential some time after its creation. */
  readonly effectiveAt: number;
}

/** @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
export const federatedCredentialLimits = {
  /** Per application or identity. */
  most: 20,
  name: /^[a-z\d][a-z\d-_]{2,119}$/i,
  /** Characters of issuer, subject, or audience. */
  longestText: 600,
} as const;

interface Entry {
  readonly objectId: string;
  readonly displayName: string;
}

export interface User extends Entry {
  readonly kind: 'User';
  readonly userPrincipalName: string;
}

export interface ServicePrincipal extends Entry {
  readonly kind: 'Application' | 'ManagedIdentity';
  readonly clientId: string;
  /** ARM ID of a managed identity. */
  readonly resourceId?: string;
  federatedCredentials: FederatedCredential[];
}

export type Principal = User | ServicePrincipal;

export class Directory {
  readonly #byObjectId = new Map<string, Principal>();
  /** Members by group: object IDs. */
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

  /** Or replaces its members. All IDs are object IDs. */
  setGroup(groupId: string, members: readonly string[]): void {
    this.#groups.set(groupId.toLowerCase(), new Set(members));
  }

  /** Object IDs. */
  groupsOf(objectId: string): string[] {
    return [...this.#groups].filter(([, members]) => members.has(objectId)).map(([groupId]) => groupId);
  }

  all(): Principal[] {
    return [...this.#byObjectId.values()];
  }
}
