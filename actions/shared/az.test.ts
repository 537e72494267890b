import { describe, expect, it } from 'vitest';
import { type Az, az, azInSubscription, findResource } from './az.ts';
import { azureError, failing, fakeTools, notFound } from './fake-tools.ts';

describe('az', () => {
  it.each([['@/etc/hostname'], ['--tags', 'a=@/etc/hostname'], ['--ids', '/secrets/x=@-']])(
    'rejects an argument that az would read as a file: %j',
    async (...args) => {
      await expect(az(['group', 'create', ...args])).rejects.toThrow(
        'az was not started, because it would replace the argument',
      );
    },
  );
});

describe('azInSubscription', () => {
  const commands: (readonly string[])[] = [];
  const record = (async (args: readonly string[]) => void commands.push(args)) as Az;

  it('adds the subscription to every command that accepts one, once it is known', async () => {
    let id = '';
    const az = azInSubscription(record, () => id);
    await az(['account', 'show']);
    id = 'ours';
    await az(['group', 'delete', '--name', 'rg']);
    await az(['group', 'list', '--subscription', 'given']);
    await az(['account', 'get-access-token']);
    for (const command of [
      ['version'],
      ['login', '--service-principal'],
      ['ad', 'app', 'list'],
      ['account', 'list'],
    ])
      await az(command);
    expect(commands).toEqual([
      ['account', 'show'],
      ['group', 'delete', '--name', 'rg', '--subscription', 'ours'],
      ['group', 'list', '--subscription', 'given'],
      ['account', 'get-access-token', '--subscription', 'ours'],
      ...[['version'], ['login', '--service-principal'], ['ad', 'app', 'list'], ['account', 'list']],
    ]);
  });
});

describe('findResource', () => {
  const look = (answer: () => unknown) =>
    findResource(fakeTools({ 'az group show': answer }).az, ['group', 'show']);

  it('returns what exists', async () => {
    expect(await look(() => ({ name: 'rg' }))).toEqual({ name: 'rg' });
  });

  it.each([
    'ResourceNotFound',
    'ResourceGroupNotFound',
    'ParentResourceNotFound',
    'SecretNotFound',
    'NotFound',
  ])('returns undefined for %s', async code => {
    expect(await look(() => notFound(code))).toBeUndefined();
  });

  it.each([
    'ERROR: 2026-11-28 Error: repository "client" is not found. Correlation ID: 1\n',
    'ERROR: 2026-11-28 Error: repository name not known to registry. Correlation ID: 1.\n',
    'ERROR: 2026-11-28 Error: the specified tag does not exist. Correlation ID: 1.\n',
    'ERROR: 2026-11-28 Error: manifest tagged by "v1" is not found. Correlation ID: 1.\n',
    "ERROR: Service principal with appId or objectId 'x' doesn't exist. If x is an appId, try another.\n",
    "ERROR: Resource 'x' does not exist or one of its queried reference-property objects are not present.\n",
  ])('returns undefined for an error without a code: %s', async stderr => {
    expect(await look(() => failing(stderr, 3))).toBeUndefined();
  });

  it.each([
    'SubscriptionNotFound',
    'InvalidResourceType',
    'InvalidResourceNamespace',
    'TenantNotFound',
    'ResourceTypeNotFound',
    'LocationNotFound',
  ])('throws for %s, which does not mean that the resource is missing', async code => {
    await expect(look(() => notFound(code))).rejects.toThrow(code);
  });

  it.each([
    ["ERROR: Operation returned an invalid status 'Not Found'\nContent: <html>proxy</html>\n", 3],
    ["ERROR: The subscription of 'x' doesn't exist in cloud 'AzureCloud'.\n", 3],
    ['ERROR: (ResourceNotFound) gone\n', 1],
  ])('throws for %j with exit code %i', async (stderr, exitCode) => {
    await expect(look(() => failing(stderr, exitCode))).rejects.toThrow('failed with exit code');
  });

  it('throws for a denied request', async () => {
    await expect(look(() => azureError('AuthorizationFailed'))).rejects.toThrow('AuthorizationFailed');
  });
});
