import { debug, setFailed, setOutput } from '@actions/core';
import type { AccountInputs } from './account.ts';
import { ActionFailed, describeFailure } from './failures.ts';
import { Interrupted, listenForSignals } from './interruption.ts';
import { recordStage, type Stage } from './journal.ts';
import { bounded, log } from './log.ts';
import { Report } from './report.ts';
import { realTime } from './time.ts';
import { realTools, type Tools } from './tools.ts';

export interface Action<Inputs> {
  /** The action's folder name: "create-cluster". */
  name: string;
  /** Reads inputs and environment into one typed object; everything after it gets only that. */
  parse: () => Inputs;
  /** Does the work and gives the action's outputs. */
  main: (inputs: Inputs, tools: Tools) => Promise<Record<string, string>>;
}

/** For an action that has no input for it. */
const RETRY_SECONDS = 600;

/**
 * Runs an action: inputs, work, outputs, summary, journal; a failure ends the step with a message that stands on its
 * own.
 */
export async function runAction<Inputs extends object>({ name, parse, main }: Action<Inputs>): Promise<void> {
  listenForSignals();
  const started = new Date().toISOString();
  const report = new Report(realTime, log);
  let end: Pick<Stage, 'outcome' | 'failure'> = { outcome: 'success' };
  try {
    const inputs = parse();
    const { account } = inputs as { account?: AccountInputs };
    setOutputs(await main(inputs, realTools(report, account?.retrySeconds ?? RETRY_SECONDS)));
  } catch (error) {
    if (error instanceof Error && error.stack) debug(bounded(error.stack));
    if (error instanceof ActionFailed) setOutputs(error.outputs);
    // What others wrote stands in it, too.
    const failure = bounded(describeFailure(error));
    setFailed(`${name}: ${failure}`);
    end = { outcome: error instanceof Interrupted ? 'cancelled' : 'failure', failure };
  }
  await report.write(name, end.failure);
  const { RUNNER_TEMP: folder } = process.env;
  const stage = { action: name, started, ended: new Date().toISOString(), ...end };
  if (folder) await recordStage({ ...stage, steps: report.rows, facts: report.facts }, folder);
}

function setOutputs(outputs: Readonly<Record<string, string>>): void {
  for (const [output, value] of Object.entries(outputs)) setOutput(output, value);
}
