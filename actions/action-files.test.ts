import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { InvalidInputs } from './shared/inputs.ts';

interface ActionFile {
  name: string;
  description: string;
  author: string;
  branding: { icon: string; color: string };
  inputs: Record<string, { description: string; required?: boolean; default?: string }>;
  outputs: Record<string, { description: string }>;
  runs: { using: string; main: string; post?: string };
}

type Parse = (environment: NodeJS.ProcessEnv, read: (name: string) => string) => unknown;

/** A valid value for each input that some action requires. */
const valid: Record<string, string> = {
  'resource-group': 'rg',
  'cluster-name': 'wilab',
  'identity-name': 'wi-demo-identity',
  'vault-name': 'wilab4521',
  'principal-id': '0b1f6471-1bf0-4dda-aec3-111122223333',
  'registry-name': 'wilab4521',
  kubeconfig: '/tmp/kubeconfig',
  image: `wilab4521.azurecr.io/wi-kv-test@sha256:${'0'.repeat(64)}`,
  'secret-sha256': '0'.repeat(64),
  topic: 'smoke',
  status: 'success',
};

/** What a runner's environment has of what they read. */
const environment = { RUNNER_TEMP: '/runner/temp' };

const folders = globSync('*/action.yml', { cwd: import.meta.dirname })
  .map(dirname)
  .sort();

// The tag expires-on is a time from now.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  // A secret input is masked as it is read; a runner that runs the tests would mask these, too.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('finds the actions', () => {
  expect(folders).toEqual([
    'build-image',
    'create-cluster',
    'delete-lab',
    'deploy-workload',
    'diagnose-workload',
    'federate-identity',
    'plan-lab',
    'report-status',
    'setup-vault',
    'summarize-lab',
    'sweep-labs',
  ]);
});

describe.each(folders)('%s', folder => {
  const file = parseYaml(readFileSync(join(import.meta.dirname, folder, 'action.yml'), 'utf8')) as ActionFile;

  it('describes itself, its inputs, and its outputs, and runs on node24', () => {
    const parts = [file, ...Object.values(file.inputs), ...Object.values(file.outputs)];
    // A `#` that is not quoted would end one early.
    for (const { description } of parts) expect(description).toMatch(/^\S.*\.$/);
    expect(file).toMatchObject({
      name: expect.any(String),
      author: expect.any(String),
      branding: { icon: expect.any(String), color: expect.any(String) },
    });
    expect(file.runs).toMatchObject({ using: 'node24', main: 'dist/index.js' });
  });

  // The runner starts a post step also where the main file was killed before it could save anything.
  it('starts its main file for the step only, and nothing before the step', () => {
    expect(Object.keys(file.runs).filter(key => !['using', 'main', 'post', 'post-if'].includes(key))).toEqual(
      [],
    );
    expect([undefined, 'dist/post.js']).toContain(file.runs.post);
  });

  it('reads every input that it declares, and no other', async () => {
    const parse = await parserOf(folder);
    const read = new Set<string>();
    try {
      parse(environment, name => {
        read.add(name);
        return '';
      });
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInputs);
    }
    expect([...read].sort()).toEqual(Object.keys(file.inputs).sort());
  });

  it('rejects an empty value for exactly its required inputs', async () => {
    const parse = await parserOf(folder);
    const required = Object.keys(file.inputs).filter(name => file.inputs[name]?.required);
    let problems: readonly string[] = [];
    try {
      parse(environment, () => '');
    } catch (error) {
      problems = (error as InvalidInputs).problems;
    }
    expect(problems.map(problem => problem.split(' ')[0]).sort()).toEqual(required.sort());
  });

  it('reports invalid inputs, or accepts only safe values', async () => {
    const parse = await parserOf(folder);
    const names = Object.keys(file.inputs);
    const free = ['secret-value', 'diagnosis', 'token', 'title', 'label', 'tags'];
    // Mostly what is right or nearly so, so that one wrong input is not hidden behind the others.
    const near = (name: string) =>
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom('', valid[name] ?? '', file.inputs[name]?.default ?? '') },
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom(
          '-x',
          '--all',
          'a\nb',
          'a\rb',
          '::error::x',
          '$(id)',
          '`id`',
          '\u0000',
          '../..',
          '@file',
          '1e3',
          'NaN',
        ),
        fc.constant((valid[name] ?? 'x') + '\n'),
      );
    const given = fc.record(Object.fromEntries(names.map(name => [name, near(name)])));
    fc.assert(
      fc.property(given, values => {
        let inputs: unknown;
        try {
          inputs = parse(environment, name => (values as Record<string, string>)[name] ?? '');
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputs);
          for (const problem of (error as InvalidInputs).problems)
            expect(names).toContain(problem.split(' ')[0]);
          return;
        }
        const allowed = free.map(name => (values as Record<string, string>)[name]).filter(text => text);
        for (const text of textsIn(inputs).filter(each => !allowed.some(value => value?.includes(each)))) {
          // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
          expect(text).not.toMatch(/^-|[\u0000-\u001f\u007f]/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('replaces an empty value with the default', async () => {
    const parse = await parserOf(folder);
    const withoutIds = (inputs: unknown) =>
      JSON.stringify(inputs).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID');
    const given = (name: string) => (file.inputs[name]?.required ? (valid[name] ?? '') : '');
    // The runner puts a value in the place of an expression, and never an empty one.
    const fixed = (value = '') => (value.startsWith('${{') ? '' : value);
    const withDefaults = (name: string) => given(name) || fixed(file.inputs[name]?.default);
    expect(withoutIds(parse(environment, given))).toBe(withoutIds(parse(environment, withDefaults)));
  });
});

/** Every text in an object, wherever it is. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

async function parserOf(folder: string): Promise<Parse> {
  return ((await import(`./${folder}/inputs.ts`)) as { parse: Parse }).parse;
}
