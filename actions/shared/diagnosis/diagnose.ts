import { checkCluster, checkCrash } from './check-cluster.ts';
import { checkFederation } from './check-federation.ts';
import { checkVault } from './check-vault.ts';
import { type LogFinding, lastFinding, VALUE_SHOWN } from './log-findings.ts';
import { containerStatus } from './pod.ts';
import type { Verdict } from './verdict.ts';
import type { WorkloadState } from './workload-state.ts';

/**
 * Goes along the chain from the service account to the secret's value, and names the first link that is broken.
 * It only judges what it is given; see look.ts for where that comes from.
 * @param now Unix seconds.
 * @returns undefined where no fault is to be seen.
 */
export function diagnose(state: WorkloadState, now = Date.now() / 1000): Verdict | undefined {
  const finding = lastFindingOf(state);
  const inCluster = checkCluster(state);
  if (inCluster || finding?.code === VALUE_SHOWN) return inCluster;
  return checkFederation(state, finding) ?? checkVault(state, finding, now) ?? checkCrash(state, now);
}

/** As {@link diagnose}, for the lab's client, which must show the expected value and has not. */
export function diagnoseUnverified(state: WorkloadState): Verdict {
  return (
    diagnose(state) ??
    (lastFindingOf(state)?.code === VALUE_SHOWN ? otherValueVerdict(state) : noAnswerVerdict(state))
  );
}

/** The last that the pod, or the kubelet on its behalf (a volume that a driver fills from the vault), says of the chain. */
export function lastFindingOf({ log, events = [] }: WorkloadState): LogFinding | undefined {
  const mounting = events.filter(text => /MountVolume/.test(text));
  return lastFinding([...mounting, ...log]);
}

function otherValueVerdict({ target }: WorkloadState): Verdict {
  return {
    link: 'other-value',
    seen: `The pod reads ${target.secretName} from ${target.vaultName}, but its value is not the one whose SHA-256 is given.`,
    remedy:
      'Give the output secret-sha256 of the setup-vault step that wrote the secret last: it was written again since, or that step wrote another vault.',
    final: false,
  };
}

function noAnswerVerdict({ target, pod, log }: WorkloadState): Verdict {
  const ended = pod && containerStatus(pod)?.state?.terminated;
  return {
    link: 'no-answer',
    seen: `Pod ${target.namespace}/${target.podName} has shown neither a secret nor a reason${ended ? ` and ended with ${ended.exitCode}` : ''}. Its last line: ${log.at(-1) ?? '(none)'}`,
    remedy: `See kubectl logs ${target.podName} --namespace ${target.namespace}; the image must be a client that prints "Secret value: ".`,
    final: false,
  };
}
