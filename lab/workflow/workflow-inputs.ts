import { type Contexts, value } from './expressions.ts';
import type { CallInput, CallJob, InputDefinition } from './workflow.ts';

/** The `inputs` context. */
export type Inputs = Readonly<Record<string, string | boolean | number>>;

/**
 * The `inputs` context of a run that was started by hand.
 * @param given values by name, as typed
 * @returns booleans and numbers as such, everything else as text
 * @throws Error naming the input that is unknown, missing, or has a value its type does not allow
 */
export function resolveInputs(
  definitions: readonly InputDefinition[],
  given: ReadonlyMap<string, string>,
): Inputs {
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

/**
 * The `inputs` context of a called workflow: what the call gives, and defaults, in the types that the workflow asks for.
 * @param contexts those of the calling job
 * @throws Error in GitHub's words where a value has another type, as an input of a scheduled run has: it is empty
 */
export function callInputs({ workflow, with: given }: CallJob, contexts: Contexts): Inputs {
  const values = new Map([...(given ?? [])].map(({ key, value }) => [key.toString().toLowerCase(), value]));
  return Object.fromEntries(
    workflow.call.inputs.map(input => {
      const token = values.get(input.name.toLowerCase()) ?? input.default;
      return [input.name, token === undefined ? empty[input.type] : typed(input, value(token, contexts))];
    }),
  );
}

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_callinputsinput_iddefault */
const empty = { string: '', boolean: false, number: 0 } as const;

function typed({ name, type }: CallInput, found: string | number | boolean | null) {
  if (type === 'string') return String(found ?? '');
  if (typeof found === type) return found as boolean | number;
  const expected = type === 'boolean' ? 'Boolean' : 'Number';
  throw new Error(`Input '${name}': Unexpected type of value '${found ?? ''}', expected type: ${expected}.`);
}
