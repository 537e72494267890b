import { currentCloud } from '../shared/account.ts';
import { AzureReader } from '../shared/diagnosis/azure-reader.ts';
import { readAnnotations } from '../shared/diagnosis/read-cluster.ts';
import { readTrustChain } from '../shared/diagnosis/trust-chain.ts';
import { ActionFailed } from '../shared/failures.ts';
import { preflight } from '../shared/preflight.ts';
import { changed } from '../shared/report.ts';
import type { Tools } from '../shared/tools.ts';
import {
  type DeployContext,
  diagnosisError,
  diagnosisTarget,
  type PlannedWorkload,
  qualifiedName,
} from './context.ts';
import { proveDenialOf } from './denial.ts';
import { ensureWorkload, recreateWorkload } from './ensure.ts';
import type { Inputs } from './inputs.ts';
import { manifest, type Target } from './manifest.ts';
import { combineFailures, denialError, type Result, resultsOutput } from './results.ts';
import { verify } from './verify.ts';

export async function deployWorkload(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { targets, image, vaultName, secretName, kind, repository } = inputs;
  await preflight(inputs.account, { kubectl: true }, tools);
  const { suffixes } = await currentCloud(tools.az);
  const vaultDomain = suffixes.keyvaultDns.replace(/^\./, '');
  const context: DeployContext = {
    inputs,
    client: { kind, image, vaultName, secretName, vaultDomain, repository },
    tools,
    kubectl: tools.kubectl(inputs.kubeconfig),
    azure: new AzureReader(tools.az),
    brokenChains: [],
  };

  const results = await Promise.all(targets.map(target => deployTarget(context, target)));
  const failure = combineFailures(results);
  if (failure !== undefined) {
    tools.report.facts.trustChain = context.brokenChains;
    throw failure;
  }

  tools.report.facts.trustChain = await Promise.all(
    results.map(({ target, podName }) => readTrustChain(diagnosisTarget(inputs, target, podName), context)),
  );
  const [{ podName, denial }] = results as [Result];
  return {
    'pod-name': podName,
    verified: 'true',
    denial,
    results: resultsOutput(results),
    verdict: '',
    diagnosis: '',
  };
}

/** Does not throw, so that the other workloads continue. */
async function deployTarget(context: DeployContext, target: Target): Promise<Result> {
  const result: Result = { target, podName: '', verified: false, denial: '' };
  try {
    await deployAndVerify(context, target, result);
  } catch (error) {
    result.failure = error;
  }
  return result;
}

async function deployAndVerify(context: DeployContext, target: Target, result: Result): Promise<void> {
  const { inputs, client, tools } = context;
  const { report } = tools;
  const place = qualifiedName(target);
  const annotations = await readAnnotations(context.kubectl, target);
  // Without a client ID, the webhook gives the pod no identity.
  if (!annotations?.clientId)
    throw diagnosisError(
      { target: diagnosisTarget(inputs, target, ''), annotations, log: [], unseen: [] },
      inputs,
    );
  const workload: PlannedWorkload = {
    target,
    annotations,
    desired: manifest(target, client, annotations.clientId),
  };

  const earlierPods = await report.step(workload.desired.kind, place, () =>
    ensureWorkload(context, workload),
  );
  await report.step('Secret in the log of', place, async () => {
    result.podName = (await verify(context, workload, 'its start', earlierPods)).metadata.name;
    result.verified = true;
    return { outcome: 'verified', value: undefined };
  });
  if (!inputs.proveDenial) return;

  await report.step('Denial without federation, next to', place, async () => {
    const { denial, seen } = await proveDenialOf(context, workload);
    result.denial = denial;
    if (denial !== 'proven') throw denialError(denial, place, seen, inputs);
    tools.log.info(`${place}: ${seen}.`);
    return { outcome: 'verified', value: undefined };
  });
  await verifyAgain(context, workload, result);
}

/** Rules out that Entra or the vault failed during the proof: the federated workload must still read the secret. */
async function verifyAgain(context: DeployContext, workload: PlannedWorkload, result: Result): Promise<void> {
  const { report } = context.tools;
  const place = qualifiedName(workload.target);
  const isJob = workload.desired.kind === 'Job';
  try {
    // A job reads the secret only once.
    if (isJob)
      await report.step('Second run of job', place, async () =>
        changed(await recreateWorkload(context, workload)),
      );
    await report.step('Second check of the secret in the log of', place, async () => {
      result.podName = (await verify(context, workload, isJob ? 'its start' : 'now')).metadata.name;
      return { outcome: 'verified', value: undefined };
    });
  } catch (error) {
    if (!(error instanceof ActionFailed)) throw error;
    result.denial = 'inconclusive';
    const seen = `the federated workload fails now too: ${error.message}`;
    throw denialError('inconclusive', place, seen, context.inputs);
  }
}
