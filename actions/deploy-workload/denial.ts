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
import { quote } from '../shared/quote.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import { subjectOf } from '../shared/workloads.ts';
import { type DeployContext, diagnosisTarget, type PlannedWorkload, qualifiedName } from './context.ts';
import { createWorkload, waitUntilDeleted } from './ensure.ts';
import type { Target, WorkloadObject } from './manifest.ts';
import { isFromDenialProof, unfederatedAccount, unfederatedPod, unfederatedTarget } from './unfederated.ts';

/**
 * What happens to an unfederated service account. proven: Entra refuses it because no federated credential matches.
 * disproven: it reads the secret. inconclusive: anything else.
 */
export type Denial = 'proven' | 'disproven' | 'inconclusive';

export interface DenialResult {
  denial: Denial;
  seen: string;
}

/** Always deletes what it created. */
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
        seen: `the ${foreign} exists and belongs to another owner, so this action does not use it`,
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

async function objectOfAnotherOwner(
  { kubectl, client }: DeployContext,
  target: Target,
): Promise<string | undefined> {
  for (const { kind, name, namespace } of objectsOf(target)) {
    const found = await getObject<WorkloadObject>(kubectl, kind, name, namespace);
    if (found && !isFromDenialProof(found, client.repository))
      return `${kind} ${quote(`${namespace}/${name}`)}`;
  }
  return undefined;
}

function objectsOf({ namespace, serviceAccount, name }: Target): ObjectReference[] {
  return [
    { kind: 'serviceaccount', name: serviceAccount, namespace },
    { kind: 'pod', name, namespace },
  ];
}

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
          `The ${kind} ${quote(`${namespace}/${name}`)} could not be deleted: ${(error as Error).message}\nWhat to do: delete it:\nkubectl delete ${kind} ${name} --namespace ${namespace}`,
        );
      }
    };
    await Promise.all(objectsOf(target).map(cleanUp));
  }
}

/** The client did not end. The message is the diagnosis. */
class DenialNotObserved extends Error {}

/** @returns the log without secret values. */
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
 * Only a refusal by Entra because no credential has this subject is a proof: AADSTS700213, or the older AADSTS70021.
 * @param subject of the unfederated service account. A refusal of another token proves nothing.
 */
export function checkDenial(
  { values, lines }: Pick<PodLog, 'values' | 'lines'>,
  subject: string,
): DenialResult {
  if (values > 0) return { denial: 'disproven', seen: `${quote(subject)} read the secret` };
  const last = lines.findLast(line => /^(Given up|Stopped)/.test(line)) ?? '';
  if (
    /^[^:]+: secret \S+ could not be read \(AADSTS(700213|70021)\): /.test(last) &&
    last.includes(`'${subject}'`)
  )
    return {
      denial: 'proven',
      seen: `Entra refused ${quote(subject)}: no federated credential matches its token`,
    };
  const said = last || lines.at(-1) || 'nothing';
  return {
    denial: 'inconclusive',
    seen: `Entra did not refuse the unfederated client as expected. Its last line: ${shorten(said)}`,
  };
}
