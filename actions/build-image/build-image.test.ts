import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, azureError, fakeTools, noAccount, notFound } from '../shared/fake-tools.ts';
import { buildImage } from './build-image.ts';
import { readContext } from './context.ts';
import { type Inputs, parse } from './inputs.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

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
    repository: 'wi-kv-test',
    tag: '',
    context,
    dockerfile: join(context, 'Dockerfile'),
    temporaryFolder: join(folder, 'temp'),
  };
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A registry that remembers what was built in it; `sent` is what the last build was made of. */
function registry({ lag = 0 } = {}): { answers: Record<string, Answer>; sent: Record<string, string> } {
  const runs: { outputImages: { repository: string; tag: string; digest: string }[] }[] = [];
  const sent: Record<string, string> = {};
  let unseen = 0;
  return {
    sent,
    answers: {
      'az acr show': () => notFound(),
      'az group show': () => notFound('ResourceGroupNotFound'),
      'az group create': () => ({}),
      'az acr create': () => ({ loginServer: 'wilab4521.azurecr.io' }),
      'az acr task list-runs': () => (unseen-- > 0 ? [] : runs),
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
  it('makes the registry, builds what .dockerignore lets through, and gives the digest', async () => {
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

  it('builds the same content once, and other content again', async () => {
    const { answers } = registry();
    await buildImage(inputs, fakeTools(answers));

    const second = fakeTools({ ...answers, 'az acr show': () => ({ loginServer: 'wilab4521.azurecr.io' }) });
    await writeFile(join(context, 'README.md'), 'changed, but not of the image');
    await buildImage(inputs, second);
    expect(new Set(Object.values(second.outcomes()))).toEqual(new Set(['already there']));
    expect(second.commands).toHaveLength(2);

    await writeFile(join(context, 'app/dist/main.js'), 'console.log(2)');
    const third = fakeTools(answers);
    await buildImage(inputs, third);
    expect(third.commands.some(command => command[2] === 'build')).toBe(true);
  });

  it('gives a chosen tag beside that of the content, and builds again when either is missing', async () => {
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

  it('waits for a build that is not listed yet', async () => {
    const tools = fakeTools(registry({ lag: 3 }).answers);
    await buildImage(inputs, tools);
    expect(tools.commands.filter(command => command[2] === 'task')).toHaveLength(5);
  });

  it('fails when the build fails, and leaves nothing behind', async () => {
    const { answers } = registry();
    const tools = fakeTools({ ...answers, 'az acr build': () => azureError('TasksOperationsNotAllowed') });
    await expect(buildImage(inputs, tools)).rejects.toThrow('TasksOperationsNotAllowed');
    expect(await readdir(join(folder, 'temp'))).toEqual([]);
  });

  it('says before any az call that there is no Dockerfile, or nothing to build from', async () => {
    const tools = fakeTools({});
    await expect(buildImage({ ...inputs, dockerfile: join(context, 'nope') }, tools)).rejects.toThrow(
      'no Dockerfile',
    );
    await rm(join(context, 'app'), { recursive: true });
    await expect(buildImage(inputs, tools)).rejects.toThrow('nothing to build from');
    expect(tools.commands).toEqual([]);
  });
});

describe('readContext', () => {
  const read = async () => (await readContext(context, inputs.dockerfile)).digest;

  it('is the same for the same content, and another for any change that the image would show', async () => {
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

  it('takes the ignore file of the Dockerfile before that of the context', async () => {
    await writeFile(join(context, 'Dockerfile.dockerignore'), '*\n!README.md\n');
    expect((await readContext(context, inputs.dockerfile)).files).toEqual(['README.md']);
  });

  it('refuses a link', async () => {
    await symlink('/etc/hostname', join(context, 'app/dist/link'));
    await expect(read()).rejects.toThrow('app/dist/link is not a plain file');
  });
});

describe('parse', () => {
  const given: Record<string, string> = { 'resource-group': 'rg1', 'registry-name': 'wilab4521' };
  const reading = (overrides: Record<string, string>) => (name: string) =>
    ({ ...given, ...overrides })[name] ?? '';

  it('takes paths from the workspace, and the Dockerfile from the context', () => {
    expect(parse({ GITHUB_WORKSPACE: '/w' }, reading({ context: 'sub' }))).toMatchObject({
      context: '/w/sub',
      dockerfile: '/w/sub/Dockerfile',
      repository: 'wi-kv-test',
      tag: '',
    });
  });

  it.each([
    ['registry-name', 'with-hyphen'],
    ['registry-name', ''],
    ['repository', 'Upper'],
    ['tag', '.x'],
    ['context', '--help'],
    ['dockerfile', 'a\nb'],
  ])('refuses %s %j', (name, value) => {
    expect(() => parse({}, reading({ [name]: value }))).toThrow(name);
  });
});
