import { debug, setFailed, setOutput } from '@actions/core';
import type { AccountInputs } from './account.ts';
import { ActionFailed, describeFailure } from './failures.ts';
import { Interrupted, listenForSignals } from './interruption.ts';
import { recordStage, type Stage } from './journal.ts';
import { bounded, log } from './log.ts';
import { endLogins } from './login.ts';
import { quote } from './quote.ts';
import { Report } from './report.ts';
import { realTime } from './time.ts';
import { createTools, type Tools } from './tools.ts';

export interface Action<Inputs> {
  /** The action's folder name: "create-cluster". */
  name: string;
  /** Reads inputs and environment into one typed object. Nothing else reads them. */
  parse: () => Inputs;
  main: (inputs: Inputs, tools: Tools) => Promise<Record<string, string>>;
}

/**
 * Runs an action: inputs, work, outputs, summary, journal. A failure ends the step with a message that is complete without
 * the rest of the log, even if a file of the runner cannot be written.
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
    // It contains text of others, too.
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

async function attempt(what: string, work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warning(
      `${what} could not be written: ${(error as Error).message}\nThis does not affect the result of this step.`,
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
      log.warning(
        `Output ${output} is empty, because its value has ${bytes} bytes. GitHub accepts at most 1 MiB.`,
      );
    try {
      setOutput(output, bytes > MOST_OUTPUT_BYTES ? '' : value);
    } catch (error) {
      throw new ActionFailed(
        `The step did its work, but its output ${output} could not be written to GITHUB_OUTPUT (${quote(process.env.GITHUB_OUTPUT ?? '')}): ${(error as Error).message}`,
        'check that the disk of the runner has free space and that no step deletes files of the runner (RUNNER_TEMP), then run this step again; it continues from what exists.',
        'https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter',
      );
    }
  }
}
