import { quote } from '../quote.ts';
import { checkCluster, checkCrash } from './check-cluster.ts';
import { checkFederation } from './check-federation.ts';
import { checkVault } from './check-vault.ts';
import { type LogFinding, lastFinding, VALUE_SHOWN } from './log-findings.ts';
import { containerStatus } from './pod.ts';
import type { Verdict } from './verdict.ts';
import type { WorkloadState } from './workload-state.ts';

/**
 * @param now Unix seconds.
 * @returns undefined if no link is broken as far as the state shows.
 */
export function diagnose(state: WorkloadState, now = Date.now() / 1000): Verdict | undefined {
  const finding = lastFindingOf(state);
  const inCluster = checkCluster(state);
  if (inCluster || finding?.code === VALUE_SHOWN) return inCluster;
  return checkFederation(state, finding) ?? checkVault(state, finding, now) ?? checkCrash(state, now);
}

/** As {@link diagnose}, for the lab's client, whose log must have the expected value and does not. */
export function diagnoseUnverified(state: WorkloadState): Verdict {
  return (
    diagnose(state) ??
    (lastFindingOf(state)?.code === VALUE_SHOWN ? otherValueVerdict(state) : noAnswerVerdict(state))
  );
}

/** The last finding in the pod's log, or in the events if the kubelet reads the vault for a volume. */
export function lastFindingOf({ log, events = [] }: WorkloadState): LogFinding | undefined {
  const mounting = events.filter(text => /MountVolume/.test(text));
  return lastFinding([...mounting, ...log]);
}

function otherValueVerdict({ target }: WorkloadState): Verdict {
  return {
    link: 'other-value',
    seen: `The pod reads secret ${quote(target.secretName)} from vault ${quote(target.vaultName)}, but the SHA-256 of the value is not secret-sha256.`,
    remedy:
      'Set secret-sha256 to the output of the setup-vault step that wrote the secret last. Another step wrote the secret later, or wrote to another vault.',
    final: false,
  };
}

function noAnswerVerdict({ target, pod, log }: WorkloadState): Verdict {
  const ended = pod && containerStatus(pod)?.state?.terminated;
  return {
    link: 'no-answer',
    seen: `The log of pod ${quote(`${target.namespace}/${target.podName}`)} shows neither a secret nor a refusal${ended ? `, and its container ended with exit code ${ended.exitCode}` : ''}. Last line: ${log.at(-1) ?? '(none)'}`,
    remedy: `Use an image whose program prints "Secret value: " and the value. To read the log:\nkubectl logs ${target.podName} --namespace ${target.namespace}`,
    final: false,
  };
}
