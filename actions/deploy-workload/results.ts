import { ActionFailed, describeFailure } from '../shared/failures.ts';
import { Interrupted } from '../shared/interruption.ts';
import { nameOf } from '../shared/workloads.ts';
import type { Denial } from './denial.ts';
import type { Inputs } from './inputs.ts';
import type { Target } from './manifest.ts';

/** What came of one workload. */
export interface Result {
  target: Target;
  /** Of the pod that showed the secret, else ''. */
  podName: string;
  /** Whether its log showed the secret. */
  verified: boolean;
  /** '' where it was not asked for, or not come to. */
  denial: Denial | '';
  /** What it ended with, where it did not end well. */
  failure?: unknown;
}

/** The output `results`. */
export function resultsOutput(results: readonly Result[]): string {
  return JSON.stringify(
    results.map(({ target, podName, verified, denial, failure }) => ({
      workload: nameOf(target),
      pod: podName,
      verified,
      denial,
      verdict: outputsOf(failure).verdict ?? '',
    })),
  );
}

/**
 * What the step fails with; undefined where every workload ended well. Several workloads fail as one, each by its name
 * and with its remedy.
 */
export function combineFailures(results: readonly Result[]): unknown {
  const failed = results.filter(({ failure }) => failure !== undefined);
  const [first] = failed;
  if (!first) return undefined;
  const interrupted = failed.find(({ failure }) => failure instanceof Interrupted);
  if (interrupted) return interrupted.failure;

  const outputs = {
    ...outputsOf(first.failure),
    ...(results.every(({ verified }) => verified) && { verified: 'true' }),
    results: resultsOutput(results),
  };
  const { failure } = first;
  if (results.length === 1) {
    if (!(failure instanceof ActionFailed)) return failure;
    return new ActionFailed(failure.message, failure.remedy, failure.link, outputs);
  }
  const others = failed.length < results.length ? `; ${results.length - failed.length} ended well` : '';
  const each = failed.map(({ target, failure }) =>
    indented(`- ${nameOf(target)}: ${describeFailure(failure)}`),
  );
  return new ActionFailed(
    `${failed.length} of ${results.length} workloads failed${others}:\n${each.join('\n')}`,
    'for each workload what its own lines say; the others need nothing.',
    undefined,
    outputs,
  );
}

/** The failure of a proof of denial that proves nothing, or the contrary. */
export function denialError(
  denial: Denial,
  place: string,
  seen: string,
  { documentation }: Inputs,
): ActionFailed {
  const verdict = `denial-${denial}`;
  const remedy =
    denial === 'disproven'
      ? 'Find what lets that service account in, and delete it: a federated credential of the identity that names it or matches more than one subject (az identity federated-credential list), or a secret that somebody else gave away.'
      : 'Nothing was proven, neither way. Mend what is named here and run this again.';
  return new ActionFailed(`${verdict}: beside ${place}: ${seen}.`, remedy, `${documentation}#${verdict}`, {
    denial,
    verdict,
    diagnosis: seen,
  });
}

function outputsOf(failure: unknown): Readonly<Record<string, string>> {
  return failure instanceof ActionFailed ? failure.outputs : {};
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n  ');
}
