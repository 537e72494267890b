import { diagnose, diagnoseUnproven } from '../shared/diagnosis/diagnose.ts';
import { printEvidence } from '../shared/diagnosis/evidence.ts';
import { CONTAINER, containerStatus, type Pod, stateOf } from '../shared/diagnosis/pod.ts';
import { PodLog } from '../shared/diagnosis/pod-log.ts';
import { look } from '../shared/diagnosis/read-state.ts';
import { inWords, short } from '../shared/diagnosis/verdict.ts';
import type { Annotations, Facts } from '../shared/diagnosis/workload-state.ts';
import { describeFailure } from '../shared/failures.ts';
import { Interrupted } from '../shared/interruption.ts';
import {
  createObject,
  deleteObject,
  getObject,
  type Kubectl,
  type ObjectReference,
} from '../shared/kubectl.ts';
import { BoundedPrinter } from '../shared/log.ts';
import { poll, TimedOut } from '../shared/retry.ts';
import { subjectOf } from '../shared/workloads.ts';
import { type Call, placeOf, type Workload, watchedOf } from './context.ts';
import { createWorkload, untilGone } from './ensure.ts';
import type { Target, WorkloadObject } from './manifest.ts';
import { isOfAProof, unfederatedAccount, unfederatedBeside, unfederatedPod } from './unfederated.ts';

/**
 * What came of letting an unfederated service account ask: refused for want of a federated credential, given the
 * secret, or neither could be seen.
 */
export type Denial = 'proven' | 'disproven' | 'inconclusive';

export interface Tried {
  denial: Denial;
  /** What the verdict rests on. */
  seen: string;
}

/**
 * Runs the same client, with the same identity's client id, under a service account that no federated credential
 * names, and sees how it is refused. What it made is deleted again, whatever happens.
 */
export async function tryUnfederated(call: Call, workload: Workload): Promise<Tried> {
  const { annotations } = workload;
  const target = unfederatedBeside(workload.target);
  try {
    const foreign = await objectOfAnotherOwner(call, target);
    if (foreign)
      return {
        denial: 'inconclusive',
        seen: `${foreign} exists and belongs to another owner; it was left alone`,
      };
    return await withoutTrace(call, target, async () => {
      await createObject(call.kubectl, unfederatedAccount(target, call.client, annotations.clientId));
      await createWorkload(call, {
        target,
        annotations,
        wanted: unfederatedPod(target, call.client, annotations.clientId),
      });
      return judge(await logOf(call, target, annotations), subjectOf(target));
    });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return { denial: 'inconclusive', seen: error instanceof Unseen ? error.message : describeFailure(error) };
  }
}

/** Its owner must not have it deleted, nor learn from it what it was not meant to show. */
async function objectOfAnotherOwner({ kubectl, client }: Call, target: Target): Promise<string | undefined> {
  for (const { kind, name, namespace } of objectsOf(target)) {
    const found = await getObject<WorkloadObject>(kubectl, kind, name, namespace);
    if (found && !isOfAProof(found, client.repository)) return `${kind} ${namespace}/${name}`;
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
async function withoutTrace<T>(call: Call, target: Target, work: () => Promise<T>): Promise<T> {
  const { kubectl, client, tools } = call;
  const mayDelete = (object: WorkloadObject): boolean => isOfAProof(object, client.repository);
  for (const each of objectsOf(target)) {
    const deleted = await deleteObject(kubectl, each, mayDelete);
    if (deleted) await untilGone(call, each, deleted);
  }
  try {
    return await work();
  } finally {
    const lastWord: Kubectl = (args, options) => kubectl(args, { ...options, lastWord: true });
    const cleanUp = async (each: ObjectReference): Promise<void> => {
      try {
        await deleteObject(lastWord, each, mayDelete);
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
class Unseen extends Error {}

/** Waits until the pod's container has ended, and gives what it wrote; no value is in it. */
async function logOf(call: Call, target: Target, annotations: Annotations): Promise<PodLog> {
  const { inputs, kubectl, tools } = call;
  const { namespace, name } = target;
  const { timeoutSeconds, secretSha256 } = inputs;
  const { time, log } = tools;
  const facts: Facts = { target: watchedOf(inputs, target, name), annotations, log: [], unseen: [] };
  const what = `Unfederated pod ${placeOf(target)}`;
  try {
    await poll<true>({ what, timeoutSeconds, longestWaitSeconds: 3, time, log }, async () => {
      const pod = await getObject<Pod>(kubectl, 'pod', name, namespace);
      facts.pod = pod ?? null;
      if (pod && containerStatus(pod)?.state?.terminated) return { value: true };
      if (diagnose(facts)?.final) throw new Unseen();
      return { state: stateOf(pod) };
    });
  } catch (error) {
    if (!(error instanceof TimedOut || error instanceof Unseen)) throw error;
    const seen = await look(facts, call);
    printEvidence(seen);
    throw new Unseen(inWords(diagnoseUnproven(seen)));
  }
  const podLog = new PodLog(secretSha256);
  const printer = new BoundedPrinter(line => log.info(`unfederated| ${line}`));
  await kubectl(['logs', name, '--namespace', namespace, '--container', CONTAINER, '--tail', '50'], {
    onLine: line => printer.take(podLog.take(line)),
  });
  printer.end();
  return podLog;
}

/**
 * Only Entra's word that no credential has this subject is a proof: AADSTS700213, or AADSTS70021, its older form.
 * @param subject of the unfederated service account; the refusal must be about its token and no other.
 */
export function judge({ values, lines }: Pick<PodLog, 'values' | 'lines'>, subject: string): Tried {
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
    seen: `the unfederated client ended otherwise than refused: ${short(said)}`,
  };
}
