import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CallOptions, TestArm } from '../testing/test-arm.ts';
import { createTestArm } from '../testing/test-arm.ts';

let arm: TestArm;
let group: string;
let cluster: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  arm = await createTestArm({ latency: 'realistic' });
  group = `${arm.subscription}/resourceGroups/lab`;
  cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/c`;
  await arm.call('PUT', group, { location: 'eastus' });
});
afterEach(() => vi.useRealTimers());

const clusterBody = {
  location: 'eastus',
  identity: { type: 'SystemAssigned' },
  properties: { dnsPrefix: 'c', agentPoolProfiles: [{ name: 'a', mode: 'System' }] },
};

async function log(filter = '', options?: CallOptions) {
  const terms = `eventTimestamp ge 2020-01-01T00:00:00 ${filter}`;
  const path = `${arm.subscription}/providers/microsoft.insights/eventtypes/management/values?api-version=2015-04-01&$filter=${encodeURIComponent(terms)}`;
  return arm.call('GET', path, undefined, options);
}

/** `operation: status`, newest first. */
async function told(filter?: string): Promise<string[]> {
  const { value } = (await log(filter)).body;
  return value.map(
    (entry: { operationName: { value: string }; status: { value: string } }) =>
      `${entry.operationName.value}: ${entry.status.value}`,
  );
}

const write = 'Microsoft.ContainerService/managedClusters/write';

it('logs the start of an operation, its failure, and the reason', async () => {
  await arm.call('PUT', cluster, clusterBody, { headers: { 'x-ms-correlation-request-id': 'one-run' } });
  await vi.advanceTimersByTimeAsync(300_000);
  // Without Kubernetes, the creation of a cluster fails.
  const { value } = (await log("and resourceGroupName eq 'LAB' and status eq 'Failed'")).body;
  expect(value).toHaveLength(1);
  expect(value[0]).toMatchObject({
    operationName: { value: write },
    status: { value: 'Failed' },
    subStatus: {
      value: 'InternalServerError',
      localizedValue: 'Internal Server Error (HTTP Status Code: 500)',
    },
    resourceId: cluster,
    resourceGroupName: 'lab',
    resourceType: { value: 'Microsoft.ContainerService/managedClusters' },
    correlationId: 'one-run',
    caller: 'owner@lab.example',
    level: 'Error',
    eventTimestamp: expect.stringMatching(/^\d{4}-.*\.\d{7}Z$/),
  });
  expect(JSON.parse(value[0].properties.statusMessage)).toEqual({
    status: 'Failed',
    error: { code: 'InternalServerError', message: 'This test starts no cluster.' },
  });
  expect(await told(`and resourceId eq '${cluster}'`)).toEqual([
    `${write}: Failed`,
    `${write}: Accepted`,
    `${write}: Started`,
  ]);
  expect(await told("and correlationId eq 'one-run'")).toHaveLength(3);
  expect(await told("and correlationId eq 'one-run' and caller eq 'owner@lab.example'")).toHaveLength(3);
  expect(await told("and caller eq 'somebody@lab.example'")).toEqual([]);
});

it('logs rejected requests and aborted operations', async () => {
  arm.aks.interventions.add({ operation: 'create', error: { status: 400, code: 'Quota', message: 'none' } });
  await arm.call('PUT', cluster, clusterBody);
  const [refused] = (await log(`and resourceUri eq '${cluster}'`)).body.value;
  expect(refused).toMatchObject({ status: { value: 'Failed' }, properties: { statusCode: 'BadRequest' } });
  expect(JSON.parse(refused.properties.statusMessage)).toMatchObject({ code: 'Quota', message: 'none' });
  const nobody = arm.principalWith('Reader', group);
  await arm.call('DELETE', group, undefined, { as: nobody });
  const [forbidden] = (await log(`and caller eq '${nobody.objectId}'`)).body.value;
  expect(forbidden).toMatchObject({
    operationName: { value: 'Microsoft.Resources/subscriptions/resourcegroups/delete' },
    status: { value: 'Failed' },
    subStatus: { value: 'Forbidden' },
  });
  arm.aks.interventions.add({ operation: 'create', held: true });
  await arm.call('PUT', cluster, clusterBody);
  await arm.call('POST', `${cluster}/abort`);
  await vi.advanceTimersByTimeAsync(0);
  expect(await told("and status eq 'Canceled'")).toEqual([`${write}: Canceled`]);
});

it('needs a start time, and rejects unknown filters', async () => {
  expect(await told()).not.toEqual([]);
  const before = new Date(Date.now() - 1000).toISOString().replace('Z', '');
  expect(await told(`and eventTimestamp le ${before}`)).toEqual([]);
  expect(await told("and status eq 'Failed'")).toEqual([]);
  for (const wrong of ["and level eq 'Error'", "or status eq 'Failed'", 'and eventTimestamp le soon']) {
    expect((await log(wrong)).status, wrong).toBe(400);
  }
  const path = `${arm.subscription}/providers/Microsoft.Insights/eventtypes/management/values`;
  expect((await arm.call('GET', path)).status).toBe(400);
  expect((await arm.call('GET', path.replace('values', 'other'))).status).toBe(404);
  expect((await arm.call('PUT', path, {})).status).toBe(405);
});

it('needs a permission to read, and does not log reads', async () => {
  const before = (await told()).length;
  await arm.call('GET', group);
  expect(await told()).toHaveLength(before);
  expect((await log('', { as: arm.principalWith('Reader', arm.subscription) })).status).toBe(200);
  expect((await log('', { as: arm.principalWith('Owner', group) })).status).toBe(403);
});
