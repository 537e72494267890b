import { afterAll, beforeAll, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { Chain, type StepEnded } from './support/chain.ts';

let chain: Chain;

beforeAll(async () => {
  chain = await Chain.start();
});
afterAll(() => chain?.stop());

const tell = (request: string, body: object) => control(chain.emulator.facts, request, body);
const errorOf = (ended: StepEnded) =>
  decodeURIComponent((/^::error::(.*)$/m.exec(ended.output)?.[1] ?? ended.output).replaceAll('%0A', '\n'));

test('reports the numbers, a region, and a command if the region has no vCPUs', async () => {
  await tell('PUT /control/quotas', { location: 'eastus', vcpus: 3 });
  const inputs = {
    'resource-group': 'wilab-vcpus',
    'cluster-name': 'wilab',
    'node-vm-size': 'Standard_D4ds_v5',
  };
  const refused = await chain.run('create-cluster', { ...inputs, location: 'eastus' });
  expect(refused.exitCode).toBe(1);
  const error = errorOf(refused);
  expect(error).toContain(
    "The subscription's vCPU quota is too small in eastus (all VM sizes together: available 3, required 4).",
  );
  const [, region] = /another region: (\w+)/.exec(error)!;
  const [, location] = /az vm list-usage --location (\w+) --query/.exec(error)!;
  expect(location).toBe(region);
  const query = "[?name.value=='cores']";
  expect(error).toContain(query);
  const usage = await chain.az('vm', 'list-usage', '--location', location!, '--query', query);
  expect(usage).toMatchObject([{ currentValue: '0', limit: '350', name: { value: 'cores' } }]);
  const skus = ['vm', 'list-skus', '--location', location!, '--resource-type', 'virtualMachines'];
  expect(await chain.az(...skus, '--query', '[?!restrictions[0]].name')).toContain('Standard_D4ds_v5');

  const next = { ...inputs, 'resource-group': 'wilab-vcpus-2', location: region! };
  await chain.succeed('create-cluster', next);
  const after = await chain.az('vm', 'list-usage', '--location', location!, '--query', query);
  expect(after).toMatchObject([{ currentValue: '4' }]);
});

test('reports too many clusters in the region, and succeeds after one is deleted', async () => {
  await tell('PUT /control/quotas', { location: 'westus2', clusters: 0 });
  const inputs = { 'resource-group': 'wilab-clusters', 'cluster-name': 'wilab', location: 'westus2' };
  const refused = await chain.run('create-cluster', inputs);
  expect(errorOf(refused)).toContain(
    "The subscription's quota of AKS clusters in this region is used up: limit 0, used 0, requested 1.",
  );
  await tell('PUT /control/quotas', { location: 'westus2', clusters: 1 });
  await chain.succeed('create-cluster', inputs);
});

test('waits for a resource group and a registry that are not visible everywhere yet', async () => {
  const place = { 'resource-group': 'wilab-new', location: 'westeurope' };
  await tell('POST /control/faults', { failure: 'resource-group-not-seen', times: 2 });
  const identity = await chain.succeed('federate-identity', { ...place, 'identity-name': 'new' });
  expect(identity.output).toMatch(
    /^az identity create: attempt 1 of \d+ failed: Azure does not show the parent resource everywhere yet/m,
  );

  await chain.az('acr', 'create', '--name', 'wilabnew', '--resource-group', 'wilab-new', '--sku', 'Standard');
  await tell('POST /control/faults', {
    failure: 'resource-group-not-seen',
    pathPattern: '/managedClusters/wilab\\?',
  });
  await tell('POST /control/faults', { failure: 'resource-not-seen' });
  const inputs = { ...place, 'cluster-name': 'wilab', 'registry-name': 'wilabnew' };
  const cluster = await chain.succeed('create-cluster', inputs);
  expect(cluster.output).toMatch(
    /^az aks create: attempt 1 of \d+ failed: Azure does not show the parent resource everywhere yet/m,
  );
  expect(cluster.output).toMatch(
    /^az role assignment create: attempt 1 of \d+ failed: Azure does not show the parent resource everywhere yet/m,
  );
});
