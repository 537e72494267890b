import { SecretClient } from '@azure/keyvault-secrets';
import { expect, test } from 'vitest';
import { callService } from '../testing/call-service.ts';
import { TestVaults } from '../testing/test-vaults.ts';

type HttpClient = NonNullable<NonNullable<ConstructorParameters<typeof SecretClient>[2]>['httpClient']>;
type HttpHeaders = Awaited<ReturnType<HttpClient['sendRequest']>>['headers'];

test('the Azure SDK works: challenge, token for the vault, secret, errors', async () => {
  const vaults = await TestVaults.create();
  const { arm } = vaults;
  const path = 'resourceGroups/rg/providers/Microsoft.KeyVault/vaults/sdkvault';
  const created = await arm.call('PUT', path, {
    location: 'eastus',
    properties: { tenantId: arm.context.tenantId, enableRbacAuthorization: true },
  });
  await arm.waitUntilDone(`https://management.azure.com${created.body.id}?api-version=2024-11-01`);
  const reader = arm.addPrincipal('reader');

  const asked: string[] = [];
  const statuses: number[] = [];
  const httpClient: HttpClient = {
    sendRequest: async request => {
      const headers = request.headers.toJSON();
      const answer = await callService(
        vaults.service,
        request.method,
        request.url,
        headers,
        request.body ?? undefined,
      );
      statuses.push(answer.status);
      const received = request.headers.constructor as new (headers: object) => HttpHeaders;
      return {
        request,
        status: answer.status,
        headers: new received(answer.headers),
        bodyAsText: answer.text,
      };
    },
  };
  const credential = {
    getToken: async (scopes: string | string[]) => {
      asked.push(...[scopes].flat());
      const token = await arm.token(reader, 'https://vault.azure.net');
      return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const client = new SecretClient('https://sdkvault.vault.azure.net', credential, {
    httpClient,
    retryOptions: { maxRetries: 0 },
  });

  const refused = { statusCode: 403, code: 'Forbidden', message: /not authorized to perform action/ };
  await expect(client.getSecret('Secret')).rejects.toMatchObject(refused);
  expect(asked).toEqual(['https://vault.azure.net/.default']);
  expect(statuses).toEqual([401, 403]);

  arm.assignRole(reader, 'Key Vault Secrets Officer', arm.subscription);
  await expect(client.getSecret('Secret')).rejects.toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
  const written = await client.setSecret('Secret', 'Hello', { tags: { a: 'b' } });
  const read = await client.getSecret('Secret');
  expect(read.value).toBe('Hello');
  expect(read.properties).toMatchObject({
    version: written.properties.version,
    enabled: true,
    tags: { a: 'b' },
  });
  const names: string[] = [];
  for await (const { name } of client.listPropertiesOfSecrets()) names.push(name);
  expect(names).toEqual(['Secret']);
});
