import { ArmError } from '../arm/errors.ts';
import type { ArmRequest, JsonObject, Resource, ResourceType } from '../arm/provider.ts';
import { json } from '../http.ts';
import { KeyVaultError } from './errors.ts';
import type { SecretVersion } from './secrets.ts';
import type { Vault } from './vaults.ts';

/**
 * Secrets as Resource Manager shows them: their newest version without its value, to whoever may read the vault's
 * resources. A vault that decides by access policies shows them too.
 * @param find the vault of a request, which is there
 * @see https://learn.microsoft.com/rest/api/keyvault/keyvault/secrets/get
 */
export function secretResources(find: (request: ArmRequest) => Vault): ResourceType {
  return {
    name: 'vaults/secrets',
    get: request => {
      const vault = find(request);
      const name = request.id.names[1]!;
      try {
        return json(200, show(vault, name, vault.secrets.get(name).version));
      } catch (error) {
        if (!(error instanceof KeyVaultError)) throw error;
        throw new ArmError(error.status, error.code, error.message);
      }
    },
    list: request => {
      const vault = find(request);
      return json(200, {
        value: vault.secrets.list().map(({ name, versions }) => show(vault, name, versions.at(-1)!)),
      });
    },
  };
}

function show(vault: Vault, name: string, version: SecretVersion): Resource & JsonObject {
  const { enabled, nbf, exp, created, updated, contentType, tags = {} } = version;
  const secretUri = `https://${vault.name}.vault.azure.net/secrets/${name}`;
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
