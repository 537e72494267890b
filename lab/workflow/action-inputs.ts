import { type Contexts, entries, text } from './expressions.ts';
import type { ActionStep } from './workflow.ts';

/** @see https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax#inputs */
export function actionInputs(step: ActionStep, contexts: Contexts): Record<string, string> {
  const environment: Record<string, string> = {};
  const set = (name: string, value: string) => {
    environment[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value;
  };
  for (const { name, default: value } of step.action.inputs) if (value) set(name, text(value, contexts));
  for (const [name, value] of Object.entries(entries(step.with, contexts))) set(name, value);
  return environment;
}

/** In the runner's words. */
export function unexpectedInputs(step: ActionStep): string | undefined {
  const known = step.action.inputs.map(input => input.name);
  const given = step.with ? [...step.with].map(({ key }) => key.toString()) : [];
  const unexpected = given.filter(name => !known.some(other => other.toLowerCase() === name.toLowerCase()));
  const list = (names: readonly string[]) => names.map(name => `'${name}'`).join(', ');
  return unexpected.length === 0
    ? undefined
    : `Unexpected input(s) ${list(unexpected)}, valid inputs are [${list(known)}]`;
}
