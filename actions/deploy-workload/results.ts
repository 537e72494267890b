import { ActionFailed, describeFailure } from '../shared/failures.ts';
import { Interrupted } from '../shared/interruption.ts';
import { quote } from '../shared/quote.ts';
import { nameOf } from '../shared/workloads.ts';
import type { Denial } from './denial.ts';
import type { Inputs } from './inputs.ts';
import type { Target } from './manifest.ts';

export interface Result {
  target: Target;
  /** The pod whose log contains the secret, else ''. */
  podName: string;
  verified: boolean;
  /** '' if not requested, or not reached. */
  denial: Denial | '';
  failure?: unknown;
}

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
  const others = failed.length < results.length ? `; ${results.length - failed.length} succeeded` : '';
  const each = failed.map(({ target, failure }) =>
    indented(`- ${nameOf(target)}: ${describeFailure(failure)}`),
  );
  return new ActionFailed(
    `${failed.length} of ${results.length} workloads failed${others}:\n${each.join('\n')}`,
    'Fix each workload as its lines say. The other workloads need no change.',
    undefined,
    outputs,
  );
}

export function denialError(
  denial: Denial,
  place: string,
  seen: string,
  { documentation }: Inputs,
): ActionFailed {
  const verdict = `denial-${denial}`;
  const remedy =
    denial === 'disproven'
      ? 'Find what allows this service account to read the secret, and delete it: a federated credential with its subject or with an expression that matches it, or a client secret. To list the credentials:\naz identity federated-credential list --identity-name IDENTITY --resource-group GROUP'
      : 'Fix what the message reports, then run this step again. Nothing is proven or disproven yet.';
  return new ActionFailed(
    `${verdict}: next to ${quote(place)}: ${seen}.`,
    remedy,
    `${documentation}#${verdict}`,
    {
      denial,
      verdict,
      diagnosis: seen,
    },
  );
}

function outputsOf(failure: unknown): Readonly<Record<string, string>> {
  return failure instanceof ActionFailed ? failure.outputs : {};
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n  ');
}
