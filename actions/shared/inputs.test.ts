import { describe, expect, it, vi } from 'vitest';
import { type InputParser, InvalidInputs, parseInputs } from './inputs.ts';
import { dnsLabel, vaultName } from './names.ts';

const read = (values: Record<string, string>) => (name: string) => values[name] ?? '';
const parse = <T>(values: Record<string, string>, build: (input: InputParser) => T) =>
  parseInputs(build, read(values));
const problems = (
  values: Record<string, string>,
  build: (input: InputParser) => unknown,
): readonly string[] => {
  try {
    parse(values, build);
  } catch (error) {
    if (error instanceof InvalidInputs) return error.problems;
    throw error;
  }
  return [];
};

describe('parseInputs', () => {
  it('gives typed values, trimmed', () => {
    const build = (input: InputParser) => ({
      vault: input.required('vault-name', vaultName),
      namespace: input.optional('namespace', dnsLabel, 'default'),
      model: input.oneOf('access-model', ['rbac', 'access-policy']),
      nodes: input.integer('node-count', { whenEmpty: 1, least: 1, most: 1000 }),
      replace: input.boolean('replace', false),
      path: input.path('context', '.'),
    });
    expect(parse({ 'vault-name': ' wilab-1\n' }, build)).toEqual({
      vault: 'wilab-1',
      namespace: 'default',
      model: 'rbac',
      nodes: 1,
      replace: false,
      path: '.',
    });
    const given = {
      'vault-name': 'v-1',
      namespace: 'team',
      'access-model': 'access-policy',
      'node-count': '1000',
      replace: 'true',
      context: 'app',
    };
    expect(parse(given, build)).toEqual({
      vault: 'v-1',
      namespace: 'team',
      model: 'access-policy',
      nodes: 1000,
      replace: true,
      path: 'app',
    });
  });

  it('reports every problem of an action at once', () => {
    const build = (input: InputParser) => [
      input.required('vault-name', vaultName),
      input.required('other', vaultName),
      input.optional('namespace', dnsLabel),
      input.oneOf('access-model', ['rbac', 'access-policy']),
      input.integer('node-count', { whenEmpty: 1, least: 1, most: 3 }),
      input.boolean('replace', true),
      input.requiredPath('kubeconfig'),
    ];
    const values = {
      'vault-name': 'under_score',
      namespace: 'Team',
      'access-model': 'acl',
      'node-count': '4',
      replace: 'yes',
    };
    const found = problems(values, build);
    expect(found.map(text => text.split(' ')[0])).toEqual([
      'vault-name',
      'other',
      'namespace',
      'access-model',
      'node-count',
      'replace',
      'kubeconfig',
    ]);
    expect(found[0]).toContain('"under_score"');
    expect(found[0]).toContain('3–24 letters');
    expect(found[0]).toContain('https://');
    expect(found[3]).toContain('valid are rbac, access-policy');
    expect(found[4]).toContain('from 1 to 3');
  });

  it.each(['-o', '--all', 'a\nb', 'a\u0000b', 'a\rb', 'a\u001b[31mb', 'a\u2028b'])(
    'refuses %j in every kind of input, once',
    value => {
      const kinds: ((input: InputParser) => unknown)[] = [
        input => input.required('x', { what: 'w', valid: 'v', link: 'l', accepts: () => true }),
        input => input.optional('x', { what: 'w', valid: 'v', link: 'l', accepts: () => true }),
        input => input.oneOf('x', ['a', 'b']),
        input => input.boolean('x', true),
        input => input.integer('x', { whenEmpty: 1, least: 0, most: 9 }),
        input => input.path('x'),
        input => input.requiredPath('x'),
      ];
      for (const kind of kinds) {
        const found = problems({ x: value }, kind);
        expect(found).toHaveLength(1);
        expect(found[0]).toMatch(/^x is "[\s\S]*"; (line breaks|it must not start with)/);
      }
    },
  );

  it.each(['1.5', '1e2', '0x1', ' 1 1', '999999999999', 'one'])('refuses %j for a whole number', value => {
    expect(
      problems({ n: value }, input => input.integer('n', { whenEmpty: 1, least: 0, most: 1e15 })),
    ).toHaveLength(1);
  });

  it('reads key=value lines, with = in the value, blanks and comments', () => {
    const any = { what: 'w', valid: 'v', link: 'l', accepts: (text: string) => text !== 'bad' };
    const build = (input: InputParser) => input.keyValues('tags', { key: any, value: any });
    expect(parse({ tags: '\n a = b=c \r\n# no\nteam=x\n' }, build)).toEqual({ a: 'b=c', team: 'x' });
    expect(problems({ tags: 'novalue\n=x\nbad=1\na=bad\na=2' }, build)).toHaveLength(5);
  });

  it('masks a secret before anything else, keeps it as it is, and never shows it', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      const build = (input: InputParser) => ({
        secret: input.secret('secret-value'),
        vault: input.required('vault-name', vaultName),
      });
      expect(parse({ 'secret-value': ' -s3cret\n', 'vault-name': 'v-1' }, build).secret).toBe(' -s3cret\n');
      expect(write.mock.calls[0]?.[0]).toBe('::add-mask:: -s3cret%0A\n');
      expect(problems({ 'secret-value': 's3cret' }, build).join()).not.toContain('s3cret');
    } finally {
      write.mockRestore();
    }
  });
});
