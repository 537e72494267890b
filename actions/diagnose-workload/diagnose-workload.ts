import { CommandFailed } from '../shared/command-errors.ts';
import { AzureReader } from '../shared/diagnosis/azure-reader.ts';
import { invalidPeriod } from '../shared/diagnosis/check-vault.ts';
import { diagnose, lastFindingOf } from '../shared/diagnosis/diagnose.ts';
import { printEvidence } from '../shared/diagnosis/evidence.ts';
import { VALUE_SHOWN } from '../shared/diagnosis/log-findings.ts';
import { OptionalReads } from '../shared/diagnosis/optional-reads.ts';
import { containerStatuses, hasStarted, isReady } from '../shared/diagnosis/pod.ts';
import { PodLog } from '../shared/diagnosis/pod-log.ts';
import { readState, readWholeState, type Sources } from '../shared/diagnosis/read-state.ts';
import { trustChainOf } from '../shared/diagnosis/trust-chain.ts';
import { trustChainMermaid } from '../shared/diagnosis/trust-chain-diagram.ts';
import { formatUnseen, formatVerdict, type Verdict, verdictError } from '../shared/diagnosis/verdict.ts';
import type { WorkloadState } from '../shared/diagnosis/workload-state.ts';
import { ActionFailed } from '../shared/failures.ts';
import type { Kubectl } from '../shared/kubectl.ts';
import type { Pod } from '../shared/kubernetes-objects.ts';
import { preflight } from '../shared/preflight.ts';
import { quote } from '../shared/quote.ts';
import { cell, preformatted } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { nameOf } from '../shared/workloads.ts';
import { type FoundWorkload, findWorkloads } from './find-workloads.ts';
import type { Inputs } from './inputs.ts';
import { secretReference } from './secret-reference.ts';

interface Diagnosis {
  workload: string;
  /** '' if it has no pod. */
  pod: string;
  status: 'works' | 'no fault found' | 'not in use' | 'broken';
  seen: string;
  verdict: Verdict | undefined;
  state: WorkloadState;
}

export async function diagnoseWorkloads(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { account, namespace, workloads } = inputs;
  // Without an account in the inputs, the cluster alone is enough: the Azure half is then reported as not read.
  if (account.subscriptionId || account.tenantId || account.clientId)
    await preflight(account, { kubectl: true }, tools);

  const sources: Sources = { kubectl: tools.kubectl(inputs.kubeconfig), azure: new AzureReader(tools.az) };
  const optional = new OptionalReads();
  const found = await findWorkloads(sources.kubectl, namespace, workloads, optional);
  const diagnoses = await mapLimited(found, each => diagnoseWithRetry(each, inputs, sources, tools));

  for (const diagnosis of diagnoses) printDiagnosis(diagnosis, inputs, tools);
  for (const line of formatUnseen(optional.unseen)) tools.log.info(line);
  const chains = diagnoses
    .filter(({ status }) => status !== 'not in use')
    .map(({ state }) => trustChainOf(state));
  tools.report.facts.trustChain = chains;
  tools.report.add(`${markdown(diagnoses, inputs)}\n\n${trustChainMermaid(chains)}`);
  return finish(diagnoses, inputs, tools);
}

const CONCURRENCY = 4;

async function mapLimited<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results;
}

/** A matching federated credential exists, but Entra does not apply it yet. */
class NotVisibleYet extends Error {
  readonly diagnosis: Diagnosis;

  constructor(diagnosis: Diagnosis) {
    super('not visible yet');
    this.diagnosis = diagnosis;
  }
}

async function diagnoseWithRetry(
  found: FoundWorkload,
  inputs: Inputs,
  sources: Sources,
  { time, log, retrySeconds: timeoutSeconds }: Tools,
): Promise<Diagnosis> {
  const what = `Federated credential of ${nameOf(found)}`;
  const transient = (error: unknown) =>
    error instanceof NotVisibleYet ? 'it exists, and Entra does not apply it yet' : undefined;
  try {
    return await retry({ what, timeoutSeconds, firstWaitSeconds: 3, time, log, transient }, async () => {
      const diagnosis = await diagnoseOne(found, inputs, sources);
      if (diagnosis.verdict?.link === 'federated-credential-not-seen') throw new NotVisibleYet(diagnosis);
      return diagnosis;
    });
  } catch (error) {
    if (error instanceof NotVisibleYet) return error.diagnosis;
    throw error;
  }
}

async function diagnoseOne(found: FoundWorkload, inputs: Inputs, sources: Sources): Promise<Diagnosis> {
  const { namespace, serviceAccount, annotations, pod, events } = found;
  const optional = new OptionalReads();
  const started = pod && containerStatuses(pod).some(hasStarted);
  const log = started
    ? await optional.readOrNote('the log of the pod', () => readLog(sources.kubectl, namespace, pod))
    : undefined;
  const reference = pod ? secretReference(pod, log?.all ?? []) : { vaultName: '', secretName: '' };
  const target = {
    ...{ namespace, serviceAccount, podName: pod?.metadata.name ?? '' },
    vaultName: inputs.vaultName || reference.vaultName,
    secretName: inputs.secretName || reference.secretName,
  };
  const start: WorkloadState = {
    target,
    annotations,
    log: log?.counts ?? [],
    events,
    unseen: optional.unseen,
  };
  // An idle service account needs no pod. Its Azure half is read only if the inputs list it.
  const idle = found.idle && inputs.workloads.length === 0;
  const seen = idle ? start : await readState(found.idle ? start : { ...start, pod }, sources);
  const verdict = diagnose(seen);
  const works = lastFindingOf(seen)?.code === VALUE_SHOWN;
  // readState() stops at a value in the log; the diagram shows the whole chain.
  const state = works && !verdict ? await readWholeState(seen, sources) : seen;
  const unproven = found.idle ? 'not in use' : 'no fault found';
  const status = verdict ? 'broken' : works ? 'works' : unproven;
  return {
    workload: nameOf(found),
    pod: target.podName,
    status,
    seen: describeStatus(status, state),
    verdict,
    state,
  };
}

const MAX_LOG_LINES = 2000;

/** If a pod is ready, older refusals in its log have passed, such as a role that Azure did not apply yet. */
const MAX_LOG_AGE_MS = 3600_000;

/**
 * @returns all lines without values of the lab's client, and those that count for a verdict. The log of the previous run
 *   comes first, because a restarted container might have written nothing yet.
 */
async function readLog(
  kubectl: Kubectl,
  namespace: string,
  pod: Pod,
): Promise<Record<'all' | 'counts', string[]>> {
  const podLog = new PodLog('');
  const log = { all: [] as string[], counts: [] as string[] };
  const since = isReady(pod) ? Date.now() - MAX_LOG_AGE_MS : 0;
  const onLine = (line: string): void => {
    const [, time = '', text = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    podLog.addLine(text);
    const safe = podLog.lines.at(-1) ?? '';
    log.all.push(safe);
    if (log.all.length > MAX_LOG_LINES) log.all.shift();
    if (Date.parse(time) < since) return;
    log.counts.push(safe);
    if (log.counts.length > MAX_LOG_LINES) log.counts.shift();
  };
  const read = (...options: string[]): Promise<string> =>
    kubectl(
      [
        ...['logs', pod.metadata.name, '--namespace', namespace],
        ...['--all-containers', '--ignore-errors', '--timestamps', '--tail', '200', ...options],
      ],
      { onLine },
    );
  const restarted = containerStatuses(pod).some(({ restartCount }) => restartCount > 0);
  if (restarted) await read('--previous').catch(ignoreFailure);
  await read();
  return log;
}

/** The log of the previous run might no longer exist. */
function ignoreFailure(error: unknown): void {
  if (!(error instanceof CommandFailed)) throw error;
}

function describeStatus(status: Diagnosis['status'], { target, secret }: WorkloadState): string {
  const period = invalidPeriod(secret, Date.now() / 1000);
  const time = period ? ` The secret ${period.text}, but Key Vault returns it.` : '';
  switch (status) {
    case 'works':
      return `The pod reads secret ${quote(target.secretName)} from vault ${quote(target.vaultName)}.${time}`;
    case 'not in use':
      return 'The service account is annotated, and no pod uses it.';
    default:
      return 'All links that the action could read are intact, and the log of the pod reports no refusal.';
  }
}

function printDiagnosis(
  { workload, pod, status, seen, verdict, state }: Diagnosis,
  inputs: Inputs,
  { log }: Tools,
): void {
  const name = displayName(workload, pod);
  const unseen = formatUnseen(state.unseen).join('');
  if (!verdict) {
    log.info(`${name}: ${status}. ${seen} ${unseen}`.trim());
    return;
  }
  const text = [
    `${name}: broken at ${formatVerdict(verdict)}`,
    `What to do: ${verdict.remedy}`,
    `${inputs.documentation}#${verdict.link}`,
    unseen,
  ];
  const lines = text.filter(line => line !== '').join('\n');
  if (inputs.failOnBroken) log.info(lines);
  else log.warning(lines);
  printEvidence(inputs.showLogs ? state : { ...state, log: [] });
}

function displayName(workload: string, pod: string): string {
  return pod ? `${workload} (pod ${pod})` : workload;
}

function markdown(diagnoses: readonly Diagnosis[], { documentation }: Inputs): string {
  if (diagnoses.length === 0) return NO_WORKLOADS;
  const rows = diagnoses.map(({ workload, pod, status, seen, verdict }) => {
    const link = verdict ? `[${verdict.link}](${documentation}#${verdict.link})` : '';
    const said = verdict ? verdict.seen : seen;
    const columns = [
      `${status === 'broken' ? '**broken**' : status}`,
      link,
      cell(said),
      cell(verdict?.remedy ?? ''),
    ];
    return `| ${[cell(workload), cell(pod), ...columns].join(' | ')} |`;
  });
  const comparisons = diagnoses.flatMap(({ workload, verdict }) =>
    verdict?.comparison ? ['', `${cell(workload)}:`, '', preformatted(verdict.comparison)] : [],
  );
  const unseen = [...new Set(diagnoses.flatMap(({ state }) => state.unseen))];
  return [
    '| Workload | Pod | State | Broken link | What was observed | What to do |',
    '|---|---|---|---|---|---|',
    ...rows,
    ...comparisons,
    ...(unseen.length > 0 ? ['', ...formatUnseen(unseen).map(cell)] : []),
  ].join('\n');
}

const NO_WORKLOADS =
  'No workload uses workload identity: no pod has the label azure.workload.identity/use: "true", and no service account has the annotation azure.workload.identity/client-id.';

/** @throws {ActionFailed} if a workload is broken and `fail-on-broken` is true. */
function finish(diagnoses: readonly Diagnosis[], inputs: Inputs, { log }: Tools): Record<string, string> {
  const broken = diagnoses.flatMap(({ workload, pod, verdict, state }) =>
    verdict ? [{ name: displayName(workload, pod), verdict, state }] : [],
  );
  const outputs = {
    broken: String(broken.length),
    verdicts: JSON.stringify(
      diagnoses.map(({ workload, pod, status, seen, verdict, state: { unseen } }) => ({
        ...{
          workload,
          pod,
          state: status,
          link: verdict?.link ?? '',
          seen: verdict ? formatVerdict(verdict) : seen,
        },
        ...{ remedy: verdict?.remedy ?? '', unseen },
      })),
    ),
  };
  if (diagnoses.length === 0) log.info(NO_WORKLOADS);
  const [first, ...rest] = broken;
  if (!first || !inputs.failOnBroken) return outputs;
  if (rest.length === 0) throw verdictError(first.verdict, first.state.unseen, inputs.documentation, outputs);
  throw new ActionFailed(
    [
      `${broken.length} of ${diagnoses.length} workloads ${broken.length === 1 ? 'is' : 'are'} broken:`,
      ...broken.flatMap(({ name, verdict }) => [
        `- ${name}: ${verdict.link}: ${verdict.seen.trim()}`,
        `  What to do: ${verdict.remedy.replaceAll('\n', '\n  ')}`,
        `  ${inputs.documentation}#${verdict.link}`,
      ]),
    ].join('\n'),
    'Fix each workload as its lines say. The log and the summary of this step show the evidence.',
    inputs.documentation,
    outputs,
  );
}
