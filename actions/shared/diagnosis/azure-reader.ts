import { type Az, findResource } from '../az.ts';
import { CommandFailed } from '../command-errors.ts';
import { secretName } from '../naming-rules.ts';
import { allows } from '../permissions.ts';
import type { Credential, Grant, Identity, Secret, Vault } from './workload-state.ts';

interface Assignment {
  id: string;
  role: string;
  roleId: string;
  scope: string;
}

interface RoleDefinition {
  properties: {
    permissions: readonly { dataActions?: readonly string[]; notDataActions?: readonly string[] }[];
  };
}

interface SecretResource {
  uri: string;
  attributes?: { enabled?: boolean; nbf?: number | null; exp?: number | null };
}

/** https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault */
const READ_SECRET = 'Microsoft.KeyVault/vaults/secrets/getSecret/action';

const DEFINITION = /\/providers\/Microsoft\.Authorization\/roleDefinitions\//i;

function ignoreFailure(error: unknown): [] {
  if (error instanceof CommandFailed) return [];
  throw error;
}

/** Reads each thing once, so that the diagnosis of many workloads needs few commands. */
export class AzureReader {
  readonly #az: Az;
  readonly #results = new Map<string, Promise<unknown>>();

  constructor(az: Az) {
    this.#az = az;
  }

  subscription(): Promise<string> {
    return this.#once(['account', 'show', '--query', 'id']);
  }

  /** null if the caller sees none in the subscription. */
  async identity(clientId: string): Promise<Identity | null> {
    const all = await this.#identities();
    return all.find(each => each.clientId.toLowerCase() === clientId.toLowerCase()) ?? null;
  }

  /** A caller with roles only on resource groups can list resources, but their details only group by group. */
  async #identities(): Promise<Identity[]> {
    try {
      return await this.#once<Identity[]>(['identity', 'list']);
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      const type = ['--resource-type', 'Microsoft.ManagedIdentity/userAssignedIdentities'];
      const groups = await this.#once<string[]>(['resource', 'list', ...type, '--query', '[].resourceGroup']);
      const lists = await Promise.all(
        [...new Set(groups)].map(group =>
          this.#once<Identity[]>(['identity', 'list', '--resource-group', group]),
        ),
      );
      return lists.flat();
    }
  }

  credentials({ name, resourceGroup }: Identity): Promise<Credential[]> {
    return this.#once([
      ...['identity', 'federated-credential', 'list'],
      ...['--identity-name', name, '--resource-group', resourceGroup],
    ]);
  }

  /**
   * The role assignments of the identity and its groups, on the scope and above, and on the rest of the subscription as
   * far as the caller sees it.
   * @param scope resource ID of the secret or its vault
   */
  async grants({ principalId }: Identity, scope: string): Promise<Grant[]> {
    const [here, elsewhere] = await Promise.all([
      this.#assignments(principalId, ['--scope', scope, '--include-inherited', '--include-groups']),
      this.#assignments(principalId, ['--all']).catch(ignoreFailure),
    ]);
    const assignments = new Map([...here, ...elsewhere].map(each => [each.id, each]));
    return Promise.all(
      [...assignments.values()].map(async ({ role, roleId, scope: of }) => ({
        role,
        scope: of,
        readsSecrets: await this.#readsSecrets(`${scope}${roleId.slice(roleId.search(DEFINITION))}`),
      })),
    );
  }

  /** Azure omits assignments on scopes that the caller is not allowed to read. */
  #assignments(principalId: string, where: readonly string[]): Promise<Assignment[]> {
    return this.#once<Assignment[]>([
      ...['role', 'assignment', 'list', '--assignee-object-id', principalId, ...where],
      ...['--fill-principal-name', 'false'],
      ...['--query', '[].{id: id, role: roleDefinitionName, roleId: roleDefinitionId, scope: scope}'],
    ]);
  }

  async vault(name: string): Promise<Vault | null> {
    const vaults = await this.#once<{ id: string; name: string }[]>([
      ...['keyvault', 'list', '--query', '[].{id: id, name: name}'],
    ]);
    const found = vaults.find(each => each.name.toLowerCase() === name.toLowerCase());
    if (!found) return null;
    const [, , , , group = ''] = found.id.split('/');
    return this.#once(['keyvault', 'show', '--name', found.name, '--resource-group', group]);
  }

  /**
   * A secret's attributes from Resource Manager, without its value; null if the vault does not have the secret.
   * https://learn.microsoft.com/rest/api/keyvault/secrets-resource/secrets/get
   */
  async secret(vault: Vault, name: string): Promise<Secret | null> {
    // The name comes from the pod, so it can be anything. Key Vault accepts no other names.
    if (!secretName.accepts(name)) return null;
    const once: Az = args => this.#once(args);
    const found = await findResource<SecretResource>(once, [
      ...['resource', 'show', '--ids', `${vault.id}/secrets/${name}`, '--api-version', '2023-07-01'],
      ...['--query', '{uri: properties.secretUriWithVersion, attributes: properties.attributes}'],
    ]);
    if (!found) return null;
    return {
      version: found.uri.split('/').at(-1) ?? '',
      enabled: found.attributes?.enabled !== false,
      notBefore: found.attributes?.nbf ?? undefined,
      expires: found.attributes?.exp ?? undefined,
    };
  }

  /**
   * Returns true if a role allows reading secrets; undefined if its definition cannot be read.
   * @param definition its resource ID, at a scope that the caller is allowed to read
   */
  async #readsSecrets(definition: string): Promise<boolean | undefined> {
    const url = `${definition}?api-version=2022-04-01`;
    try {
      const { properties } = await this.#once<RoleDefinition>(['rest', '--method', 'get', '--url', url]);
      const permissions = properties.permissions.map(({ dataActions = [], notDataActions = [] }) => ({
        actions: dataActions,
        notActions: notDataActions,
      }));
      return allows(permissions, READ_SECRET);
    } catch (error) {
      if (error instanceof CommandFailed) return undefined;
      throw error;
    }
  }

  #once<T>(args: readonly string[]): Promise<T> {
    const key = args.join(' ');
    const result = this.#results.get(key) ?? this.#az(args);
    this.#results.set(key, result);
    return result as Promise<T>;
  }
}
