import type { InputDefinition } from './workflow.ts';

/**
 * The `inputs` context of a run that was started by hand.
 * @param given values by name, as typed
 * @returns booleans and numbers as such, everything else as text
 * @throws Error naming the input that is unknown, missing, or has a value its type does not allow
 */
export function resolveInputs(
  definitions: readonly InputDefinition[],
  given: ReadonlyMap<string, string>,
): Record<string, string | boolean | number> {
  for (const name of given.keys()) {
    if (!definitions.some(definition => definition.name === name)) {
      const known = definitions.map(definition => definition.name).join(', ') || 'none';
      throw new Error(`The workflow has no input '${name}'. It has: ${known}`);
    }
  }
  return Object.fromEntries(definitions.map(definition => [definition.name, resolve(definition, given)]));
}

function resolve(definition: InputDefinition, given: ReadonlyMap<string, string>): string | boolean | number {
  const { name, type, options } = definition;
  const value = given.get(name) ?? definition.default;
  if (definition.required && (value === undefined || value === '')) {
    throw new Error(`Required input '${name}' not provided`);
  }
  switch (type) {
    case 'boolean':
      if (value !== undefined && value !== 'true' && value !== 'false') {
        throw new Error(`Input '${name}' must be true or false, not '${value}'`);
      }
      return value === 'true';
    case 'number':
      if (value === undefined || value === '') return 0;
      if (Number.isNaN(Number(value))) throw new Error(`Input '${name}' must be a number, not '${value}'`);
      return Number(value);
    case 'choice':
      // GitHub's form starts with the first option.
      if (value === undefined) return options[0] ?? '';
      if (!options.includes(value)) {
        throw new Error(`Input '${name}' must be one of ${options.join(', ')}, not '${value}'`);
      }
      return value;
    default:
      return value ?? '';
  }
}
