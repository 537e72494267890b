import { Models } from './declared-models.ts';

export const models = {
  authorization: new Models('@azure/arm-authorization/types/arm-authorization.d.ts'),
  containerRegistry: new Models('@azure/arm-containerregistry/dist/esm/models/models.d.ts'),
  /** With builds; see registries.ts. */
  containerRegistry11: new Models('@azure/arm-containerregistry-11/dist/esm/models/index.d.ts'),
  containerService: new Models('@azure/arm-containerservice/dist/esm/models/models.d.ts'),
  keyVault: new Models('@azure/arm-keyvault/dist/esm/models/models.d.ts'),
  managedIdentity: new Models('@azure/arm-msi/dist/esm/models/index.d.ts'),
  resources: new Models('@azure/arm-resources/dist/esm/models/models.d.ts'),
} as const;
