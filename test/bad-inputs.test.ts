import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Chain } from './support/chain.ts';

let chain: Chain;
beforeAll(async () => {
  chain = await Chain.start();
});
afterAll(() => chain.stop());

const group = { 'resource-group': 'rg', location: 'eastus' };
const cluster = { ...group, 'cluster-name': 'wilab' };
const identity = { ...group, 'identity-name': 'wi-demo-identity' };
const vault = { ...group, 'vault-name': 'wilab4711', 'principal-id': '6a1d9b0f-58a6-4a0d-9a0e-3f1f0c1d2e3f' };
const image = { ...group, 'registry-name': 'wilab4711' };
const workload = {
  kubeconfig: '/nowhere/config',
  image: 'wilab4711.azurecr.io/wi-kv-test:1.0',
  'vault-name': 'wilab4711',
  'secret-sha256': 'a'.repeat(64),
};

const refused: [action: string, inputs: Record<string, string>, input: string, shown: string][] = [
  ['create-cluster', { ...cluster, 'resource-group': '' }, 'resource-group', 'required'],
  ['create-cluster', { ...cluster, 'resource-group': 'x'.repeat(91) }, 'resource-group', 'x'.repeat(91)],
  ['create-cluster', { ...cluster, 'resource-group': '-rg' }, 'resource-group', '"-rg"'],
  ['create-cluster', { ...cluster, 'cluster-name': 'wi\nlab' }, 'cluster-name', '"wi\\nlab"'],
  ['create-cluster', { ...cluster, 'cluster-name': 'x'.repeat(64) }, 'cluster-name', 'x'.repeat(64)],
  ['create-cluster', { ...cluster, 'node-count': 'many' }, 'node-count', '"many"'],
  ['create-cluster', { ...cluster, 'node-count': '0' }, 'node-count', '"0"'],
  ['create-cluster', { ...cluster, 'registry-name': 'my-registry' }, 'registry-name', '"my-registry"'],
  ['create-cluster', { ...cluster, location: 'East US!' }, 'location', '"East US!"'],
  ['create-cluster', { ...cluster, tags: 'no equals sign' }, 'tags', '"no equals sign"'],
  ['create-cluster', { ...cluster, tags: 'owner=@/etc/hostname' }, 'tags', '"@/etc/hostname"'],
  ['federate-identity', { ...identity, tags: 'owner=null' }, 'tags', '"null"'],
  ['create-cluster', { ...cluster, 'resource-group': 'null' }, 'resource-group', '"null"'],
  [
    'federate-identity',
    { ...identity, issuer: 'https://issuer.example/=@/etc/hostname', kubeconfig: 'config' },
    'issuer',
    '"https://issuer.example/=@/etc/hostname"',
  ],
  ['setup-vault', { ...vault, 'vault-name': 'null' }, 'vault-name', '"null"'],
  ['build-image', { ...image, dockerfile: 'x=@/etc/hostname' }, 'dockerfile', '"x=@/etc/hostname"'],
  ['federate-identity', { ...identity, 'identity-name': '' }, 'identity-name', 'required'],
  ['federate-identity', { ...identity, namespace: 'Default' }, 'namespace', '"Default"'],
  ['federate-identity', { ...identity, 'service-account': 'wi_demo_sa' }, 'service-account', '"wi_demo_sa"'],
  [
    'federate-identity',
    { ...identity, issuer: 'http://insecure.example/' },
    'issuer',
    '"http://insecure.example/"',
  ],
  ['federate-identity', { ...identity, issuer: 'https://issuer.example/' }, 'kubeconfig', 'issuer'],
  ['setup-vault', { ...vault, 'vault-name': 'my_vault' }, 'vault-name', '"my_vault"'],
  ['setup-vault', { ...vault, 'vault-name': 'x'.repeat(25) }, 'vault-name', 'x'.repeat(25)],
  ['setup-vault', { ...vault, 'vault-name': 'a--b' }, 'vault-name', '"a--b"'],
  ['setup-vault', { ...vault, 'access-model': 'acl' }, 'access-model', 'rbac, access-policy'],
  ['setup-vault', { ...vault, 'secret-name': 'my secret' }, 'secret-name', '"my secret"'],
  ['setup-vault', { ...vault, 'principal-id': 'me' }, 'principal-id', '"me"'],
  ['build-image', { ...image, 'registry-name': 'abc' }, 'registry-name', '"abc"'],
  ['build-image', { ...image, repository: 'Wi-KV' }, 'repository', '"Wi-KV"'],
  ['build-image', { ...image, tag: '-latest' }, 'tag', '"-latest"'],
  ['deploy-workload', { ...workload, namespace: 'Team-A' }, 'namespace', '"Team-A"'],
  ['deploy-workload', { ...workload, name: 'x'.repeat(64) }, 'name', 'x'.repeat(64)],
  ['deploy-workload', { ...workload, kind: 'daemonset' }, 'kind', 'pod, deployment, job'],
  ['deploy-workload', { ...workload, workloads: 'team-a' }, 'workloads', '"team-a"'],
  ['deploy-workload', { ...workload, image: 'no tag' }, 'image', '"no tag"'],
  ['deploy-workload', { ...workload, 'secret-sha256': 'abc' }, 'secret-sha256', '"abc"'],
  ['deploy-workload', { ...workload, replace: 'yes' }, 'replace', '"yes"'],
  ['deploy-workload', { ...workload, kubeconfig: '-' }, 'kubeconfig', '"-"'],
  ['delete-lab', { 'resource-group': '' }, 'resource-group', 'required'],
  ['delete-lab', { 'resource-group': 'rg', repository: 'labs' }, 'repository', '"labs"'],
  ['sweep-labs', { 'created-by': 'a b' }, 'created-by', '"a b"'],
  ['federate-identity', { ...identity, tags: 'Managed-By=me' }, 'tags', '"Managed-By"'],
];

test.for(refused)('%s refuses %j before it starts anything', async ([action, inputs, input, shown]) => {
  const { exitCode, output, started } = await chain.run(action, inputs);
  expect(output).toContain(input);
  expect(output).toContain(shown);
  expect(exitCode).toBe(1);
  expect(started).toBe(0);
});

/**
 * Invalid in every input that is a name: not one line of visible text, an option, or a file that az
 * would read.
 */
const hostileAnywhere = [
  ...['-x', '--all', '@/etc/hostname', '@-', 'a=@/etc/hostname'],
  ...['a\nb', 'a\u001bb', 'a\u202eb', 'a\u200bb', 'a\u2028b', 'a\ufeffb'],
];
/**
 * Also invalid, except in paths: shells, JMESPath, YAML, URLs, globs, and names that only look
 * valid.
 */
const hostileName = [
  ...[
    '*',
    '%2e%2e',
    '../x',
    'a/b/../c',
    '??',
    "'x'",
    '"x"',
    '[x]',
    '{}',
    '$(id)',
    '`id`',
    'a;b',
    'a b',
    '&a',
    '!a',
  ],
  ...["x' || '1'=='1", 'ｗｉｌａｂ', 'wil\u0430b', 'a\u0301b*', '\u05d0 \u05d1', 'a\u{1d51e}'],
];
const paths = ['context', 'dockerfile', 'kubeconfig', 'json-file', 'diagnosis-file'];
/** Text of any form, which is no argument of a command. */
const free = ['secret-value', 'diagnosis', 'title', 'label', 'token'];

/** Only those that az or kubectl might see. */
function namesOf(action: string): string[] {
  const { inputs } = parse(readFileSync(join('actions', action, 'action.yml'), 'utf8'));
  return Object.keys(inputs).filter(name => !free.includes(name));
}

const actions = readdirSync('actions').filter(name => existsSync(join('actions', name, 'action.yml')));

test.each(actions)(
  '%s refuses hostile values in all inputs in one message, and starts nothing',
  async action => {
    const names = namesOf(action);
    const cases = [
      ...hostileAnywhere.map(value => ({ value, given: names })),
      ...hostileName.map(value => ({ value, given: names.filter(name => !paths.includes(name)) })),
    ];
    for (const { value, given } of cases) {
      const inputs = Object.fromEntries(given.map(name => [name, value]));
      const { exitCode, output, started } = await chain.run(action, inputs);
      const refusedInputs = given.filter(name =>
        new RegExp(`(?:^|[:\\s]|- )${name} (?:is|has|names) `, 'm').test(output),
      );
      expect(refusedInputs, `${JSON.stringify(value)}\n${output}`).toEqual(given);
      expect([exitCode, started], JSON.stringify(value)).toEqual([1, 0]);
      // Neither the terminal nor the runner obeys the value.
      expect(output).not.toMatch(/[\p{Bidi_Control}\u200b\u2028\ufeff]/u);
      expect(output).not.toContain('\u001b');
    }
  },
);

test('reports all problems in one message', async () => {
  const { output } = await chain.run('setup-vault', {
    ...vault,
    'vault-name': 'my_vault',
    'access-model': 'acl',
  });
  expect(output).toContain('my_vault');
  expect(output).toContain('acl');
});
