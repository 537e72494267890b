import { diagnoseUnverified } from '../shared/diagnosis/diagnose.ts';
import type { Sources } from '../shared/diagnosis/read-state.ts';
import type { TrustChain } from '../shared/diagnosis/trust-chain.ts';
import { verdictError } from '../shared/diagnosis/verdict.ts';
import type {
  DiagnosisTarget,
  IdentityAnnotations,
  WorkloadState,
} from '../shared/diagnosis/workload-state.ts';
import type { ActionFailed } from '../shared/failures.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';
import type { Client, Target, WorkloadObject } from './manifest.ts';

export interface DeployContext extends Sources {
  inputs: Inputs;
  client: Client;
  tools: Tools;
  /** Trust chains of workloads that failed, as far as they could be read. */
  brokenChains: TrustChain[];
}

export interface PlannedWorkload {
  target: Target;
  annotations: IdentityAnnotations;
  desired: WorkloadObject;
}

export function qualifiedName({ namespace, name }: Target): string {
  return `${namespace}/${name}`;
}

/** @param podName '' if the pod does not exist. */
export function diagnosisTarget(
  { vaultName, secretName }: Inputs,
  target: Target,
  podName: string,
): DiagnosisTarget {
  const { namespace, serviceAccount } = target;
  return { namespace, serviceAccount, podName, vaultName, secretName };
}

export function diagnosisError(state: WorkloadState, { documentation }: Inputs): ActionFailed {
  const verdict = diagnoseUnverified(state);
  const outputs = { verdict: verdict.link, diagnosis: verdict.seen };
  return verdictError(verdict, state.unseen, documentation, outputs);
}
