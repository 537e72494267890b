import { TokenRejected } from '../entra/tokens.ts';
import type { Attributes, Decision, ExternalAuthority, User } from '../kubernetes/api/server.ts';
import type { AksContext } from './context.ts';

export interface EntraSettings {
  /** Object IDs of groups of cluster administrators. */
  readonly adminGroups: readonly string[];
  /** Role assignments on the cluster also authorize requests. */
  readonly azureRbac: boolean;
}

export interface EntraOptions {
  /** Scope of role assignments: ARM ID of the cluster. */
  readonly clusterId: string;
  /** `undefined` if the cluster has only local accounts. */
  readonly settings: () => EntraSettings | undefined;
}

export class EntraAccess implements ExternalAuthority {
  readonly #context: AksContext;
  readonly #options: EntraOptions;

  constructor(context: AksContext, options: EntraOptions) {
    this.#context = context;
    this.#options = options;
  }

  /**
   * Users are named by principal name; applications and managed identities by object ID.
   * @see https://learn.microsoft.com/azure/aks/managed-azure-ad
   */
  async authenticate(token: string): Promise<User | undefined> {
    if (this.#options.settings() === undefined) return undefined;
    try {
      const { objectId } = await this.#context.tokens.verifyAccessToken(
        `Bearer ${token}`,
        this.#context.cloud.audiences.aks,
      );
      const principal = this.#context.directory.findByObjectId(objectId);
      if (principal === undefined) return undefined;
      return {
        name: principal.kind === 'User' ? principal.userPrincipalName : objectId,
        groups: this.#context.directory.groupsOf(objectId),
        extra: { oid: [objectId] },
      };
    } catch (error) {
      if (error instanceof TokenRejected) return undefined;
      throw error;
    }
  }

  /** @see https://learn.microsoft.com/azure/aks/manage-azure-rbac */
  authorize(user: User, requested: Attributes): Decision {
    const settings = this.#options.settings();
    const [objectId] = user.extra?.oid ?? [];
    if (settings === undefined || objectId === undefined) return { allowed: false };
    if (user.groups.some(group => settings.adminGroups.includes(group))) return { allowed: true };
    if (!settings.azureRbac) return { allowed: false };
    const namespace = 'path' in requested ? undefined : requested.namespace;
    const scope = namespace ? `${this.#options.clusterId}/namespaces/${namespace}` : this.#options.clusterId;
    const { allowed } = this.#context.authorization.check(
      objectId,
      { dataAction: dataAction(requested) },
      scope,
    );
    return allowed
      ? { allowed }
      : {
          allowed,
          why: 'User does not have access to the resource in Azure. Update role assignment to allow access.',
        };
  }
}

/**
 * A subresource counts as its resource, except `pods/exec`.
 * @see https://github.com/kubeguard/guard/blob/master/authz/providers/azure/rbac/checkaccessreqhelper.go
 */
function dataAction(requested: Attributes): string {
  const root = 'Microsoft.ContainerService/managedClusters';
  const action = actions[requested.verb] ?? 'write';
  if ('path' in requested) return `${root}${requested.path}/${action}`;
  const { group, resource, subresource } = requested;
  const what = group ? `${group}/${resource}` : resource;
  return resource === 'pods' && subresource === 'exec'
    ? `${root}/pods/exec/action`
    : `${root}/${what}/${action}`;
}

const actions: Readonly<Record<string, string>> = {
  get: 'read',
  list: 'read',
  watch: 'read',
  delete: 'delete',
  deletecollection: 'delete',
  impersonate: 'impersonate/action',
};
