import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestArm, type TestArm } from '../testing/test-arm.ts';

let arm: TestArm;
let group: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  arm = await createTestArm({ latency: 'realistic' });
  group = `${arm.subscription}/resourcegroups/Lab`;
});
afterEach(() => vi.useRealTimers());

const tags = { 'managed-by': 'lab', empty: '' };

describe('a resource group', () => {
  it('is created, updated, and returned', async () => {
    const created = await arm.call('PUT', group, { location: 'East US', tags });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: `${arm.subscription}/resourceGroups/Lab`,
      name: 'Lab',
      type: 'Microsoft.Resources/resourceGroups',
      location: 'eastus',
      tags,
      properties: { provisioningState: 'Succeeded' },
    });
    const again = await arm.call('PUT', group.toLowerCase(), { location: 'eastus', properties: {} });
    expect([again.status, again.body.name, again.body.tags]).toEqual([200, 'Lab', {}]);
    const patched = await arm.call('PATCH', group, { tags });
    expect([patched.status, patched.body.tags]).toEqual([200, tags]);
    expect((await arm.call('GET', group)).body).toEqual(created.body);
  });

  it.each([
    ['lab?', 'eastus', 'InvalidResourceGroup'],
    ['lab.', 'eastus', 'InvalidResourceGroup'],
    ['a'.repeat(91), 'eastus', 'InvalidResourceGroup'],
    ['lab', 'atlantis', 'LocationNotAvailableForResourceType'],
    ['lab', undefined, 'LocationRequired'],
  ])('needs a valid name and a known region: %s in %s', async (name, location, code) => {
    const path = `${arm.subscription}/resourcegroups/${encodeURIComponent(name)}`;
    const { status, body } = await arm.call('PUT', path, { location });
    expect([status, body.error.code]).toEqual([400, code]);
  });

  it('keeps its location', async () => {
    await arm.call('PUT', group, { location: 'eastus' });
    const { status, body } = await arm.call('PUT', group, { location: 'westus' });
    expect([status, body.error.code]).toEqual([409, 'InvalidResourceGroupLocation']);
  });

  it('is listed by its tags', async () => {
    await arm.call('PUT', group, { location: 'eastus', tags });
    const count = async (filter: string) =>
      (await arm.call('GET', `${arm.subscription}/resourcegroups?$filter=${encodeURIComponent(filter)}`)).body
        .value.length;
    expect(await count("tagname eq 'MANAGED-BY' and tagvalue eq 'lab'")).toBe(1);
    expect(await count("tagname eq 'managed-by'")).toBe(1);
    expect(await count("tagname eq 'managed-by' and tagvalue eq 'Lab'")).toBe(0);
    expect(await count("tagname eq 'other'")).toBe(0);
  });

  it('is deleted over time, with its resources and its role assignments', async () => {
    await arm.call('PUT', group, { location: 'eastus' });
    const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/someone`;
    const { body } = await arm.call('PUT', identity, { location: 'eastus' });
    arm.principalWith('Reader', identity);
    const assignments = arm.context.authorization.list().length;

    const deletion = await arm.call('DELETE', group);
    expect(deletion.status).toBe(202);
    const { location = '', 'retry-after': retryAfter } = deletion.headers;
    // The signature differs in every response.
    const job = (address = '') => address.replace(/&t=.*/, '');
    expect(location).toMatch(/^https:\/\/management\.azure\.com\/subscriptions\/[^/]+\/operationresults\//);
    expect(retryAfter).toBe('10');

    // The median is 40 s. Polling does not shorten it.
    await vi.advanceTimersByTimeAsync(39_000);
    const running = await arm.call('GET', location);
    expect(running).toMatchObject({
      status: 202,
      body: undefined,
      headers: { 'retry-after': '10' },
    });
    expect(job(running.headers.location)).toBe(job(location));
    expect((await arm.call('GET', group)).body.properties.provisioningState).toBe('Deleting');
    expect((await arm.call('DELETE', group)).headers.location).toBe(location);
    expect(Buffer.from(/operationresults\/([\w-]+)/.exec(location)![1]!, 'base64url').toString()).toMatch(
      /^\{"jobId":"RESOURCEGROUPDELETIONJOB-[A-Z\d:]+-EASTUS","jobLocation":"eastus"\}$/,
    );
    for (const [method, path] of [
      ['PUT', group],
      ['PUT', identity],
      ['PATCH', group],
    ] as const) {
      const refused = await arm.call(method, path, { location: 'eastus' });
      expect([refused.status, refused.body.error.code]).toEqual([409, 'ResourceGroupBeingDeleted']);
    }

    await vi.advanceTimersByTimeAsync(2_000);
    expect(await arm.call('GET', location)).toMatchObject({ status: 200, body: undefined });
    expect((await arm.call('GET', group)).status).toBe(404);
    expect((await arm.call('DELETE', group)).body.error.code).toBe('ResourceGroupNotFound');
    expect(arm.context.directory.findByObjectId(body.properties.principalId)).toBeUndefined();
    expect(arm.context.authorization.list()).toHaveLength(assignments - 1);
  });
});
