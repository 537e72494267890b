import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { Chain, type StepEnded } from './support/chain.ts';
import { Spy } from './support/spy.ts';

// A known secret, which the tests search for wherever it must not be.
const secret = `known-${randomBytes(24).toString('base64url')}`;
const group = { 'resource-group': 'wilab-secrets' };
const registry = { 'registry-name': 'wilabsecrets' };

let chain: Chain;
let spy: Spy;
let temporary: string;
const steps: Record<string, StepEnded> = {};

/** Encodings of a secret. */
const forms = (value: string): string[] => [
  value,
  Buffer.from(value).toString('base64').replace(/=+$/, ''),
  Buffer.from(value).toString('hex'),
  encodeURIComponent(value),
];
const holding = (text: string) => forms(secret).some(form => text.includes(form));

beforeAll(async () => {
  chain = await Chain.start();
  temporary = join(chain.directory, 'runner-temp');
  mkdirSync(temporary);
  const tools = ['az', 'kubectl', 'docker', 'git', 'sh', 'tar'];
  spy = new Spy(join(chain.directory, 'spy'), tools, temporary, secret, chain.env.PATH!);
  const environment = { PATH: spy.path, RUNNER_TEMP: temporary };
  const run = async (name: string, action: string, inputs: Record<string, string>) => {
    const step = await chain.succeed(action, inputs, environment);
    steps[name] = step;
    return step.outputs;
  };

  const cluster = run('create-cluster', 'create-cluster', {
    ...group,
    ...registry,
    'cluster-name': 'wilab',
  });
  cluster.catch(() => {});
  const identity = await run('identity', 'federate-identity', { ...group, 'identity-name': 'wi-demo' });
  const vault = await run('setup-vault', 'setup-vault', {
    ...group,
    'vault-name': 'wilabsecrets',
    'principal-id': identity['principal-id']!,
    'secret-value': secret,
  });
  // The action also prints a refusal.
  await control(chain.emulator.facts, 'POST /control/faults', {
    ...{ host: '*.vault.azure.net', method: 'PUT', pathPattern: '^/secrets/Refused', status: 403 },
    body: { error: { code: 'Forbidden', message: 'No.' } },
  });
  steps['setup-vault, refused'] = await chain.run(
    'setup-vault',
    {
      ...{ ...group, 'vault-name': 'wilabsecrets', 'principal-id': identity['principal-id']! },
      ...{ 'secret-name': 'Refused', 'secret-value': secret },
    },
    environment,
  );
  const image = await run('build-image', 'build-image', { ...group, ...registry });
  const { kubeconfig = '', 'oidc-issuer-url': issuer = '' } = await cluster;
  const federation = { ...group, 'identity-name': 'wi-demo', issuer, kubeconfig };
  await run('federate-identity', 'federate-identity', federation);
  const workload = {
    kubeconfig,
    image: image.image!,
    'vault-name': 'wilabsecrets',
    'secret-name': vault['secret-name']!,
    'secret-sha256': vault['secret-sha256']!,
    'prove-denial': 'true',
  };
  await run('deploy-workload', 'deploy-workload', workload);
  await run('diagnose-workload', 'diagnose-workload', { kubeconfig });
  await run('summarize-lab', 'summarize-lab', {});
  await run('sweep-labs', 'sweep-labs', { 'dry-run': 'true' });
  await run('delete-lab', 'delete-lab', group);
});
afterAll(() => chain?.stop());

/** The runner hides the add-mask command, and masks. */
function shown(output: string): string {
  const masks = [...output.matchAll(/^::add-mask::(.*)$/gm)].map(([, value]) => value!);
  const plain = output.replace(/^::add-mask::.*$/gm, '');
  return masks.reduce((text, mask) => (mask === '' ? text : text.replaceAll(mask, '***')), plain);
}

test('the spy finds a secret that is passed on', () => {
  const seen = spy.sightings();
  expect(seen.length).toBeGreaterThan(40);
  expect(new Set(seen.map(({ tool }) => tool))).toEqual(new Set(['az', 'kubectl']));
  // Only a file that az reads.
  const files = seen.flatMap(({ files }) => files);
  expect(files.length).toBeGreaterThan(0);
});

test('no process receives it as an argument', () => {
  expect(spy.sightings().filter(({ argv }) => holding(argv.join('\n')))).toEqual([]);
});

test('no process receives it, any input, or the tokens of the runner in its environment', () => {
  for (const { environment } of spy.sightings()) {
    expect(holding(environment)).toBe(false);
    expect(environment).not.toMatch(/^(INPUT_|STATE_|ACTIONS_)/m);
  }
});

test('az reads it from a file that only this user can read', () => {
  const files = spy.sightings().flatMap(({ files }) => files);
  expect(new Set(files.map(({ mode }) => mode))).toEqual(new Set(['600']));
});

describe.each([
  'create-cluster',
  'identity',
  'setup-vault',
  'setup-vault, refused',
  'build-image',
  'federate-identity',
  'deploy-workload',
  'diagnose-workload',
  'summarize-lab',
  'sweep-labs',
  'delete-lab',
])('%s', name => {
  test('does not show it in outputs, state, summary, or log', () => {
    const { outputs, state, summary, output } = steps[name]!;
    expect(holding(JSON.stringify([outputs, state, summary]))).toBe(false);
    // Missing data needs no mask.
    expect(holding(output.replace(/^::add-mask::.*$/gm, ''))).toBe(false);
    expect(holding(shown(output))).toBe(false);
  });
});

test('a refused step fails with the reason', () => {
  expect(steps['setup-vault, refused']).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining('(Forbidden) No.'),
  });
});

test('it is masked before anything else is printed', () => {
  const { output } = steps['setup-vault']!;
  const lines = output.split('\n');
  const mask = lines.indexOf(`::add-mask::${secret}`);
  expect(mask).toBeGreaterThanOrEqual(0);
  expect(lines.slice(0, mask).filter(line => !line.startsWith('::add-mask::'))).toEqual([]);
});

test('no file contains it afterwards, also none of az', () => {
  // The emulator holds the vault; the next check reads its log.
  const left = readdirSync(chain.directory, { recursive: true, withFileTypes: true }).filter(
    entry => entry.isFile() && !/^\/(spy|emulator)\b/.test(entry.parentPath.slice(chain.directory.length)),
  );
  expect(left.length).toBeGreaterThan(20);
  for (const { parentPath, name } of left)
    expect(holding(readFileSync(join(parentPath, name), 'latin1')), name).toBe(false);
  expect(left.filter(({ parentPath }) => /private-/.test(parentPath))).toEqual([]);
});

test('the emulator does not record it', () => {
  expect(holding(readFileSync(chain.emulator.logFile, 'utf8'))).toBe(false);
});
