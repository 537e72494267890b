import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { isShorthand, readsFile } from './az-arguments.ts';
import { type InputParser, InvalidInputs, parseInputs } from './inputs.ts';
import * as names from './naming-rules.ts';
import { dnsLabel, vaultName } from './naming-rules.ts';

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

/** What was accepted; nothing where something was refused. */
function outcome<T>(values: Record<string, string>, build: (input: InputParser) => T): { accepted?: T } {
  return problems(values, build).length > 0 ? {} : { accepted: parse(values, build) };
}

describe('parseInputs', () => {
  it('returns trimmed, typed values', () => {
    const build = (input: InputParser) => ({
      vault: input.required('vault-name', vaultName),
      namespace: input.optional('namespace', dnsLabel, 'default'),
      model: input.oneOf('access-model', ['rbac', 'access-policy']),
      nodes: input.integer('node-count', { default: 1, min: 1, max: 1000 }),
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

  it('reports all problems in one message', () => {
    const build = (input: InputParser) => [
      input.required('vault-name', vaultName),
      input.required('other', vaultName),
      input.optional('namespace', dnsLabel),
      input.oneOf('access-model', ['rbac', 'access-policy']),
      input.integer('node-count', { default: 1, min: 1, max: 3 }),
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
    expect(found[3]).toContain('Valid values: rbac, access-policy');
    expect(found[4]).toContain('from 1 to 3');
  });

  it.each([
    ...['-o', '--all', '@/etc/passwd', '@-', 'a=@/etc/passwd'],
    ...['a\nb', 'a\u0000b', 'a\rb', 'a\u001b[31mb', 'a\u2028b', 'a\u202eb', 'a\u200bb', 'a\ud800b'],
  ])('rejects %j once in every type of input', value => {
    const kinds: ((input: InputParser) => unknown)[] = [
      input => input.required('x', { what: 'w', valid: 'v', link: 'l', accepts: () => true }),
      input => input.optional('x', { what: 'w', valid: 'v', link: 'l', accepts: () => true }),
      input => input.oneOf('x', ['a', 'b']),
      input => input.boolean('x', true),
      input => input.integer('x', { default: 1, min: 0, max: 9 }),
      input => input.path('x'),
      input => input.requiredPath('x'),
    ];
    for (const kind of kinds) {
      const found = problems({ x: value }, kind);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(/^x is "[ -~]*"\. (Remove line breaks|It must not (start with|contain "@"))/);
    }
  });

  it.each(['1.5', '1e2', '0x1', ' 1 1', '999999999999', 'one'])('refuses %j for a whole number', value => {
    expect(
      problems({ n: value }, input => input.integer('n', { default: 1, min: 0, max: 1e15 })),
    ).toHaveLength(1);
  });

  it('reads key=value lines, with = in the value, blanks and comments', () => {
    const any = { what: 'w', valid: 'v', link: 'l', accepts: (text: string) => text !== 'bad' };
    const build = (input: InputParser) => input.keyValues('tags', { key: any, value: any });
    expect(parse({ tags: '\n a = b=c \r\n# no\nteam=x\n' }, build)).toEqual({ a: 'b=c', team: 'x' });
    expect(problems({ tags: 'novalue\n=x\nbad=1\na=bad\na=2' }, build)).toHaveLength(5);
  });

  it('rejects a duplicate key without regard to case, as Azure does', () => {
    const any = { what: 'w', valid: 'v', link: 'l', accepts: () => true };
    const build = (input: InputParser) => input.keyValues('tags', { key: any, value: any });
    expect(problems({ tags: 'Team=a\nteam=b' }, build)).toEqual(['tags contains "team" twice']);
  });

  it('accepts any first character in text that no command receives', () => {
    const any = { what: 'w', valid: 'v', link: 'l', accepts: () => true };
    const build = (input: InputParser) => input.text('title', any);
    expect(parse({ title: '- @octo: a=@b' }, build)).toBe('- @octo: a=@b');
    expect(problems({ title: 'a\u202eb' }, build)).toHaveLength(1);
  });

  it('rejects every value that az would interpret', () => {
    const examples = ['wilab', 'null', 'Standard_D4ds_v5', '1.34', 'a.b/c', 'https://e.com/a/', 'a@b', '-5'];
    const hostile = [
      '@',
      '=@',
      '=',
      '-',
      '??',
      "'",
      '[',
      '{',
      '/',
      '..',
      '%',
      '*',
      '\u202e',
      '\n',
      ' ',
      'ｗ',
      '\u0430',
    ];
    const text = fc
      .array(
        fc.oneof(fc.constantFrom(...examples), fc.constantFrom(...hostile), fc.string({ unit: 'grapheme' })),
        {
          minLength: 1,
          maxLength: 4,
        },
      )
      .map(parts => parts.join(''));
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(names)), text, (rule, value) => {
        const { accepted } = outcome({ x: value }, input => input.required('x', rule));
        if (accepted !== undefined) {
          expect(accepted).not.toMatch(/^[-@]|[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
          expect(readsFile(accepted)).toBe(false);
        }
        const line = outcome({ x: `key=${value}` }, input =>
          input.keyValues('x', { key: names.tagName, value: names.tagValue }),
        );
        for (const [key, tag] of Object.entries(line.accepted ?? {})) {
          expect(readsFile(`${key}=${tag}`)).toBe(false);
          expect(isShorthand(tag)).toBe(false);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('masks a secret first, returns it unchanged, and never shows it', () => {
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
