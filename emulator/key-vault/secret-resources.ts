import { ArmError } from '../arm/errors.ts';
import type { ArmRequest, Resource, ResourceType } from '../arm/provider.ts';
import type { JsonObject } from '../http/json.ts';
import { json } from '../http/service.ts';
import type { KeyVaultContext } from './context.ts';
import { KeyVaultError } from './errors.ts';
import type { SecretVersion } from './secrets.ts';
import type { Vault } from './vaults.ts';

/**
 * The newest version without its value, for every reader of the vault and in both permission models.
 * @see https://learn.microsoft.com/rest/api/keyvault/keyvault/secrets/get
 */
export function secretResources(
  context: KeyVaultContext,
  find: (request: ArmRequest) => Vault,
): ResourceType {
  const suffix = context.cloud.suffixes.keyVault;
  return {
    name: 'vaults/secrets',
    get: request => {
      const vault = find(request);
      const name = request.id.names[1]!;
      try {
        return json(200, show(vault, suffix, name, vault.secrets.get(name).version));
      } catch (error) {
        if (!(error instanceof KeyVaultError)) throw error;
        throw new ArmError(error.status, error.code, error.message);
      }
    },
    list: request => {
      const vault = find(request);
      return json(200, {
        value: vault.secrets.list().map(({ name, versions }) => show(vault, suffix, name, versions.at(-1)!)),
      });
    },
  };
}

function show(vault: Vault, suffix: string, name: string, version: SecretVersion): Resource & JsonObject {
  const { enabled, nbf, exp, created, updated, contentType, tags = {} } = version;
  const secretUri = `https://${vault.name}.${suffix}/secrets/${name}`;
  return {
    id: `${vault.id}/secrets/${name}`,
    name,
    type: 'Microsoft.KeyVault/vaults/secrets',
    location: vault.location,
    tags,
    properties: {
      attributes: { enabled, nbf, exp, created, updated },
      contentType,
      secretUri,
      secretUriWithVersion: `${secretUri}/${version.version}`,
    },
  };
}
