import { quote } from '../../actions/shared/quote.ts';
import { type Contexts, value } from './expressions.ts';
import type { CallInput, CallJob, InputDefinition } from './workflow.ts';

export type Inputs = Readonly<Record<string, string | boolean | number>>;

/**
 * @param given values as typed
 * @throws Error for an unknown, missing, or invalid input
 */
export function resolveInputs(
  definitions: readonly InputDefinition[],
  given: ReadonlyMap<string, string>,
): Inputs {
  for (const name of given.keys()) {
    if (!definitions.some(definition => definition.name === name)) {
      const known = definitions.map(definition => definition.name).join(', ') || 'none';
      throw new Error(`The workflow has no input ${quote(name)}.\nIts inputs: ${known}`);
    }
  }
  return Object.fromEntries(definitions.map(definition => [definition.name, resolve(definition, given)]));
}

function resolve(definition: InputDefinition, given: ReadonlyMap<string, string>): string | boolean | number {
  const { name, type, options } = definition;
  const value = given.get(name) ?? definition.default;
  if (definition.required && (value === undefined || value === '')) {
    throw new Error(`The workflow requires the input ${quote(name)}.\nPass --input ${name}=VALUE.`);
  }
  switch (type) {
    case 'boolean':
      if (value !== undefined && value !== 'true' && value !== 'false') {
        throw new Error(`The input ${quote(name)} must be true or false. Its value is ${quote(value)}.`);
      }
      return value === 'true';
    case 'number':
      if (value === undefined || value === '') return 0;
      if (Number.isNaN(Number(value)))
        throw new Error(`The input ${quote(name)} must be a number. Its value is ${quote(value)}.`);
      return Number(value);
    case 'choice':
      // GitHub's form preselects the first option.
      if (value === undefined) return options[0] ?? '';
      if (!options.includes(value)) {
        throw new Error(
          `The input ${quote(name)} must be one of ${options.join(', ')}. Its value is ${quote(value)}.`,
        );
      }
      return value;
    default:
      return value ?? '';
  }
}

/**
 * An input in a scheduled run is empty.
 * @throws Error in GitHub's words if a value has another type
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
