import { AzureReader } from '../shared/diagnosis/azure-reader.ts';
import { type FakeAnswer, type FakeTools, fakeTools } from '../shared/fake-tools.ts';
import type { DeployContext, PlannedWorkload } from './context.ts';
import { annotations, clientId, FakeCluster, type FakeClusterOptions, sha256 } from './fake-cluster.ts';
import { type Inputs, parse } from './inputs.ts';
import { manifest } from './manifest.ts';

const given: Record<string, string> = {
  kubeconfig: '/tmp/config',
  image: `wilab4521.azurecr.io/wi-kv-test@sha256:${'ab'.repeat(32)}`,
  'vault-name': 'wilab4521',
  'secret-sha256': sha256,
};

export const reading =
  (inputs: Record<string, string> = {}) =>
  (name: string): string =>
    ({ ...given, ...inputs })[name] ?? '';

export function inputsOf(inputs: Record<string, string> = {}): Inputs {
  return parse({ GITHUB_REPOSITORY: 'o/r', GITHUB_SHA: 'abc' }, reading(inputs));
}

/** A run of the action on a fake cluster, and its first workload. */
export interface TestContext {
  context: DeployContext;
  workload: PlannedWorkload;
  cluster: FakeCluster;
  tools: FakeTools;
}

/** @param answers override those of the cluster. */
export function testContext(
  given: Record<string, string> = {},
  options: FakeClusterOptions = {},
  answers: Record<string, FakeAnswer> = {},
): TestContext {
  const cluster = new FakeCluster(options);
  const tools = fakeTools({ ...cluster.answers, ...answers });
  const inputs = inputsOf(given);
  const { kind, image, vaultName, secretName } = inputs;
  const client = { kind, image, vaultName, secretName, vaultDomain: 'vault.azure.net', repository: 'o/r' };
  const sources = { kubectl: tools.kubectl(''), azure: new AzureReader(tools.az) };
  const context = { inputs, client, tools, ...sources, brokenChains: [] };
  const target = inputs.targets[0]!;
  const workload = { target, annotations, desired: manifest(target, client, clientId) };
  return { context, workload, cluster, tools };
}

export const CREATE = 'create --save-config --filename - --output json';
export const APPLY = 'apply --filename - --output json';
export const DELETE = (path: string): string => `delete --raw ${path} --filename -`;

export function changes({ commands }: FakeTools): string[] {
  return commands
    .filter(([, verb = '']) => /^(apply|create|delete)$/.test(verb))
    .map(command => command.slice(1).join(' '));
}
