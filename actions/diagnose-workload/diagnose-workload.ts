import { CommandFailed } from '../shared/command-errors.ts';
import { Azure } from '../shared/diagnosis/azure-reader.ts';
import { outsideItsTime } from '../shared/diagnosis/check-vault.ts';
import { diagnose, signOf } from '../shared/diagnosis/diagnose.ts';
import { printEvidence } from '../shared/diagnosis/evidence.ts';
import { VALUE_SHOWN } from '../shared/diagnosis/log-findings.ts';
import { Sight } from '../shared/diagnosis/optional-reads.ts';
import { containerStatuses, hasStarted, isReady, type Pod } from '../shared/diagnosis/pod.ts';
import { PodLog } from '../shared/diagnosis/pod-log.ts';
import { type Eyes, look, lookAtAll } from '../shared/diagnosis/read-state.ts';
import { trustChainOf } from '../shared/diagnosis/trust-chain.ts';
import { trustChainMermaid } from '../shared/diagnosis/trust-chain-diagram.ts';
import { failureOf, inWords, notSeen, type Verdict } from '../shared/diagnosis/verdict.ts';
import type { Facts } from '../shared/diagnosis/workload-state.ts';
import { ActionFailed } from '../shared/failures.ts';
import type { Kubectl } from '../shared/kubectl.ts';
import { preflight } from '../shared/preflight.ts';
import { cell, preformatted } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { nameOf } from '../shared/workloads.ts';
import { type Found, findWorkloads } from './find-workloads.ts';
import type { Inputs } from './inputs.ts';
import { readsOf } from './secret-reference.ts';

/** What was found out about one workload. */
interface Judged {
  workload: string;
  /** '' where it has none. */
  pod: string;
  state: 'works' | 'no fault found' | 'not in use' | 'broken';
  /** In words, where it is not broken. */
  seen: string;
  verdict: Verdict | undefined;
  facts: Facts;
}

/** Looks at the workloads of a cluster, and says of each which link between its pod and its secret is broken. */
export async function diagnoseWorkloads(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { account, namespace, workloads } = inputs;
  // Where no account is asked for, the cluster alone will do: Azure's half is then unknown, and said to be.
  if (account.subscriptionId || account.tenantId || account.clientId)
    await preflight(account, { kubectl: true }, tools);

  const eyes: Eyes = { kubectl: tools.kubectl(inputs.kubeconfig), azure: new Azure(tools.az) };
  const sight = new Sight();
  const found = await findWorkloads(eyes.kubectl, namespace, workloads, sight);
  const judged = await eachOf(found, each => judgeInTime(each, inputs, eyes, tools));

  for (const each of judged) tell(each, inputs, tools);
  for (const line of notSeen(sight.unseen)) tools.log.info(line);
  const chains = judged.filter(({ state }) => state !== 'not in use').map(({ facts }) => trustChainOf(facts));
  tools.report.facts.trustChain = chains;
  tools.report.add(`${markdown(judged, inputs)}\n\n${trustChainMermaid(chains)}`);
  return conclude(judged, inputs, tools);
}

/** How many workloads are looked at side by side. */
const SIDE_BY_SIDE = 4;

async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return results;
}

/** Thrown while the only thing that a workload needs is time. */
class NotSeenYet extends Error {
  readonly judged: Judged;

  constructor(judged: Judged) {
    super('not seen yet');
    this.judged = judged;
  }
}

/** Judges a workload; one whose federated credential Entra does not see yet again, for as long as retry-minutes says. */
async function judgeInTime(
  found: Found,
  inputs: Inputs,
  eyes: Eyes,
  { time, log, retrySeconds: timeoutSeconds }: Tools,
): Promise<Judged> {
  const what = `Federated credential of ${nameOf(found)}`;
  const transient = (error: unknown) =>
    error instanceof NotSeenYet ? 'it is there, and Entra does not see it yet' : undefined;
  try {
    return await retry({ what, timeoutSeconds, firstWaitSeconds: 3, time, log, transient }, async () => {
      const judged = await judge(found, inputs, eyes);
      if (judged.verdict?.link === 'federated-credential-not-seen') throw new NotSeenYet(judged);
      return judged;
    });
  } catch (error) {
    if (error instanceof NotSeenYet) return error.judged;
    throw error;
  }
}

async function judge(found: Found, inputs: Inputs, eyes: Eyes): Promise<Judged> {
  const { namespace, serviceAccount, annotations, pod, events } = found;
  const sight = new Sight();
  const started = pod && containerStatuses(pod).some(hasStarted);
  const log = started ? await sight.look('its log', () => logOf(eyes.kubectl, namespace, pod)) : undefined;
  const reads = pod ? readsOf(pod, log?.all ?? []) : { vaultName: '', secretName: '' };
  const target = {
    ...{ namespace, serviceAccount, podName: pod?.metadata.name ?? '' },
    vaultName: inputs.vaultName || reads.vaultName,
    secretName: inputs.secretName || reads.secretName,
  };
  const start: Facts = { target, annotations, log: log?.counts ?? [], events, unseen: sight.unseen };
  // Nothing wants a pod of an idle one, so none is missing; and unless it was asked for, nobody misses its trust either.
  const idle = found.idle && inputs.workloads.length === 0;
  const seen = idle ? start : await look(found.idle ? start : { ...start, pod }, eyes);
  const verdict = diagnose(seen);
  const works = signOf(seen)?.code === VALUE_SHOWN;
  // A value in the log ends the look; the picture shows the chain behind it all the same.
  const facts = works && !verdict ? await lookAtAll(seen, eyes) : seen;
  const unproven = found.idle ? 'not in use' : 'no fault found';
  const state = verdict ? 'broken' : works ? 'works' : unproven;
  return { workload: nameOf(found), pod: target.podName, state, seen: words(state, facts), verdict, facts };
}

/** A pod may have many containers, of each of which some lines are read. */
const MOST_LOG_LINES = 2000;

/** A refusal that a pod wrote longer ago, and is ready all the same, has passed: the grant was not seen yet, say. */
const FORGOTTEN_AFTER = 3600_000;

/**
 * The last lines of a pod's log, the values of the lab's client left out, and those of them that count for a verdict. A
 * container that was started again has perhaps not said anything yet, so what the run before it said stands first.
 */
async function logOf(
  kubectl: Kubectl,
  namespace: string,
  pod: Pod,
): Promise<Record<'all' | 'counts', string[]>> {
  const podLog = new PodLog('');
  const log = { all: [] as string[], counts: [] as string[] };
  const since = isReady(pod) ? Date.now() - FORGOTTEN_AFTER : 0;
  const onLine = (line: string): void => {
    const [, time = '', text = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
    podLog.take(text);
    const safe = podLog.lines.at(-1) ?? '';
    log.all.push(safe);
    if (log.all.length > MOST_LOG_LINES) log.all.shift();
    if (Date.parse(time) < since) return;
    log.counts.push(safe);
    if (log.counts.length > MOST_LOG_LINES) log.counts.shift();
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

/** The log of an earlier run may be gone. */
function ignoreFailure(error: unknown): void {
  if (!(error instanceof CommandFailed)) throw error;
}

function words(state: Judged['state'], facts: Facts): string {
  const late = outsideItsTime(facts.secret, Date.now() / 1000);
  const time = late ? ` The secret ${late.words}, though; Key Vault gives it all the same.` : '';
  switch (state) {
    case 'works':
      return `The pod reads ${facts.target.secretName} from ${facts.target.vaultName}.${time}`;
    case 'not in use':
      return 'The service account is annotated, and no pod runs under it.';
    default:
      return 'No link that was looked at is broken, and the log names none.';
  }
}

/** One workload in the log: the verdict, and under it what it rests on. */
function tell({ workload, pod, state, seen, verdict, facts }: Judged, inputs: Inputs, { log }: Tools): void {
  const name = nameIn(workload, pod);
  const unseen = notSeen(facts.unseen).join('');
  if (!verdict) {
    log.info(`${name}: ${state}. ${seen} ${unseen}`.trim());
    return;
  }
  const text = [
    `${name}: broken at ${inWords(verdict)}`,
    `What to do: ${verdict.remedy}`,
    `${inputs.documentation}#${verdict.link}`,
    unseen,
  ];
  const lines = text.filter(line => line !== '').join('\n');
  if (inputs.failOnBroken) log.info(lines);
  else log.warning(lines);
  printEvidence(inputs.showLogs ? facts : { ...facts, log: [] });
}

function nameIn(workload: string, pod: string): string {
  return pod ? `${workload} (pod ${pod})` : workload;
}

function markdown(judged: readonly Judged[], { documentation }: Inputs): string {
  if (judged.length === 0) return NONE;
  const rows = judged.map(({ workload, pod, state, seen, verdict }) => {
    const link = verdict ? `[${verdict.link}](${documentation}#${verdict.link})` : '';
    const said = verdict ? verdict.seen : seen;
    const columns = [
      `${state === 'broken' ? '**broken**' : state}`,
      link,
      cell(said),
      cell(verdict?.remedy ?? ''),
    ];
    return `| ${[cell(workload), cell(pod), ...columns].join(' | ')} |`;
  });
  const comparisons = judged.flatMap(({ workload, verdict }) =>
    verdict?.comparison ? ['', `${cell(workload)}:`, '', preformatted(verdict.comparison)] : [],
  );
  const unseen = [...new Set(judged.flatMap(({ facts }) => facts.unseen))];
  return [
    '| Workload | Pod | State | Link | What was seen | What to do |',
    '|---|---|---|---|---|---|',
    ...rows,
    ...comparisons,
    ...(unseen.length > 0 ? ['', `Could not be looked at: ${cell(unseen.join('; '))}.`] : []),
  ].join('\n');
}

const NONE =
  'No pod is labelled azure.workload.identity/use: "true", and no service account is annotated with a client id.';

/** @throws {ActionFailed} when a workload is broken and that is to fail the step. */
function conclude(judged: readonly Judged[], inputs: Inputs, { log }: Tools): Record<string, string> {
  const broken = judged.flatMap(({ workload, pod, verdict, facts }) =>
    verdict ? [{ name: nameIn(workload, pod), verdict, facts }] : [],
  );
  const outputs = {
    broken: String(broken.length),
    verdicts: JSON.stringify(
      judged.map(({ workload, pod, state, seen, verdict, facts: { unseen } }) => ({
        ...{ workload, pod, state, link: verdict?.link ?? '', seen: verdict ? inWords(verdict) : seen },
        ...{ remedy: verdict?.remedy ?? '', unseen },
      })),
    ),
  };
  if (judged.length === 0) log.info(NONE);
  const [first, ...rest] = broken;
  if (!first || !inputs.failOnBroken) return outputs;
  if (rest.length === 0) throw failureOf(first.verdict, first.facts.unseen, inputs.documentation, outputs);
  throw new ActionFailed(
    [
      `${broken.length} of ${judged.length} workloads are broken:`,
      ...broken.flatMap(({ name, verdict }) => [
        `- ${name}: ${verdict.link}: ${verdict.seen.trim()}`,
        `  What to do: ${verdict.remedy}`,
        `  ${inputs.documentation}#${verdict.link}`,
      ]),
    ].join('\n'),
    'for each workload what its own lines say; more of it stands in the log and the summary.',
    inputs.documentation,
    outputs,
  );
}
