import { currentCloud } from '../shared/account.ts';
import { Azure } from '../shared/diagnosis/azure.ts';
import { annotationsOf } from '../shared/diagnosis/look-at-cluster.ts';
import type { Pod } from '../shared/diagnosis/pod.ts';
import { lookUpTrustChain } from '../shared/diagnosis/trust-chain.ts';
import { ActionFailed } from '../shared/failures.ts';
import type { Kubectl } from '../shared/kubectl.ts';
import { preflight } from '../shared/preflight.ts';
import type { Tools } from '../shared/tools.ts';
import { nameOf } from '../shared/workloads.ts';
import { type Denial, tryUnfederated } from './denial.ts';
import { ensureWorkload } from './ensure.ts';
import type { Inputs, Target } from './inputs.ts';
import { type Client, manifest } from './manifest.ts';
import { broken, verify, type Watched } from './verify.ts';

/** What came of one workload. */
interface Result {
  target: Target;
  pod: Pod;
  denial: Denial | '';
}

/** The walkthrough's "Deploy the Pod" and "Check the pod logs", with the comparison that makes it a proof. */
export async function deployWorkload(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { targets, image, vaultName, secretName, kind } = inputs;
  await preflight(inputs.account, { kubectl: true }, tools);
  const kubectl = tools.kubectl(inputs.kubeconfig);
  const { suffixes } = await currentCloud(tools.az);
  const vaultDomain = suffixes.keyvaultDns.replace(/^\./, '');
  const client = { kind, image, vaultName, secretName, vaultDomain };

  const ends = await Promise.allSettled(
    targets.map(target => deployOne(kubectl, inputs, target, client, tools)),
  );
  const failures = ends.filter(end => end.status === 'rejected').map(end => end.reason as unknown);
  if (failures.length > 0) throw together(failures);
  const results = ends.filter(end => end.status === 'fulfilled').map(end => end.value);

  const eyes = { kubectl, azure: new Azure(tools.az) };
  tools.report.facts.trustChain = await Promise.all(
    results.map(({ target, pod }) =>
      lookUpTrustChain({ ...target, podName: pod.metadata.name, vaultName, secretName }, eyes),
    ),
  );
  return {
    'pod-name': results[0]!.pod.metadata.name,
    verified: 'true',
    denial: results[0]!.denial,
    results: JSON.stringify(
      results.map(({ target, pod, denial }) => ({
        workload: nameOf(target),
        pod: pod.metadata.name,
        denial,
      })),
    ),
  };
}

async function deployOne(
  kubectl: Kubectl,
  inputs: Inputs,
  target: Target,
  client: Client,
  tools: Tools,
): Promise<Result> {
  const { report } = tools;
  const { kind, targets } = inputs;
  const place = `${target.namespace}/${target.name}`;
  const clientId = await clientIdOf(kubectl, inputs, target);
  const made = manifest(target, client, clientId);
  const watched: Watched = { target, made, clientId, prefix: targets.length > 1 ? `${place} ` : '' };

  const deploy = () => ensureWorkload(kubectl, inputs, target, made, clientId);
  await report.step(kind.charAt(0).toUpperCase() + kind.slice(1), place, deploy);
  const pod = await report.step(`Secret in the log of`, place, async () => ({
    outcome: 'verified',
    value: await verify(kubectl, inputs, watched, tools),
  }));
  if (!inputs.proveDenial) return { target, pod, denial: '' };

  await report.step('Denial of an unfederated service account beside', place, async () => {
    const { denial, seen } = await tryUnfederated(kubectl, inputs, target, client, clientId, tools);
    if (denial !== 'proven') throw notProven(denial, place, seen, inputs);
    tools.log.info(`${seen}.`);
    return { outcome: 'verified', value: undefined };
  });
  // Had the vault or Entra been out of order meanwhile, the refusal would prove nothing.
  await report.step('Secret, once more, in the log of', place, async () => {
    if (kind === 'job') await deploy();
    try {
      const again = await verify(kubectl, inputs, { ...watched, fromNow: kind !== 'job' }, tools);
      return { outcome: 'verified', value: again };
    } catch (error) {
      if (!(error instanceof ActionFailed)) throw error;
      throw notProven(
        'inconclusive',
        place,
        `the federated workload is refused now, too: ${error.message}`,
        inputs,
      );
    }
  });
  return { target, pod, denial: 'proven' };
}

/**
 * The client id that the service account is annotated with.
 * @throws {ActionFailed} when there is none: the pod could not become anybody.
 */
async function clientIdOf(kubectl: Kubectl, inputs: Inputs, target: Target): Promise<string> {
  const annotations = await annotationsOf(kubectl, target);
  if (!annotations?.clientId) {
    const subject = { ...inputs, ...target, podName: target.name };
    throw broken({ target: subject, annotations, log: [], unseen: [] }, inputs);
  }
  return annotations.clientId;
}

function notProven(denial: Denial, place: string, seen: string, { documentation }: Inputs): ActionFailed {
  const remedy =
    denial === 'disproven'
      ? 'Find the federated credential whose subject is this service account’s and delete it, or whoever else gives the secret away: az identity federated-credential list.'
      : 'Nothing was proven, neither way. Mend what is named here and run this again.';
  return new ActionFailed(
    `denial-${denial}: beside ${place}: ${seen}.`,
    remedy,
    `${documentation}#denial-${denial}`,
    { denial, verified: 'true' },
  );
}

/** Several failures as one; a single one as it is. */
function together(failures: readonly unknown[]): unknown {
  const [first, ...rest] = failures;
  if (rest.length === 0 || !failures.every(failure => failure instanceof ActionFailed)) return first;
  const each = failures.map(({ message, remedy }) => `- ${message}\n  What to do: ${remedy}`);
  const { link, outputs } = first as ActionFailed;
  return new ActionFailed(
    `${failures.length} workloads failed:\n${each.join('\n')}`,
    'Each as it says.',
    link,
    outputs,
  );
}
