import { debug, setFailed, setOutput } from '@actions/core';
import { describeFailure } from './failures.ts';
import { listenForSignals } from './interruption.ts';
import { realTools, type Tools } from './tools.ts';

export interface Action<Inputs> {
  /** The action's folder name: "create-cluster". */
  name: string;
  /** Reads inputs and environment into one typed object; everything after it gets only that. */
  parse: () => Inputs;
  /** Does the work and gives the action's outputs. */
  main: (inputs: Inputs, tools: Tools) => Promise<Record<string, string>>;
}

/** Runs an action: inputs, work, outputs, summary; a failure ends the step with a message that stands on its own. */
export async function runAction<Inputs>({ name, parse, main }: Action<Inputs>): Promise<void> {
  listenForSignals();
  const tools = realTools();
  try {
    const outputs = await main(parse(), tools);
    for (const [output, value] of Object.entries(outputs)) setOutput(output, value);
  } catch (error) {
    if (error instanceof Error && error.stack) debug(error.stack);
    setFailed(`${name}: ${describeFailure(error)}`);
  }
  await tools.report.write(name);
}
