import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { Chain, type StepEnded } from './support/chain.ts';
import { makeDocker } from './support/docker.ts';
import { grantAsOwner } from './support/owner.ts';

const group = 'wilab-images';

let chain: Chain;
let context: string;
let withDocker: { PATH: string };

beforeAll(async () => {
  chain = await Chain.start();
  const docker = makeDocker(join(chain.directory, 'docker'));
  withDocker = { PATH: [docker, chain.env.PATH].join(delimiter) };
  context = join(chain.directory, 'context');
  mkdirSync(context);
  writeFileSync(join(context, 'main.mjs'), 'console.log(1);\n');
  writeFileSync(
    join(context, 'Dockerfile'),
    'FROM mcr.microsoft.com/azurelinux/distroless/nodejs:24-nonroot\nCOPY main.mjs /\n',
  );
  await chain.az('group', 'create', '--name', group, '--location', 'eastus');
});
afterAll(() => chain?.stop());

const tell = (request: string, body: object = {}) => control(chain.emulator.facts, request, body);

const inputs = (registry: string, more: Record<string, string> = {}) => ({
  'resource-group': group,
  'registry-name': registry,
  repository: 'team/app',
  context,
  ...more,
});
const run = (registry: string, more: Record<string, string> = {}, environment = withDocker) =>
  chain.run('build-image', inputs(registry, more), environment);

const errorOf = (ended: StepEnded) =>
  decodeURIComponent((/^::error::(.*)$/m.exec(ended.output)?.[1] ?? ended.output).replaceAll('%0A', '\n'));

async function expectImage(ended: StepEnded, registry: string, outcome: string, tag = 'v1') {
  expect(ended.exitCode, ended.output).toBe(0);
  expect(ended.summary).toMatch(new RegExp(`\\| Image \\| .* \\| ${outcome} \\|`));
  const show = ['acr', 'repository', 'show', '--name', registry, '--image', `team/app:${tag}`];
  const { digest } = await chain.az(...show);
  expect(ended.outputs.image).toBe(`${registry}.azurecr.io/team/app@${digest}`);
}

test('two runs create the same group, registry, and image at the same time', async () => {
  const inputs = { 'resource-group': 'wilab-images-twice', tag: 'v1' };
  const both = await Promise.all([run('wilabtwice', inputs), run('wilabtwice', inputs)]);
  for (const { exitCode, output, outputs } of both) {
    expect(exitCode, output).toBe(0);
    expect(outputs.image).toMatch(/^wilabtwice\.azurecr\.io\/team\/app@sha256:[0-9a-f]{64}$/);
  }
});

describe('a build with ACR Tasks whose base image is throttled', () => {
  const tag = 'v1';
  const throttled = (times: number) =>
    tell('PUT /control/registry-tasks', { allowed: true, throttled: times });
  afterAll(() => throttled(0));

  test('is retried once', async () => {
    await throttled(1);
    const ended = await run('wilabthrottled', { tag });
    expect(ended.output).toMatch(
      /^Build of team\/app:\w+: attempt 1 of 2 failed: a registry throttles .*\. Trying again in \d+ s\.$/m,
    );
    await expectImage(ended, 'wilabthrottled', 'created');
  });

  test('is not retried twice', async () => {
    await throttled(2);
    const other = join(chain.directory, 'other');
    mkdirSync(other);
    writeFileSync(
      join(other, 'Dockerfile'),
      'FROM mcr.microsoft.com/azurelinux/distroless/nodejs:24-nonroot\n',
    );
    writeFileSync(join(other, 'other.mjs'), '');
    const ended = await run('wilabthrottled', { tag, context: other });
    expect(ended.exitCode).toBe(1);
    expect(errorOf(ended)).toContain(
      'A registry throttled the build.\nIt answered: "toomanyrequests: You have reached',
    );
    expect(ended.output.match(/Trying again/g)).toHaveLength(1);
    expect(await chain.az('acr', 'task', 'list-runs', '--registry', 'wilabthrottled')).toHaveLength(4);
  });
});

test('explains a base image that cannot be pulled, and builds with the replacement', async () => {
  const other = join(chain.directory, 'missing-base');
  mkdirSync(other);
  const dockerfile = (base: string) =>
    writeFileSync(
      join(other, 'Dockerfile'),
      `ARG BASE_IMAGE=${base}\nFROM \${BASE_IMAGE}\nCOPY app.mjs /app.mjs\n`,
    );
  writeFileSync(join(other, 'app.mjs'), '');
  dockerfile('mcr.microsoft.com/azurelinux/distroless/nodejs:99-nonroot');
  const failed = await run('wilabbase', { tag: 'v1', context: other });
  expect(failed.exitCode).toBe(1);
  expect(errorOf(failed)).toContain('The builder could not pull the base image.');
  expect(errorOf(failed)).toContain('ARG BASE_IMAGE=docker.io/library/node:24-slim');
  dockerfile('docker.io/library/node:24-slim');
  const built = await run('wilabbase', { tag: 'v1', context: other });
  expect(built.exitCode, built.output).toBe(0);
});

describe('a subscription without ACR Tasks', () => {
  const adopted = { create: 'false', tag: 'v1' };

  beforeAll(async () => {
    await tell('PUT /control/registry-tasks', { allowed: false });
    await chain.az(
      ...['acr', 'create', '--name', 'wilabfree', '--resource-group', group],
      ...['--sku', 'Basic', '--tags', 'owner=somebody', '--role-assignment-mode', 'rbac'],
    );
  });
  afterAll(() => tell('PUT /control/registry-tasks', { allowed: true }));

  test('builder: acr-tasks reports it', async () => {
    const ended = await run('wilabfree', { ...adopted, builder: 'acr-tasks' });
    expect(ended.exitCode).toBe(1);
    expect(errorOf(ended)).toContain('(TasksOperationsNotAllowed)');
  });

  test('builder: auto needs docker with a daemon', async () => {
    const folder = join(chain.directory, 'no-daemon');
    mkdirSync(folder);
    const said =
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
    writeFileSync(join(folder, 'docker'), `#!/bin/sh\necho "${said}" >&2\nexit 1\n`, { mode: 0o700 });
    const ended = await run('wilabfree', adopted, { PATH: [folder, chain.env.PATH].join(delimiter) });
    expect(ended.exitCode).toBe(1);
    expect(errorOf(ended)).toContain(
      `Azure does not allow ACR Tasks in this subscription (TasksOperationsNotAllowed). The builder is docker, but docker cannot reach its daemon: ${JSON.stringify(said)}`,
    );
    expect(errorOf(ended)).toContain('What to do: Use a runner with docker');
  });

  test('builder: auto builds with docker, retries a throttled push once, and leaves no login', async () => {
    await tell('POST /control/faults', {
      failure: 'registry-throttled',
      host: 'wilabfree.azurecr.io',
      method: 'PUT',
    });
    const ended = await run('wilabfree', adopted);
    expect(ended.output).toMatch(
      /^Push of wilabfree\S+: attempt 1 of 2 failed: a registry throttles .*\. Trying again in \d+ s\.$/m,
    );
    await expectImage(ended, 'wilabfree', 'created');
    const shown = ended.output.replace(/^::add-mask::.*$/gm, '');
    expect(shown).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
    expect(readdirSync(chain.directory).filter(name => /^(docker|build-image|private)-/.test(name))).toEqual(
      [],
    );

    const again = await run('wilabfree', adopted);
    await expectImage(again, 'wilabfree', 'already there');
    expect(again.outputs).toEqual(ended.outputs);
    const registry = await chain.az('acr', 'show', '--name', 'wilabfree', '--resource-group', group);
    expect(registry).toMatchObject({ sku: { name: 'Basic' }, tags: { owner: 'somebody' } });
  });

  test('does not retry a rejected push', async () => {
    await tell('POST /control/faults', {
      failure: 'registry-unavailable',
      host: 'wilabfree.azurecr.io',
      method: 'PUT',
    });
    const ended = await run('wilabfree', { ...adopted, builder: 'docker', tag: 'v2' });
    expect(ended.exitCode).toBe(1);
    expect(errorOf(ended)).toContain('unavailable: service unavailable');
    expect(ended.output).not.toContain('Trying again');
  });
});

describe('a registry with repository permissions in a separate group', () => {
  const adopted = { create: 'false', 'resource-group': 'wilab-images-abac', tag: 'v1' };
  let id: string;

  beforeAll(async () => {
    await chain.az('group', 'create', '--name', 'wilab-images-abac', '--location', 'eastus');
    ({ id } = await chain.az(
      ...['acr', 'create', '--name', 'wilababac', '--resource-group', 'wilab-images-abac'],
      ...['--sku', 'Standard', '--role-assignment-mode', 'rbac-abac'],
    ));
  });

  test('requires the permission on repositories before the build', async () => {
    const ended = await run('wilababac', adopted);
    expect(ended.exitCode).toBe(1);
    expect(errorOf(ended)).toMatch(
      /is not allowed to perform Microsoft\.ContainerRegistry\/registries\/repositories\/content\/write in resource group "wilab-images-abac"\. Assign it the role Container Registry Repository Writer/,
    );
    const runs = await chain.az('acr', 'task', 'list-runs', '--registry', 'wilababac');
    expect(runs).toEqual([]);
  });

  test('accepts the build with the identity of the caller', async () => {
    const { principalId } = await chain.az(
      ...['identity', 'show', '--name', 'lab-deployer', '--resource-group', 'lab-trust'],
    );
    await grantAsOwner(chain, { role: 'Container Registry Repository Writer', principalId, scope: id });
    await expectImage(await run('wilababac', adopted), 'wilababac', 'created');
  });

  test('accepts the push of docker', async () => {
    const ended = await run('wilababac', { ...adopted, builder: 'docker', tag: 'v2' });
    await expectImage(ended, 'wilababac', 'created', 'v2');
  });
});

describe('the registry, not the history of builds, shows what exists', () => {
  const registry = 'wilabtruth';
  const tag = 'v1';
  const delivered = async (builder: string, from: string, outcome: string) => {
    const ended = await run(registry, { tag, builder, context: from });
    await expectImage(ended, registry, outcome);
    return ended.outputs.image!.split('@')[1]!;
  };
  const digests = async (): Promise<string[]> => {
    const all = await chain.az(
      ...['acr', 'repository', 'show-manifests', '--name', registry, '--repository', 'team/app'],
      ...['--query', '[?tags].digest'],
    );
    return all;
  };
  let other: string;

  beforeAll(() => {
    other = join(chain.directory, 'b');
    mkdirSync(other);
    writeFileSync(
      join(other, 'Dockerfile'),
      'FROM mcr.microsoft.com/azurelinux/distroless/nodejs:24-nonroot\nCOPY b /\n',
    );
    writeFileSync(join(other, 'b'), 'b');
  });

  test.each(['acr-tasks', 'docker'])(
    'a tag follows A, B, A, and no image loses its last tag: %s',
    async builder => {
      const a = await delivered(builder, context, 'created');
      const b = await delivered(builder, other, 'created');
      const again = await delivered(builder, context, 'created');
      expect(await digests()).toEqual(expect.arrayContaining([a, b, again]));
      expect(await delivered(builder, context, 'already there')).toBe(again);
      await chain.az('acr', 'repository', 'delete', '--name', registry, '--repository', 'team/app', '--yes');
    },
  );

  test('reports a locked tag before the build, and moves it when it is unlocked', async () => {
    await delivered('acr-tasks', context, 'created');
    const update = ['acr', 'repository', 'update', '--name', registry, '--image', `team/app:${tag}`];
    await chain.az(...update, '--write-enabled', 'false');
    const before = await chain.az('acr', 'task', 'list-runs', '--registry', registry);
    const refused = await run(registry, { tag, context: other });
    expect(refused.exitCode).toBe(1);
    expect(errorOf(refused)).toContain(`Tag "team/app:${tag}" in registry "${registry}" is locked`);
    expect(await chain.az('acr', 'task', 'list-runs', '--registry', registry)).toHaveLength(before.length);
    const unlock = /^ *az (acr repository update .*)$/m.exec(errorOf(refused))![1]!;
    await chain.az(...unlock.split(' '));
    await delivered('acr-tasks', other, 'created');
    await chain.az('acr', 'repository', 'delete', '--name', registry, '--repository', 'team/app', '--yes');
  });

  test('rebuilds a deleted image', async () => {
    await delivered('acr-tasks', context, 'created');
    await chain.az('acr', 'repository', 'delete', '--name', registry, '--image', `team/app:${tag}`, '--yes');
    const rebuilt = await delivered('acr-tasks', context, 'created');
    expect(await digests()).toContain(rebuilt);
    await chain.az('acr', 'repository', 'delete', '--name', registry, '--repository', 'team/app', '--yes');
    await delivered('auto', context, 'created');
  });
});

test('does not create a registry with create: false', async () => {
  const ended = await run('wilabnowhere', { create: 'false' });
  expect(ended.exitCode).toBe(1);
  expect(errorOf(ended)).toContain(
    `Registry "wilabnowhere" does not exist in resource group "${group}", and create is false.`,
  );
});
