import { diagnose, diagnoseUnverified } from '../shared/diagnosis/diagnose.ts';
import { printEvidence } from '../shared/diagnosis/evidence.ts';
import { CONTAINER, containerStatus, describeState } from '../shared/diagnosis/pod.ts';
import { PodLog } from '../shared/diagnosis/pod-log.ts';
import { readState } from '../shared/diagnosis/read-state.ts';
import { formatVerdict, shorten } from '../shared/diagnosis/verdict.ts';
import type { IdentityAnnotations, WorkloadState } from '../shared/diagnosis/workload-state.ts';
import { describeFailure } from '../shared/failures.ts';
import { Interrupted } from '../shared/interruption.ts';
import {
  createObject,
  deleteObject,
  getObject,
  type Kubectl,
  type ObjectReference,
} from '../shared/kubectl.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { BoundedPrinter } from '../shared/log.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import { subjectOf } from '../shared/workloads.ts';
import { type DeployContext, diagnosisTarget, type PlannedWorkload, qualifiedName } from './context.ts';
import { createWorkload, waitUntilDeleted } from './ensure.ts';
import type { Target, WorkloadObject } from './manifest.ts';
import { isFromDenialProof, unfederatedAccount, unfederatedPod, unfederatedTarget } from './unfederated.ts';

/**
 * What came of letting an unfederated service account ask: refused for want of a federated credential, given the
 * secret, or neither could be seen.
 */
export type Denial = 'proven' | 'disproven' | 'inconclusive';

export interface DenialResult {
  denial: Denial;
  /** What the verdict rests on. */
  seen: string;
}

/**
 * Runs the same client, with the same identity's client id, under a service account that no federated credential
 * names, and sees how it is refused. What it made is deleted again, whatever happens.
 */
export async function proveDenialOf(
  context: DeployContext,
  workload: PlannedWorkload,
): Promise<DenialResult> {
  const { annotations } = workload;
  const target = unfederatedTarget(workload.target);
  try {
    const foreign = await objectOfAnotherOwner(context, target);
    if (foreign)
      return {
        denial: 'inconclusive',
        seen: `${foreign} exists and belongs to another owner; it was left alone`,
      };
    return await withCleanUp(context, target, async () => {
      await createObject(context.kubectl, unfederatedAccount(target, context.client, annotations.clientId));
      await createWorkload(context, {
        target,
        annotations,
        desired: unfederatedPod(target, context.client, annotations.clientId),
      });
      return checkDenial(await logOf(context, target, annotations), subjectOf(target));
    });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return {
      denial: 'inconclusive',
      seen: error instanceof DenialNotObserved ? error.message : describeFailure(error),
    };
  }
}

/** Its owner must not have it deleted, nor learn from it what it was not meant to show. */
async function objectOfAnotherOwner(
  { kubectl, client }: DeployContext,
  target: Target,
): Promise<string | undefined> {
  for (const { kind, name, namespace } of objectsOf(target)) {
    const found = await getObject<WorkloadObject>(kubectl, kind, name, namespace);
    if (found && !isFromDenialProof(found, client.repository)) return `${kind} ${namespace}/${name}`;
  }
  return undefined;
}

function objectsOf({ namespace, serviceAccount, name }: Target): ObjectReference[] {
  return [
    { kind: 'serviceaccount', name: serviceAccount, namespace },
    { kind: 'pod', name, namespace },
  ];
}

/** Does the work after what an earlier proof left behind is gone, and leaves nothing behind. */
async function withCleanUp<T>(context: DeployContext, target: Target, work: () => Promise<T>): Promise<T> {
  const { kubectl, client, tools } = context;
  const canDelete = (object: WorkloadObject): boolean => isFromDenialProof(object, client.repository);
  for (const each of objectsOf(target)) {
    const deleted = await deleteObject(kubectl, each, canDelete);
    if (deleted) await waitUntilDeleted(context, each, deleted);
  }
  try {
    return await work();
  } finally {
    const lastWord: Kubectl = (args, options) => kubectl(args, { ...options, lastWord: true });
    const cleanUp = async (each: ObjectReference): Promise<void> => {
      try {
        await deleteObject(lastWord, each, canDelete);
      } catch (error) {
        const { kind, name, namespace } = each;
        tools.log.warning(
          `The ${kind} ${namespace}/${name} could not be deleted: ${(error as Error).message}\nWhat to do: delete it: kubectl delete ${kind} ${name} --namespace ${namespace}`,
        );
      }
    };
    await Promise.all(objectsOf(target).map(cleanUp));
  }
}

/** The pod did not come to its end; the message is the diagnosis. */
class DenialNotObserved extends Error {}

/** Waits until the pod's container has ended, and gives what it wrote; no value is in it. */
async function logOf(
  context: DeployContext,
  target: Target,
  annotations: IdentityAnnotations,
): Promise<PodLog> {
  const { inputs, kubectl, tools } = context;
  const { namespace, name } = target;
  const { timeoutSeconds, secretSha256 } = inputs;
  const { time, log } = tools;
  const state: WorkloadState = {
    target: diagnosisTarget(inputs, target, name),
    annotations,
    log: [],
    unseen: [],
  };
  const what = `Unfederated pod ${qualifiedName(target)}`;
  try {
    await poll<true>({ what, timeoutSeconds, longestWaitSeconds: 3, time, log }, async () => {
      const pod = await getObject<Pod>(kubectl, 'pod', name, namespace);
      state.pod = pod ?? null;
      if (pod && containerStatus(pod)?.state?.terminated) return { value: true };
      if (diagnose(state)?.final) throw new DenialNotObserved();
      return { state: describeState(pod) };
    });
  } catch (error) {
    if (!(error instanceof TimedOut || error instanceof DenialNotObserved)) throw error;
    const seen = await readState(state, context);
    printEvidence(seen);
    throw new DenialNotObserved(formatVerdict(diagnoseUnverified(seen)));
  }
  const podLog = new PodLog(secretSha256);
  const printer = new BoundedPrinter(line => log.info(`unfederated| ${line}`));
  await kubectl(['logs', name, '--namespace', namespace, '--container', CONTAINER, '--tail', '50'], {
    onLine: line => printer.take(podLog.addLine(line)),
  });
  printer.end();
  return podLog;
}

/**
 * Only Entra's word that no credential has this subject is a proof: AADSTS700213, or AADSTS70021, its older form.
 * @param subject of the unfederated service account; the refusal must be about its token and no other.
 */
export function checkDenial(
  { values, lines }: Pick<PodLog, 'values' | 'lines'>,
  subject: string,
): DenialResult {
  if (values > 0) return { denial: 'disproven', seen: `${subject} was given the secret` };
  const last = lines.findLast(line => /^(Given up|Stopped)/.test(line)) ?? '';
  if (
    /^[^:]+: secret \S+ could not be read \(AADSTS(700213|70021)\): /.test(last) &&
    last.includes(`'${subject}'`)
  )
    return { denial: 'proven', seen: `Entra refuses ${subject}: no federated credential matches its token` };
  const said = last || lines.at(-1) || 'nothing';
  return {
    denial: 'inconclusive',
    seen: `the unfederated client ended otherwise than refused: ${shorten(said)}`,
  };
}
