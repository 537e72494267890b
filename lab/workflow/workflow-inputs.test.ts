import { expect, it } from 'vitest';
import type { InputDefinition } from './workflow.ts';
import { resolveInputs } from './workflow-inputs.ts';

const input = (name: string, more: Partial<InputDefinition>): InputDefinition => ({
  name,
  type: 'string',
  required: false,
  options: [],
  ...more,
});
const definitions = [
  input('location', { default: 'eastus' }),
  input('nodes', { type: 'number', default: '1' }),
  input('delete', { type: 'boolean' }),
  input('model', { type: 'choice', options: ['rbac', 'access-policy'] }),
];

it('returns defaults with their types', () => {
  expect(resolveInputs(definitions, new Map())).toEqual({
    location: 'eastus',
    nodes: 1,
    delete: false,
    model: 'rbac',
  });
});

it('returns given values with their types', () => {
  const given = new Map([
    ['nodes', '3'],
    ['delete', 'true'],
    ['model', 'access-policy'],
  ]);
  expect(resolveInputs(definitions, given)).toMatchObject({ nodes: 3, delete: true, model: 'access-policy' });
});

it.each([
  ['delete', 'yes', /must be true or false/],
  ['nodes', 'many', /must be a number/],
  ['model', 'acl', /must be one of rbac, access-policy/],
  ['nosuch', 'x', /no input "nosuch"/],
])('rejects %s=%s', (name, value, message) => {
  expect(() => resolveInputs(definitions, new Map([[name, value]]))).toThrow(message);
});

it('rejects a missing required input', () => {
  expect(() => resolveInputs([input('vault', { required: true })], new Map())).toThrow(
    'The workflow requires the input "vault".',
  );
});
