import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeFailure } from '../shared/failures.ts';
import {
  azureError,
  type FakeAnswer,
  type FakeTools,
  failing,
  fakeTools,
  noAccount,
  notFound,
} from '../shared/fake-tools.ts';
import { buildImage } from './build-image.ts';
import type { BuildContext } from './context.ts';
import { readContext } from './context.ts';
import { tagsOf } from './image.ts';
import { type Inputs, parse } from './inputs.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

const wilab = {
  id: '/subscriptions/s/resourceGroups/rg1/providers/Microsoft.ContainerRegistry/registries/wilab4521',
  loginServer: 'wilab4521.azurecr.io',
  provisioningState: 'Succeeded',
};

let folder: string;
let context: string;
let inputs: Inputs;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-image-test-'));
  context = join(folder, 'context');
  await mkdir(join(context, 'app/dist'), { recursive: true });
  await mkdir(join(folder, 'temp'));
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY app/dist/ /app/\n');
  await writeFile(join(context, '.dockerignore'), '*\n!app/dist/**\n');
  await writeFile(join(context, 'app/dist/main.js'), 'console.log(1)');
  await writeFile(join(context, 'README.md'), 'not of the image');
  inputs = {
    account: noAccount,
    group: { name: 'rg1', location: 'eastus', tags: { 'managed-by': 'workload-identity-lab' } },
    registryName: 'wilab4521',
    create: true,
    builder: 'auto',
    repository: 'wi-kv-test',
    tag: '',
    rebuildAfterDays: 1,
    context,
    dockerfile: join(context, 'Dockerfile'),
    temporaryFolder: join(folder, 'temp'),
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const unknownTag = () => failing('ERROR: Error: the specified tag does not exist\n', 3);

/** A registry that records builds. `sent` has the files of the last build. */
function registry({ lag = 0 } = {}): { answers: Record<string, FakeAnswer>; sent: Record<string, string> } {
  const runs: { outputImages: { repository: string; tag: string; digest: string }[] }[] = [];
  const sent: Record<string, string> = {};
  let unseen = 0;
  return {
    sent,
    answers: {
      'az acr show': () => notFound(),
      'az group show': () => notFound('ResourceGroupNotFound'),
      'az group create': () => ({}),
      'az acr create': () => wilab,
      'az acr task list-runs': () => runs,
      'az acr repository show': args => {
        const [tag = ''] = args[args.indexOf('--image') + 1]!.split(':').slice(1);
        const isShown = unseen-- <= 0 && runs.some(run => run.outputImages.some(image => image.tag === tag));
        return isShown ? { digest } : unknownTag();
      },
      'az acr build': async (args, { onLine }) => {
        const source = args.find(arg => arg.includes('build-image-') && !arg.endsWith('Dockerfile'))!;
        for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
          const path = join(entry.parentPath, entry.name);
          if (entry.isFile()) sent[path.slice(source.length + 1)] = await readFile(path, 'utf8');
        }
        const tags = args
          .filter((_, index) => args[index - 1] === '--image')
          .map(image => image.split(':')[1]!);
        runs.unshift({ outputImages: tags.map(tag => ({ repository: 'wi-kv-test', tag, digest })) });
        unseen = lag;
        onLine?.('Step 1/2 : FROM scratch\r');
      },
    },
  };
}

describe('buildImage', () => {
  it('creates the registry, builds the files that .dockerignore includes, and outputs the digest', async () => {
    const { answers, sent } = registry();
    const tools = fakeTools(answers);
    expect(await buildImage(inputs, tools)).toEqual({ image: `wilab4521.azurecr.io/wi-kv-test@${digest}` });
    expect(sent).toEqual({ 'app/dist/main.js': 'console.log(1)' });
    expect(
      tools.commands.find(command => command[2] === 'create' && command[1] === 'acr')?.join(' '),
    ).toContain('--sku Standard --tags managed-by=workload-identity-lab --role-assignment-mode rbac');
    expect(tools.lines).toContain('| Step 1/2 : FROM scratch');
    expect(Object.values(tools.outcomes())).toEqual(['created', 'created', 'created']);
    expect(await readdir(join(folder, 'temp'))).toEqual([]);
  });

  it('builds the same content once, and builds changed content', async () => {
    const { answers } = registry();
    await buildImage(inputs, fakeTools(answers));

    const second = fakeTools({ ...answers, 'az acr show': () => wilab });
    await writeFile(join(context, 'README.md'), 'changed, but not of the image');
    await buildImage(inputs, second);
    expect(new Set(Object.values(second.outcomes()))).toEqual(new Set(['already there']));
    expect(second.commands).toHaveLength(2);

    await writeFile(join(context, 'app/dist/main.js'), 'console.log(2)');
    const third = fakeTools(answers);
    await buildImage(inputs, third);
    expect(third.commands.some(command => command[2] === 'build')).toBe(true);
  });

  it('pushes the given tag and that of the content, and rebuilds if one of them does not exist', async () => {
    const { answers } = registry();
    await buildImage(inputs, fakeTools(answers));
    const tools = fakeTools(answers);
    await buildImage({ ...inputs, tag: '1.0' }, tools);
    const build = tools.commands.find(command => command[2] === 'build')!;
    expect(build.filter((_, index) => build[index - 1] === '--image')).toEqual([
      expect.stringMatching(/^wi-kv-test:[0-9a-f]{16}$/),
      'wi-kv-test:1.0',
    ]);
    expect(Object.keys(tools.outcomes())).toContain('Image wi-kv-test:1.0');
  });

  it('waits until ACR Tasks lists the build', async () => {
    const tools = fakeTools(registry({ lag: 3 }).answers);
    await buildImage(inputs, tools);
    expect(tools.commands.filter(command => command[2] === 'repository')).toHaveLength(4);
  });

  it('rebuilds if the registry cannot be read, and outputs the digest that its run reports', async () => {
    const [ours, theirs] = ['cf2', 'cf3'];
    const other = digest.replace(/.{4}$/, '0000');
    let tags: string[] = [];
    const images = (of: string) => tags.map(tag => ({ repository: 'wi-kv-test', tag, digest: of }));
    const tools = fakeTools({
      ...registry().answers,
      'az acr show': () => wilab,
      'az acr repository show': () =>
        failing('ERROR: Unable to authenticate using AAD or admin login credentials.'),
      'az acr task list-runs': () => [
        { runId: theirs, outputImages: images(other) },
        { runId: ours, outputImages: images(digest) },
      ],
      'az acr build': (args, { onLine }) => {
        tags = args.filter((_, index) => args[index - 1] === '--image').map(image => image.split(':')[1]!);
        onLine?.(`Run ID: ${ours} was successful after 5s\r`);
      },
    });
    expect(await buildImage({ ...inputs, tag: 'v1' }, tools)).toEqual({
      image: `wilab4521.azurecr.io/wi-kv-test@${digest}`,
    });
    // The tag of the content might exist, and keeps its image.
    expect(tags).toEqual([expect.stringMatching(/^[0-9a-f]{16}_[0-9a-f]{8}$/), 'v1']);
  });

  it('reports a locked tag that must move before it builds', async () => {
    const tools = fakeTools({
      ...registry().answers,
      'az acr show': () => wilab,
      'az acr repository show': args =>
        args.includes('wi-kv-test:v1')
          ? { digest, changeableAttributes: { writeEnabled: false } }
          : args.some(arg => arg.includes('@'))
            ? { tags: ['v1', 'another-image'] }
            : unknownTag(),
    });
    const error = await buildImage({ ...inputs, tag: 'v1' }, tools).catch(caught => caught);
    expect(describeFailure(error)).toMatch(
      /Tag "wi-kv-test:v1" .* is locked[\s\S]*az acr repository update --name wilab4521 --image wi-kv-test:v1 --write-enabled true/,
    );
    expect(tools.commands.some(command => command[2] === 'build')).toBe(false);
  });

  it('rebuilds after some days if the base image has no digest', () => {
    const context = { digest: 'a'.repeat(64) } as BuildContext;
    const at = (time: string, basesArePinned: boolean, days = 1) =>
      tagsOf({ ...inputs, rebuildAfterDays: days }, { ...context, basesArePinned }, new Date(time)).content;
    const [morning, evening, next] = ['2026-11-28T01:00Z', '2026-11-28T23:00Z', '2026-11-29T01:00Z'];
    expect(at(morning, false)).toBe(`${'a'.repeat(16)}_20261128`);
    expect(at(evening, false)).toBe(at(morning, false));
    expect(at(next, false)).not.toBe(at(morning, false));
    expect(at(next, false, 365)).toBe(at(morning, false, 365));
    expect(at(next, true)).toBe('a'.repeat(16));
  });

  it('fails if the build fails, and leaves no files', async () => {
    const { answers } = registry();
    const tools = fakeTools({ ...answers, 'az acr build': () => failing('ERROR: Run failed') });
    await expect(buildImage(inputs, tools)).rejects.toThrow('Run failed');
    expect(tools.time.now()).toBe(0);
    expect(await readdir(join(folder, 'temp'))).toEqual([]);
  });

  it('reports a missing Dockerfile or an empty context before it starts az', async () => {
    const tools = fakeTools({});
    await expect(buildImage({ ...inputs, dockerfile: join(context, 'nope') }, tools)).rejects.toThrow(
      'nope" does not exist.',
    );
    await rm(join(context, 'app'), { recursive: true });
    await expect(buildImage(inputs, tools)).rejects.toThrow('The build context is empty');
    expect(tools.commands).toEqual([]);
  });
});

const lines = (tools: FakeTools): string[] => tools.commands.map(command => command.join(' '));
const found = { 'az acr show': () => wilab };

describe('a throttled build', () => {
  const throttled = (times: number): Record<string, FakeAnswer> => {
    const { answers } = registry();
    return {
      ...answers,
      'az acr build': (args, options) => {
        if (times-- <= 0) return answers['az acr build']!(args, options);
        options.onLine?.('toomanyrequests: You have reached your unauthenticated pull rate limit.');
        return failing('ERROR: Run failed');
      },
    };
  };

  it('is retried once, with the reason in the log', async () => {
    const tools = fakeTools(throttled(1));
    await buildImage(inputs, tools);
    expect(tools.lines).toContainEqual(
      expect.stringMatching(
        /^Build of wi-kv-test:.*: attempt 1 of 2 failed: a registry throttles .*Trying again in \d+ s/,
      ),
    );
  });

  it('is not retried twice, and the message quotes the registry', async () => {
    await expect(buildImage(inputs, fakeTools(throttled(2)))).rejects.toThrow(
      'A registry throttled the build.\nIt answered: "toomanyrequests: You have reached',
    );
  });
});

describe('an existing registry', () => {
  it('is never changed', async () => {
    const { answers } = registry();
    const tools = fakeTools({ ...answers, ...found, 'az acr create': () => expect.unreachable() });
    await buildImage({ ...inputs, create: false }, tools);
    expect(tools.outcomes()).toMatchObject({ 'Registry wilab4521': 'already there' });
  });

  it('is used after its creation ended', async () => {
    const states = ['Creating', 'Creating', 'Succeeded'];
    const show = () => ({ ...wilab, provisioningState: states.length > 1 ? states.shift() : states[0] });
    const tools = fakeTools({ ...registry().answers, 'az acr show': show });
    await buildImage(inputs, tools);
    expect(tools.lines).toContainEqual(expect.stringContaining('Registry wilab4521: Creating'));
  });

  it('with repository permissions gives the build the identity of the caller', async () => {
    const abac = { ...wilab, roleAssignmentMode: 'AbacRepositoryPermissions' };
    const writer = 'Microsoft.ContainerRegistry/registries/repositories/content/write';
    const answers = {
      ...registry().answers,
      'az acr show': () => abac,
      'az rest --method get --url /subscriptions': () => ({
        value: [{ actions: ['*'], notActions: [], dataActions: [writer], notDataActions: [] }],
      }),
    };
    const tools = fakeTools(answers);
    await buildImage(inputs, tools);
    expect(lines(tools).find(line => line.startsWith('az acr build'))).toContain(
      ' --source-acr-auth-id [caller] ',
    );

    const without = fakeTools({ ...registry().answers, 'az acr show': () => abac });
    await expect(buildImage(inputs, without)).rejects.toThrow(
      /is not allowed to perform .*repositories\/content\/write .*Assign it the role Container Registry Repository Writer/,
    );
    expect(lines(without).some(line => line.startsWith('az acr build'))).toBe(false);
  });

  it('without repository permissions does not give the build an identity', async () => {
    const tools = fakeTools({ ...registry().answers, ...found });
    await buildImage(inputs, tools);
    expect(lines(tools).some(line => line.includes('--source-acr-auth-id'))).toBe(false);
  });

  it('is required with create: false', async () => {
    const tools = fakeTools(registry().answers);
    await expect(buildImage({ ...inputs, create: false }, tools)).rejects.toThrow(
      'Registry "wilab4521" does not exist in resource group "rg1", and create is false.',
    );
    expect(lines(tools)).toEqual(['az acr show --name wilab4521 --resource-group rg1']);
  });
});

describe('preflight', () => {
  const permissions = (...actions: string[]): Record<string, FakeAnswer> => ({
    'az rest --method get --url /subscriptions': () => ({ value: [{ actions, notActions: [] }] }),
  });

  it('reports every missing permission', async () => {
    const tools = fakeTools({ ...registry().answers, ...permissions('*/read') });
    const error = await buildImage(inputs, tools).catch(reason => reason);
    expect(error.message).toContain('4 problems to fix before this step can run');
    for (const right of [
      'resourceGroups/write',
      'registries/write',
      'scheduleRun',
      'listBuildSourceUploadUrl',
    ])
      expect(error.message).toContain(right);
  });

  it('requires no permission if the image exists', async () => {
    const { answers } = registry();
    await buildImage(inputs, fakeTools({ ...answers, ...found }));
    const tools = fakeTools({ ...answers, ...found, ...permissions('*/read') });
    await buildImage(inputs, tools);
    expect(new Set(Object.values(tools.outcomes()))).toEqual(new Set(['already there']));
  });

  it.each([
    [
      () => failing('Cannot connect to the Docker daemon at unix:///var/run/docker.sock.'),
      /cannot reach its daemon: "Cannot connect/,
    ],
    [
      () => {
        throw new Error('Unable to locate executable file: docker. Please verify …');
      },
      /was not found on PATH\. Use a runner with docker/,
    ],
  ])('reports that docker cannot build (%#)', async (version, message) => {
    const tools = fakeTools({ ...registry().answers, ...found, 'docker version': version });
    await expect(buildImage({ ...inputs, builder: 'docker' }, tools)).rejects.toThrow(message);
    expect(lines(tools).some(line => /build/.test(line))).toBe(false);
  });
});

describe('docker', () => {
  const token = 'refresh-token-of-the-registry';

  /** A docker that builds and pushes, and a registry that lists the pushed images. */
  function docker(): { answers: Record<string, FakeAnswer>; logins: { input?: string; config: string }[] } {
    const pushed = new Set<string>();
    const logins: { input?: string; config: string }[] = [];
    return {
      logins,
      answers: {
        ...registry().answers,
        ...found,
        'az acr build': () => azureError('TasksOperationsNotAllowed'),
        'az acr login': () => ({ accessToken: token, loginServer: wilab.loginServer }),
        'az acr repository show': args => {
          const image = args[args.indexOf('--image') + 1]!;
          return pushed.has(`${wilab.loginServer}/${image}`) ? { digest } : unknownTag();
        },
        'docker version': () => '28.0.0',
        'docker context inspect': () => 'unix:///run/user/1000/docker.sock\n',
        'docker build': () => '',
        'docker login': (_, { input, env }) => {
          logins.push({ ...(input && { input }), config: env!.DOCKER_CONFIG! });
          return '';
        },
        'docker push': (args, { env }) => {
          expect(env).toMatchObject({
            DOCKER_CONFIG: logins.at(-1)?.config,
            DOCKER_HOST: 'unix:///run/user/1000/docker.sock',
          });
          pushed.add(args[1]!);
          return '';
        },
      },
    };
  }

  it.each(['auto', 'docker'] as const)('builds and pushes with builder: %s', async builder => {
    const { answers, logins } = docker();
    const tools = fakeTools(answers);
    expect(await buildImage({ ...inputs, builder, tag: '1.0' }, tools)).toEqual({
      image: `wilab4521.azurecr.io/wi-kv-test@${digest}`,
    });
    const of = (verb: string) => lines(tools).filter(line => line.startsWith(`docker ${verb}`));
    expect(of('build')).toEqual([
      expect.stringMatching(
        /^docker build --platform linux\/amd64 --file \S+Dockerfile --tag wilab4521\.azurecr\.io\/wi-kv-test:[0-9a-f]{16} --tag wilab4521\.azurecr\.io\/wi-kv-test:1\.0 \S+$/,
      ),
    ]);
    expect(of('push')).toHaveLength(2);
    expect(of('login')).toEqual([
      'docker login wilab4521.azurecr.io --username 00000000-0000-0000-0000-000000000000 --password-stdin',
    ]);
    expect(lines(tools).some(line => line.startsWith('az acr build'))).toBe(builder === 'auto');
    expect(logins).toEqual([{ input: token, config: expect.stringContaining(folder) }]);
    expect(lines(tools).join()).not.toContain(token);
    expect(await readdir(join(folder, 'temp'))).toEqual([]);

    const again = fakeTools(answers);
    await buildImage({ ...inputs, builder, tag: '1.0' }, again);
    expect(new Set(Object.values(again.outcomes()))).toEqual(new Set(['already there']));
    expect(lines(again).some(line => line.startsWith('docker build'))).toBe(false);
  });

  it('rebuilds if the tags point to different images', async () => {
    const { answers } = docker();
    const show: FakeAnswer = args =>
      args.some(arg => arg.endsWith(':1.0')) ? { digest: `sha256:${'cd'.repeat(32)}` } : { digest };
    const tools = fakeTools({ ...answers, 'az acr repository show': show });
    await expect(buildImage({ ...inputs, builder: 'docker', tag: '1.0' }, tools)).rejects.toThrow(
      'does not list it yet',
    );
    expect(lines(tools).some(line => line.startsWith('docker build'))).toBe(true);
  });

  it('does not build with builder: acr-tasks, nor after another failure', async () => {
    const { answers } = docker();
    await expect(buildImage({ ...inputs, builder: 'acr-tasks' }, fakeTools(answers))).rejects.toThrow(
      'TasksOperationsNotAllowed',
    );
    const other = fakeTools({ ...answers, 'az acr build': () => failing('ERROR: Run failed') });
    await expect(buildImage(inputs, other)).rejects.toThrow('Run failed');
    expect(lines(other).some(line => line.startsWith('docker'))).toBe(false);
  });

  it('retries a throttled push once, and removes its login if it fails', async () => {
    let refusals = 1;
    const { answers } = docker();
    const push: FakeAnswer = (args, options) =>
      refusals-- > 0 ? failing('toomanyrequests: slow down') : answers['docker push']!(args, options);
    await buildImage(inputs, fakeTools({ ...answers, 'docker push': push }));

    refusals = 2;
    const { answers: others } = docker();
    await expect(buildImage(inputs, fakeTools({ ...others, 'docker push': push }))).rejects.toThrow(
      'A registry throttled',
    );
    expect(await readdir(join(folder, 'temp'))).toEqual([]);
  });

  it('does not retry a rejected push', async () => {
    const tools = fakeTools({
      ...docker().answers,
      'docker push': () => failing('denied: requested access'),
    });
    await expect(buildImage(inputs, tools)).rejects.toThrow('denied: requested access');
    expect(tools.time.now()).toBe(0);
  });
});

describe('readContext', () => {
  const read = async () => (await readContext(context, inputs.dockerfile)).digest;

  it('returns the same digest for the same content, and another one for each change in the image', async () => {
    const first = await read();
    expect(await read()).toBe(first);
    await chmod(join(context, 'app/dist/main.js'), 0o755);
    const startable = await read();
    await writeFile(join(context, 'app/dist/two.js'), '');
    const more = await read();
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY app/dist/ /elsewhere/\n');
    const other = await read();
    expect(new Set([first, startable, more, other]).size).toBe(4);
  });

  it('prefers the ignore file of the Dockerfile to that of the context', async () => {
    await writeFile(join(context, 'Dockerfile.dockerignore'), '*\n!README.md\n');
    expect((await readContext(context, inputs.dockerfile)).files).toEqual(['README.md']);
  });

  it('rejects a link', async () => {
    await symlink('/etc/hostname', join(context, 'app/dist/link'));
    await expect(read()).rejects.toThrow('"app/dist/link" is not a regular file');
  });
});

describe('parse', () => {
  const given: Record<string, string> = { 'resource-group': 'rg1', 'registry-name': 'wilab4521' };
  const reading = (overrides: Record<string, string>) => (name: string) =>
    ({ ...given, ...overrides })[name] ?? '';

  it('resolves paths in the workspace, and the Dockerfile in the context', () => {
    expect(parse({ GITHUB_WORKSPACE: '/w' }, reading({ context: 'sub' }))).toMatchObject({
      context: '/w/sub',
      dockerfile: '/w/sub/Dockerfile',
      repository: 'wi-kv-test',
      tag: '',
      create: true,
      builder: 'auto',
    });
  });

  it.each([
    ['registry-name', 'with-hyphen'],
    ['registry-name', ''],
    ['repository', 'Upper'],
    ['tag', '.x'],
    ['builder', 'podman'],
    ['create', 'perhaps'],
    ['context', '--help'],
    ['dockerfile', 'a\nb'],
  ])('rejects %s %j', (name, value) => {
    expect(() => parse({}, reading({ [name]: value }))).toThrow(name);
  });
});
