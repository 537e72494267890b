import { currentCloud } from '../shared/account.ts';
import { Azure } from '../shared/diagnosis/azure-reader.ts';
import { annotationsOf } from '../shared/diagnosis/read-cluster.ts';
import { lookUpTrustChain } from '../shared/diagnosis/trust-chain.ts';
import { ActionFailed } from '../shared/failures.ts';
import { preflight } from '../shared/preflight.ts';
import { changed } from '../shared/report.ts';
import type { Tools } from '../shared/tools.ts';
import { broken, type Call, placeOf, type Workload, watchedOf } from './context.ts';
import { tryUnfederated } from './denial.ts';
import { ensureWorkload, recreateWorkload } from './ensure.ts';
import type { Inputs } from './inputs.ts';
import { manifest, type Target } from './manifest.ts';
import { failureOfAll, notProven, type Result, resultsOutput } from './results.ts';
import { verify } from './verify.ts';

/** The walkthrough's "Deploy the Pod" and "Check the pod logs", with the comparison that makes it a proof. */
export async function deployWorkload(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { targets, image, vaultName, secretName, kind, repository } = inputs;
  await preflight(inputs.account, { kubectl: true }, tools);
  const { suffixes } = await currentCloud(tools.az);
  const vaultDomain = suffixes.keyvaultDns.replace(/^\./, '');
  const call: Call = {
    inputs,
    client: { kind, image, vaultName, secretName, vaultDomain, repository },
    tools,
    kubectl: tools.kubectl(inputs.kubeconfig),
    azure: new Azure(tools.az),
    brokenChains: [],
  };

  const results = await Promise.all(targets.map(target => resultOf(call, target)));
  const failure = failureOfAll(results);
  if (failure !== undefined) {
    tools.report.facts.trustChain = call.brokenChains;
    throw failure;
  }

  tools.report.facts.trustChain = await Promise.all(
    results.map(({ target, podName }) => lookUpTrustChain(watchedOf(inputs, target, podName), call)),
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

/** What came of one workload; it does not throw, so that the others come to their end. */
async function resultOf(call: Call, target: Target): Promise<Result> {
  const result: Result = { target, podName: '', verified: false, denial: '' };
  try {
    await deployOne(call, target, result);
  } catch (error) {
    result.failure = error;
  }
  return result;
}

async function deployOne(call: Call, target: Target, result: Result): Promise<void> {
  const { inputs, client, tools } = call;
  const { report } = tools;
  const place = placeOf(target);
  const annotations = await annotationsOf(call.kubectl, target);
  // The pod could not become anybody.
  if (!annotations?.clientId)
    throw broken({ target: watchedOf(inputs, target, ''), annotations, log: [], unseen: [] }, inputs);
  const workload: Workload = { target, annotations, wanted: manifest(target, client, annotations.clientId) };

  const earlierPods = await report.step(workload.wanted.kind, place, () => ensureWorkload(call, workload));
  await report.step('Secret in the log of', place, async () => {
    result.podName = (await verify(call, workload, 'its start', earlierPods)).metadata.name;
    result.verified = true;
    return { outcome: 'verified', value: undefined };
  });
  if (!inputs.proveDenial) return;

  await report.step('Denial of an unfederated service account beside', place, async () => {
    const { denial, seen } = await tryUnfederated(call, workload);
    result.denial = denial;
    if (denial !== 'proven') throw notProven(denial, place, seen, inputs);
    tools.log.info(`${place}: ${seen}.`);
    return { outcome: 'verified', value: undefined };
  });
  await controlAgain(call, workload, result);
}

/** Had the vault or Entra been out of order meanwhile, the refusal would prove nothing. */
async function controlAgain(call: Call, workload: Workload, result: Result): Promise<void> {
  const { report } = call.tools;
  const place = placeOf(workload.target);
  const isJob = workload.wanted.kind === 'Job';
  try {
    // A job reads the secret once.
    if (isJob)
      await report.step('Job, once more,', place, async () =>
        changed(await recreateWorkload(call, workload)),
      );
    await report.step('Secret, once more, in the log of', place, async () => {
      result.podName = (await verify(call, workload, isJob ? 'its start' : 'now')).metadata.name;
      return { outcome: 'verified', value: undefined };
    });
  } catch (error) {
    if (!(error instanceof ActionFailed)) throw error;
    result.denial = 'inconclusive';
    const seen = `the federated workload itself fails now: ${error.message}`;
    throw notProven('inconclusive', place, seen, call.inputs);
  }
}
