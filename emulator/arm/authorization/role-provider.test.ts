import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ServicePrincipal } from '../../entra/directory.ts';
import { createTestArm, type TestArm } from '../../testing/test-arm.ts';
import { roleNamed } from './role-definitions.ts';

let arm: TestArm;
let group: string;
let identity: string;
let principalId: string;

beforeEach(async () => {
  arm = await createTestArm();
  group = `${arm.subscription}/resourceGroups/lab`;
  identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/someone`;
  await arm.call('PUT', group, { location: 'eastus' });
  const { body } = await arm.call('PUT', identity, { location: 'eastus' });
  principalId = body.properties.principalId;
});

function assignments(scope: string, name: string = randomUUID()): string {
  return `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
}

function roleId(role: string): string {
  return `${arm.subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleNamed(role).id}`;
}

function wanted(role: string, further: object = {}): object {
  return {
    properties: {
      roleDefinitionId: roleId(role),
      principalId,
      principalType: 'ServicePrincipal',
      ...further,
    },
  };
}

async function list(scope: string, filter?: string): Promise<string[]> {
  const query = filter ? `?$filter=${encodeURIComponent(filter)}` : '';
  const { body } = await arm.call(
    'GET',
    `${scope}/providers/Microsoft.Authorization/roleAssignments${query}`,
  );
  return body.value.map((each: { properties: { scope: string } }) => each.properties.scope);
}

describe('role definitions', () => {
  it('are found with two leading slashes in the path, as libraries write it', async () => {
    const filter = encodeURIComponent("roleName eq 'AcrPull'");
    const url = `https://management.azure.com/${group}/providers/Microsoft.Authorization/roleDefinitions?$filter=${filter}`;
    const { status, body } = await arm.call('GET', url);
    expect([status, body.value?.length]).toEqual([200, 1]);
  });

  it('are found by name, ignoring case, at any scope', async () => {
    const path = `${identity}/providers/Microsoft.Authorization/roleDefinitions`;
    const filter = encodeURIComponent("roleName eq 'acrpull'");
    const { body } = await arm.call('GET', `${path}?$filter=${filter}`);
    expect(body.value).toMatchObject([
      {
        id: roleId('AcrPull'),
        name: roleNamed('AcrPull').id,
        properties: { roleName: 'AcrPull', type: 'BuiltInRole' },
      },
    ]);
    expect(
      (await arm.call('GET', `${path}?$filter=${encodeURIComponent("roleName eq 'Nobody'")}`)).body.value,
    ).toEqual([]);
    expect((await arm.call('GET', path)).body.value).toHaveLength(32);
  });

  it('are returned by ID', async () => {
    expect((await arm.call('GET', roleId('Reader'))).body.properties.permissions[0].actions).toEqual([
      '*/read',
    ]);
    const unknown = roleId('Reader').replace(/[^/]+$/, randomUUID());
    expect((await arm.call('GET', unknown)).body.error.code).toBe('RoleDefinitionDoesNotExist');
  });
});

describe('role assignments', () => {
  it('are created, returned, listed, and deleted', async () => {
    const id = assignments(group);
    const created = await arm.call('PUT', id, wanted('Reader'));
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      id,
      type: 'Microsoft.Authorization/roleAssignments',
      properties: {
        roleDefinitionId: roleId('Reader'),
        principalId,
        scope: group,
        condition: null,
        createdBy: null,
      },
    });
    const shown = await arm.call('GET', id);
    expect(shown.body.properties.createdBy).toBe(arm.owner.objectId);
    expect(shown.body.properties.createdOn).toMatch(/\.\d{7}Z$/);
    const deleted = await arm.call('DELETE', id);
    expect(deleted).toMatchObject({ status: 200, body: { id } });
    expect((await arm.call('DELETE', id)).status).toBe(204);
    expect((await arm.call('GET', id)).status).toBe(404);
  });

  it('are effective only after their propagation', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const someone = arm.context.directory.findByObjectId(principalId) as ServicePrincipal;
      await arm.call('PUT', assignments(group), wanted('Reader'));
      expect((await arm.call('GET', identity, undefined, { as: someone })).status).toBe(403);
      vi.setSystemTime(Date.now() + arm.context.latency.of('role assignment propagation'));
      expect((await arm.call('GET', identity, undefined, { as: someone })).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are listed at the scope and above, or also below', async () => {
    const vault = identity.replace('someone', 'other');
    await arm.call('PUT', vault, { location: 'eastus' });
    await arm.call('PUT', assignments(arm.subscription), wanted('Reader'));
    await arm.call('PUT', assignments(group), wanted('Reader'));
    await arm.call('PUT', assignments(identity), wanted('Reader'));
    await arm.call('PUT', assignments(vault), wanted('Reader'));
    const { subscription } = arm;
    // The owner's own assignment is on the subscription.
    expect(await list(identity, 'atScope()')).toEqual([subscription, subscription, group, identity]);
    expect(await list(group)).toEqual([subscription, subscription, group, identity, vault]);
    expect(await list(subscription, `principalId eq '${principalId}'`)).toEqual([
      subscription,
      group,
      identity,
      vault,
    ]);
    expect(await list(group, `atScope() and assignedTo('${principalId}')`)).toEqual([subscription, group]);
    const unsupported = encodeURIComponent("color eq 'red'");
    const path = `${group}/providers/Microsoft.Authorization/roleAssignments?$filter=${unsupported}`;
    expect((await arm.call('GET', path)).status).toBe(400);
  });

  it('exist once for each principal, role, and scope', async () => {
    const id = assignments(group);
    await arm.call('PUT', id, wanted('Reader'));
    const again = await arm.call('PUT', assignments(group.toUpperCase()), wanted('Reader'));
    expect([again.status, again.body.error.code]).toEqual([409, 'RoleAssignmentExists']);
    expect((await arm.call('PUT', id, wanted('Reader'))).status).toBe(200);
    const changed = await arm.call('PUT', id, wanted('Contributor'));
    expect([changed.status, changed.body.error.code]).toEqual([400, 'RoleAssignmentUpdateNotPermitted']);
    expect((await arm.call('PUT', assignments(group), wanted('Contributor'))).status).toBe(201);
  });

  it.each([
    ['an unknown principal', () => wanted('Reader', { principalId: randomUUID() }), 400, 'PrincipalNotFound'],
    [
      'a principal of another type',
      () => wanted('Reader', { principalType: 'User' }),
      400,
      'UnmatchedPrincipalType',
    ],
    [
      'an unknown role',
      () => wanted('Reader', { roleDefinitionId: `/x/roleDefinitions/${randomUUID()}` }),
      404,
      'RoleDefinitionDoesNotExist',
    ],
    ['nothing', () => ({}), 400, 'InvalidRequestContent'],
  ])('are rejected for %s', async (_, body, status, code) => {
    const answer = await arm.call('PUT', assignments(group), body());
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  it('need a GUID as name, and an existing scope', async () => {
    const named = await arm.call('PUT', assignments(group, 'mine'), wanted('Reader'));
    expect(named.body.error.code).toBe('InvalidRoleAssignmentId');
    const missingGroup = await arm.call('PUT', assignments(`${group}2`), wanted('Reader'));
    expect(missingGroup.body.error.code).toBe('ResourceGroupNotFound');
    const missing = await arm.call('PUT', assignments(`${identity}2`), wanted('Reader'));
    expect(missing.body.error.code).toBe('ResourceNotFound');
  });

  it('need a permission, and match its condition', async () => {
    const body = wanted('AcrPull');
    const contributor = arm.principalWith('Contributor', arm.subscription);
    expect((await arm.call('PUT', assignments(group), body, { as: contributor })).status).toBe(403);
    const condition =
      `(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR ` +
      `(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roleNamed('AcrPull').id}} ` +
      `AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEqualsIgnoreCase 'ServicePrincipal')`;
    const limited = arm.principalWith('Role Based Access Control Administrator', arm.subscription, condition);
    const as = { as: limited };
    expect((await arm.call('PUT', assignments(group), wanted('Owner'), as)).status).toBe(403);
    // As `az aks update --attach-acr`: without the attribute in the condition.
    expect(
      (await arm.call('PUT', assignments(group), wanted('AcrPull', { principalType: undefined }), as)).status,
    ).toBe(403);
    expect((await arm.call('PUT', assignments(group), body, as)).status).toBe(201);
  });

  it('cannot be created or deleted by a Contributor', async () => {
    const contributor = arm.principalWith('Contributor', arm.subscription);
    const { body: given } = await arm.call('PUT', assignments(group), wanted('Reader'));
    for (const [method, id, verb] of [
      ['PUT', assignments(group), 'write'],
      ['DELETE', given.id, 'delete'],
    ] as const) {
      const body = method === 'PUT' ? wanted('AcrPull') : undefined;
      const refused = await arm.call(method, id, body, { as: contributor });
      expect([refused.status, refused.body.error]).toEqual([
        403,
        {
          code: 'AuthorizationFailed',
          message: `The client '${contributor.clientId}' with object id '${contributor.objectId}' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/${verb}' over scope '${id}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
        },
      ]);
    }
    expect((await arm.call('GET', given.id)).status).toBe(200);
  });

  it('are created and deleted by a delegate within the documented condition', async () => {
    // Microsoft's template "Constrain roles and principal types", as `npm run setup-azure` uses it.
    const allowed = ['Key Vault Secrets User', 'Key Vault Secrets Officer', 'AcrPull'];
    const guids = allowed.map(name => roleNamed(name).id).join(', ');
    const attribute = (source: string, name: string) =>
      `@${source}[Microsoft.Authorization/roleAssignments:${name}]`;
    const half = (verb: string, source: string) =>
      `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})) OR (${attribute(source, 'RoleDefinitionId')} ForAnyOfAnyValues:GuidEquals {${guids}} AND ${attribute(source, 'PrincipalType')} ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))`;
    const condition = `${half('write', 'Request')} AND ${half('delete', 'Resource')}`;
    const as = {
      as: arm.principalWith('Role Based Access Control Administrator', arm.subscription, condition),
    };
    const status = async (method: string, id: string, body?: object) =>
      (await arm.call(method, id, body, as)).status;

    const pull = assignments(group);
    expect(await status('PUT', assignments(group), wanted('Owner'))).toBe(403);
    const toUser = { principalId: arm.owner.objectId, principalType: 'User' };
    expect(await status('PUT', assignments(group), wanted('AcrPull', toUser))).toBe(403);
    expect(await status('PUT', pull, wanted('AcrPull'))).toBe(201);

    // A deletion is compared with the existing assignment.
    const { body: reader } = await arm.call('PUT', assignments(group), wanted('Reader'));
    const { body: ofUser } = await arm.call('PUT', assignments(group), wanted('AcrPull', toUser));
    expect(await status('DELETE', reader.id)).toBe(403);
    expect(await status('DELETE', ofUser.id)).toBe(403);
    expect(await status('DELETE', pull)).toBe(200);
    // The condition does not mention other actions.
    expect(await status('GET', reader.id)).toBe(200);
  });

  it('are deleted with their resource', async () => {
    await arm.call('PUT', assignments(identity), wanted('Reader'));
    await arm.call('DELETE', identity);
    await arm.call('PUT', identity, { location: 'eastus' });
    expect(await list(identity)).toEqual([arm.subscription]);
  });
});

describe('permissions', () => {
  const permissions = (scope: string, version = '2022-04-01') =>
    `${scope}/providers/Microsoft.Authorization/permissions?api-version=${version}`;

  it('are listed for every role of the caller at the scope and above, with conditions', async () => {
    const condition = "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}))";
    const someone = arm.principalWith('Contributor', arm.subscription);
    arm.context.authorization.assign({
      ...arm.context.authorization.list().at(-1)!,
      id: `${group}/providers/Microsoft.Authorization/roleAssignments/two`,
      scope: group,
      roleId: roleNamed('Role Based Access Control Administrator').id,
      condition,
      conditionVersion: '2.0',
    });
    const { status, body } = await arm.call('GET', permissions(identity), undefined, { as: someone });
    expect([status, body.value]).toEqual([
      200,
      [
        roleNamed('Contributor').permissions[0],
        {
          ...roleNamed('Role Based Access Control Administrator').permissions[0],
          condition,
          conditionVersion: '2.0',
        },
      ],
    ]);
    const above = await arm.call('GET', permissions(arm.subscription), undefined, { as: someone });
    expect(above.body.value).toHaveLength(1);
    const older = await arm.call('GET', permissions(group, '2018-07-01'), undefined, { as: someone });
    expect(older.body.value[1]).not.toHaveProperty('condition');
  });

  it('leave out a role that is not effective yet', async () => {
    const someone = arm.principalWith('Reader', arm.subscription);
    const before = await arm.call('GET', permissions(group), undefined, { as: someone });
    const late = { ...arm.context.authorization.list().at(-1)!, effectiveAt: Date.now() + 60_000 };
    arm.context.authorization.assign({ ...late, id: `${late.id}2`, roleId: roleNamed('Owner').id });
    const after = await arm.call('GET', permissions(group), undefined, { as: someone });
    expect([before.body.value.length, after.body.value.length]).toEqual([1, 1]);
  });

  it('need an existing scope, and the permission to read', async () => {
    const missing = await arm.call('GET', permissions(`${group}2`));
    expect([missing.status, missing.body.error.code]).toEqual([404, 'ResourceGroupNotFound']);
    const puller = arm.principalWith('AcrPull', group);
    const refused = await arm.call('GET', permissions(group), undefined, { as: puller });
    expect(refused.status).toBe(403);
    expect(refused.body.error.message).toContain("'Microsoft.Authorization/permissions/read'");
  });
});
