import { beforeEach, describe, expect, it } from 'vitest';
import { createTestArm, type TestArm } from '../testing/test-arm.ts';

let arm: TestArm;
let group: string;
let identity: string;

beforeEach(async () => {
  arm = await createTestArm();
  group = `${arm.subscription}/resourceGroups/lab`;
  identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/wi-demo`;
  await arm.call('PUT', group, { location: 'eastus' });
  await arm.call('PUT', identity, { location: 'eastus' });
});

const lock = (scope: string, level = 'CanNotDelete') =>
  arm.call('PUT', `${scope}/providers/Microsoft.Authorization/locks/keep`, { properties: { level } });
const codeOf = async (method: string, path: string, body?: unknown) =>
  (await arm.call(method, path, body)).body?.error?.code;

describe('locks', () => {
  it.each([
    ['the group', () => group],
    ['a resource in it', () => identity],
  ])('on %s prevent the deletion of group and resource, but no changes', async (_, scope) => {
    expect((await lock(scope())).status).toBe(201);
    expect(await codeOf('DELETE', group)).toBe('ScopeLocked');
    expect(await codeOf('DELETE', identity)).toBe('ScopeLocked');
    expect((await arm.call('PATCH', group, { tags: {} })).status).toBe(200);
    const list = await arm.call('GET', `${group}/providers/Microsoft.Authorization/locks`);
    expect(list.body.value).toMatchObject([{ name: 'keep', properties: { level: 'CanNotDelete' } }]);

    expect((await arm.call('DELETE', `${scope()}/providers/Microsoft.Authorization/locks/keep`)).status).toBe(
      200,
    );
    expect((await arm.call('DELETE', identity)).status).toBe(200);
  });

  it('that are read-only also prevent changes', async () => {
    await lock(identity, 'ReadOnly');
    expect(await codeOf('PATCH', identity, { tags: {} })).toBe('ScopeLocked');
    expect((await arm.call('PATCH', group, { tags: {} })).status).toBe(200);
  });

  it('cannot be set by a Contributor', async () => {
    const contributor = arm.principalWith('Contributor', group);
    const path = `${group}/providers/Microsoft.Authorization/locks/keep`;
    const answer = await arm.call('PUT', path, { properties: { level: 'ReadOnly' } }, { as: contributor });
    expect(answer.body.error.code).toBe('AuthorizationFailed');
  });
});

describe('tags at a scope', () => {
  const tagsOf = async (scope: string) => (await arm.call('GET', scope)).body.tags;
  const patch = (scope: string, operation: string, tags: object) =>
    arm.call('PATCH', `${scope}/providers/Microsoft.Resources/tags/default`, {
      operation,
      properties: { tags },
    });

  it('are merged ignoring case, replaced, and deleted, on a group and on a resource', async () => {
    for (const scope of [group, identity]) {
      await patch(scope, 'Replace', { Team: 'a', 'Expires-On': '1' });
      const merged = await patch(scope, 'Merge', { 'expires-on': '2', more: 'b' });
      expect(merged.body.properties.tags).toEqual({ Team: 'a', 'Expires-On': '2', more: 'b' });
      await patch(scope, 'Delete', { TEAM: 'a' });
      expect(await tagsOf(scope)).toEqual({ 'Expires-On': '2', more: 'b' });
      expect((await patch(scope, 'Other', {})).status).toBe(400);
    }
  });

  it('need the permission to write tags', async () => {
    const reader = arm.principalWith('Reader', group);
    const path = `${group}/providers/Microsoft.Resources/tags/default`;
    const answer = await arm.call('PATCH', path, { operation: 'Merge' }, { as: reader });
    expect(answer.body.error.code).toBe('AuthorizationFailed');
  });
});

describe('the list of resources', () => {
  it('has pages, and leaves out resources that are not in the cache', async () => {
    for (const name of ['one', 'two'])
      await arm.call('PUT', identity.replace(/wi-demo$/, name), { location: 'eastus' });
    arm.lists.pageSize = 2;
    const first = (await arm.call('GET', `${group}/resources`)).body;
    expect(first.value).toHaveLength(2);
    const second = (await arm.call('GET', first.nextLink)).body;
    expect(second.value).toMatchObject([{ name: 'two' }]);
    expect(second.nextLink).toBeUndefined();
    arm.lists.unseen = ['one', 'two'];
    expect((await arm.call('GET', `${group}/resources`)).body.value).toMatchObject([{ name: 'wi-demo' }]);
  });
});
