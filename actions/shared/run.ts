import { debug, setFailed, setOutput } from '@actions/core';
import type { AccountInputs } from './account.ts';
import { ActionFailed, describeFailure } from './failures.ts';
import { Interrupted, listenForSignals } from './interruption.ts';
import { recordStage, type Stage } from './journal.ts';
import { bounded, log } from './log.ts';
import { endLogins } from './login.ts';
import { Report } from './report.ts';
import { realTime } from './time.ts';
import { createTools, type Tools } from './tools.ts';

export interface Action<Inputs> {
  /** The action's folder name: "create-cluster". */
  name: string;
  /** Reads inputs and environment into one typed object; everything after it gets only that. */
  parse: () => Inputs;
  /** Does the work and gives the action's outputs. */
  main: (inputs: Inputs, tools: Tools) => Promise<Record<string, string>>;
}

/**
 * Runs an action: inputs, work, outputs, summary, journal. A failure ends the step with a message that can be understood
 * without the rest of the log. What cannot be written to the runner's files never ends it without one.
 */
export async function runAction<Inputs extends object>({ name, parse, main }: Action<Inputs>): Promise<void> {
  listenForSignals();
  const started = new Date().toISOString();
  const report = new Report(realTime, log);
  let end: Pick<Stage, 'outcome' | 'failure'> = { outcome: 'success' };
  try {
    const inputs = parse();
    const { account } = inputs as { account?: AccountInputs };
    setOutputs(await main(inputs, createTools(report, account)).finally(endLogins));
  } catch (error) {
    if (error instanceof Error && error.stack) debug(bounded(error.stack));
    const { outputs } = error instanceof ActionFailed ? error : { outputs: {} };
    await attempt('The outputs of this failed step', () => setOutputs(outputs));
    // What others wrote stands in it, too.
    const failure = bounded(describeFailure(error));
    setFailed(`${name}: ${failure}`);
    end = { outcome: error instanceof Interrupted ? 'cancelled' : 'failure', failure };
  }
  await attempt('The job summary', () => report.write(name, end.failure));
  const { RUNNER_TEMP: folder } = process.env;
  const stage = { action: name, started, ended: new Date().toISOString(), ...end };
  if (folder)
    await attempt('The journal of this job', () =>
      recordStage({ ...stage, steps: report.rows, facts: report.facts }, folder),
    );
}

/** Does something without which the step has done its work all the same. */
async function attempt(what: string, work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warning(
      `${what} could not be written: ${(error as Error).message}\nThe result of this step is not affected.`,
    );
  }
}

/** GitHub fails a job that has a longer output. https://docs.github.com/actions/reference/limits */
const MOST_OUTPUT_BYTES = 1024 * 1024;

/** @throws {ActionFailed} if the runner's file for them cannot be written: later steps would find them empty. */
function setOutputs(outputs: Readonly<Record<string, string>>): void {
  for (const [output, value] of Object.entries(outputs)) {
    const bytes = Buffer.byteLength(value);
    if (bytes > MOST_OUTPUT_BYTES)
      log.warning(`Output ${output} stays empty: it has ${bytes} bytes, and GitHub accepts at most 1 MiB.`);
    try {
      setOutput(output, bytes > MOST_OUTPUT_BYTES ? '' : value);
    } catch (error) {
      throw new ActionFailed(
        `The work of this step is done, but its output ${output} could not be written to GITHUB_OUTPUT ("${process.env.GITHUB_OUTPUT}"): ${(error as Error).message}`,
        'check that the disk of the runner has free space and that no step deletes files of the runner (RUNNER_TEMP), then run this step again; it continues from what exists.',
        'https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter',
      );
    }
  }
}
