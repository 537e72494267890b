import { SecretClient } from '@azure/keyvault-secrets';
import { expect, test } from 'vitest';
import { createKeyVault } from './index.ts';
import { call, roles, TestWorld } from './test-world.ts';

type HttpClient = NonNullable<NonNullable<ConstructorParameters<typeof SecretClient>[2]>['httpClient']>;
type HttpHeaders = Awaited<ReturnType<HttpClient['sendRequest']>>['headers'];

test('the Azure SDK finds its way: challenge, token for the vault, secret, its errors', async () => {
  const lab = await TestWorld.create(createKeyVault);
  const path = '/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/sdkvault';
  const created = await lab.arm('PUT', path, {
    location: 'eastus',
    properties: { tenantId: lab.context.tenantId, enableRbacAuthorization: true },
  });
  await lab.settled(`https://management.azure.com${created.json.id}?api-version=2024-11-01`);
  const reader = lab.addPrincipal('reader');

  const asked: string[] = [];
  const statuses: number[] = [];
  const httpClient: HttpClient = {
    sendRequest: async request => {
      const headers = request.headers.toJSON();
      const answer = await call(lab.service, request.method, request.url, headers, request.body ?? undefined);
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
      const token = await lab.token(reader, 'https://vault.azure.net');
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

  lab.assign(reader, roles.secretsOfficer, lab.subscription);
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
