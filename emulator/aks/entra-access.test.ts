import { beforeAll, describe, expect, it } from 'vitest';
import type { ServicePrincipal, User } from '../entra/directory.ts';
import type { Attributes } from '../kubernetes/api/server.ts';
import { createTestArm, type TestArm } from '../testing/test-arm.ts';
import { EntraAccess, type EntraSettings } from './entra-access.ts';

const group = '9b6d0000-0000-4000-8000-000000000001';
let arm: TestArm;
let clusterId: string;
let settings: EntraSettings | undefined;
let access: EntraAccess;

beforeAll(async () => {
  arm = await createTestArm();
  clusterId = `${arm.subscription}/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/lab`;
  access = new EntraAccess(arm.context, { clusterId, settings: () => settings });
  arm.context.directory.setGroup(group, [arm.owner.objectId]);
});

const token = async (principal: User | ServicePrincipal, resource = '6dae42f8-4368-4678-94ff-3960e28e3630') =>
  (await arm.context.tokens.issueAccessToken(principal, resource)).accessToken;
const asked = (verb: string, resource: string, more: object = {}): Attributes => ({
  verb,
  group: '',
  resource,
  ...more,
});

describe('Entra sign-in of a cluster', () => {
  it('returns a user by principal name and an application by object ID, with their groups', async () => {
    settings = { adminGroups: [], azureRbac: false };
    expect(await access.authenticate(await token(arm.owner))).toEqual({
      name: 'owner@lab.example',
      groups: [group],
      extra: { oid: [arm.owner.objectId] },
    });
    const application = arm.principalWith('Reader', arm.subscription);
    expect(await access.authenticate(await token(application))).toMatchObject({
      name: application.objectId,
      groups: [],
    });
  });

  it('rejects tokens for a different service, of a deleted principal, and without Entra integration', async () => {
    settings = { adminGroups: [], azureRbac: false };
    expect(await access.authenticate(await token(arm.owner, 'https://management.azure.com'))).toBeUndefined();
    expect(await access.authenticate('nonsense')).toBeUndefined();
    const gone = arm.principalWith('Reader', arm.subscription);
    const last = await token(gone);
    arm.context.directory.remove(gone.objectId);
    expect(await access.authenticate(last)).toBeUndefined();
    settings = undefined;
    expect(await access.authenticate(await token(arm.owner))).toBeUndefined();
  });

  it("checks Azure's role assignments only if enabled, and only for principals of Entra", async () => {
    const admin = arm.principalWith('Azure Kubernetes Service RBAC Cluster Admin', clusterId);
    settings = { adminGroups: [], azureRbac: true };
    const user = (await access.authenticate(await token(admin)))!;
    expect(access.authorize(user, asked('delete', 'nodes'))).toEqual({ allowed: true });
    expect(access.authorize({ ...user, extra: {} }, asked('delete', 'nodes'))).toEqual({ allowed: false });
    settings = { adminGroups: [], azureRbac: false };
    expect(access.authorize(user, asked('delete', 'nodes'))).toEqual({ allowed: false });
  });

  it('allows everything to the administrator groups', async () => {
    settings = { adminGroups: [group], azureRbac: false };
    const user = (await access.authenticate(await token(arm.owner)))!;
    expect(access.authorize(user, { verb: 'get', path: '/metrics' })).toEqual({ allowed: true });
    settings = { adminGroups: [], azureRbac: true };
    // Owner has no data actions inside a cluster.
    expect(access.authorize(user, asked('get', 'pods')).allowed).toBe(false);
  });

  it('maps requests to the data actions of Azure', async () => {
    settings = { adminGroups: [], azureRbac: true };
    const writer = arm.principalWith('Azure Kubernetes Service RBAC Writer', `${clusterId}/namespaces/demo`);
    const user = (await access.authenticate(await token(writer)))!;
    const demo = { namespace: 'demo' };
    const may = (what: Attributes) => access.authorize(user, what).allowed;
    for (const allowed of [
      asked('list', 'pods', demo),
      asked('get', 'pods', { ...demo, subresource: 'log' }),
      asked('create', 'serviceaccounts', { ...demo, subresource: 'token' }),
      asked('patch', 'deployments', { ...demo, group: 'apps' }),
      asked('deletecollection', 'jobs', { ...demo, group: 'batch' }),
      asked('impersonate', 'serviceaccounts', demo),
    ]) {
      expect(may(allowed), JSON.stringify(allowed)).toBe(true);
    }
    for (const refused of [
      asked('list', 'pods'),
      asked('list', 'pods', { namespace: 'demo2' }),
      asked('create', 'namespaces'),
      asked('patch', 'deployments', demo),
      asked('create', 'roles', { ...demo, group: 'rbac.authorization.k8s.io' }),
      { verb: 'get', path: '/metrics' },
    ]) {
      expect(may(refused), JSON.stringify(refused)).toBe(false);
    }
    expect(access.authorize(user, asked('list', 'pods')).why).toBe(
      'User does not have access to the resource in Azure. Update role assignment to allow access.',
    );
  });
});
