import { type Az, lookUp } from '../az.ts';
import { CommandFailed } from '../command-errors.ts';
import { secretName } from '../names.ts';
import { allows } from '../rights.ts';
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

/**
 * Azure as the caller may see it, for reading only. What was asked once is not asked again, so that many workloads can be
 * looked at with few commands.
 */
export class AzureReader {
  readonly #az: Az;
  readonly #asked = new Map<string, Promise<unknown>>();

  constructor(az: Az) {
    this.#az = az;
  }

  /** The subscription that az is set to. */
  subscription(): Promise<string> {
    return this.#once(['account', 'show', '--query', 'id']);
  }

  /** The managed identity with this client id; null where the subscription has none that the caller may see. */
  async identity(clientId: string): Promise<Identity | null> {
    const all = await this.#identities();
    return all.find(each => each.clientId.toLowerCase() === clientId.toLowerCase()) ?? null;
  }

  /** Whoever has a role on some resource groups only may list all of a kind, and their details group by group. */
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
   * The roles by which the identity may do something with a secret, its groups' and those from above included; and where
   * else in the subscription it has some, as far as the caller may see that.
   * @param scope of the secret, or of its vault
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

  /** As the caller may see them: what lies at a scope that is not the caller's is left out without a word. */
  #assignments(principalId: string, where: readonly string[]): Promise<Assignment[]> {
    return this.#once<Assignment[]>([
      ...['role', 'assignment', 'list', '--assignee-object-id', principalId, ...where],
      ...['--fill-principal-name', 'false'],
      ...['--query', '[].{id: id, role: roleDefinitionName, roleId: roleDefinitionId, scope: scope}'],
    ]);
  }

  /** The vault of this name; null where the subscription has none. */
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
   * A secret by its attributes, as Resource Manager shows them, without its value; null where the vault has none.
   * https://learn.microsoft.com/rest/api/keyvault/secrets-resource/secrets/get
   */
  async secret(vault: Vault, name: string): Promise<Secret | null> {
    // A pod says which secret it reads, and whoever wrote the pod can write anything. No vault has a secret of another name.
    if (!secretName.accepts(name)) return null;
    const once: Az = args => this.#once(args);
    const found = await lookUp<SecretResource>(once, [
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
   * Whether a role lets its holder read secrets; undefined where its definition cannot be seen.
   * @param definition at a scope that the caller may look at
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
    const asked = this.#asked.get(key) ?? this.#az(args);
    this.#asked.set(key, asked);
    return asked as Promise<T>;
  }
}
