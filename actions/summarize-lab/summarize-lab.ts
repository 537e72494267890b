import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TrustChain } from '../shared/diagnosis/trust-chain.ts';
import { trustChainMermaid } from '../shared/diagnosis/trust-chain-diagram.ts';
import { ActionFailed } from '../shared/failures.ts';
import { readStages, type Stage } from '../shared/journal.ts';
import { quote } from '../shared/quote.ts';
import { cell, type Outcome } from '../shared/report.ts';
import { duration } from '../shared/time.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';

type Verdict = 'verified' | 'deleted' | 'failed' | 'cancelled' | 'incomplete';

export async function summarizeLab(
  { temporaryFolder, jsonFile, clientId, run }: Inputs,
  { log, report }: Pick<Tools, 'log' | 'report'>,
): Promise<Record<string, string>> {
  const stages = await readStages(temporaryFolder, log.warning);
  const path = criticalPath(stages);
  const verdict = verdictOf(stages);
  const took = totalDuration(stages);
  const failure = stages.find(stage => stage.outcome === 'failure')?.failure ?? '';
  // Azure's errors contain the client ID, and the runner silently drops an output with a masked value.
  const diagnosis = clientId === '' ? failure : failure.replaceAll(clientId, '***');

  report.add(markdown(stages, path, verdict, took));
  const chains = stages.flatMap(({ facts }) => facts.trustChain ?? []);
  if (chains.length > 0) report.add(drawTrustChains(chains));
  log.info(
    stages.length > 0
      ? `${verdict}, ${duration(took)}; critical path: ${formatPath(path)}`
      : 'No stage of the lab ran in this job.',
  );

  const document = {
    run,
    verdict,
    diagnosis,
    durationSeconds: Math.round(took / 1000),
    criticalPath: path.map(stage => stage.action),
    stages: stages.map(({ facts, ...stage }) => ({ ...stage, facts, seconds: seconds(stage) })),
  };
  await writeReport(jsonFile, document);

  return {
    verdict,
    diagnosis,
    'duration-seconds': String(document.durationSeconds),
    'json-file': jsonFile,
  };
}

/** The journal is untrusted: other steps can write to it. */
function drawTrustChains(chains: readonly TrustChain[]): string {
  try {
    return trustChainMermaid(chains);
  } catch {
    return 'The trust chains in the journal of this job cannot be drawn.';
  }
}

async function writeReport(jsonFile: string, document: object): Promise<void> {
  try {
    await mkdir(dirname(jsonFile), { recursive: true });
    await writeFile(jsonFile, `${JSON.stringify(document, undefined, 2)}\n`);
  } catch (error) {
    throw new ActionFailed(
      `The action could not write the report to ${quote(jsonFile)}: ${(error as Error).message}`,
      'Set json-file to a path that this user can write to, on a disk with free space. The job summary has the same content.',
    );
  }
}

/**
 * Goes back from the stage that ended last to the last one that ended before it started.
 * @returns in order of their start.
 */
export function criticalPath(stages: readonly Stage[]): Stage[] {
  const byEnd = stages.toSorted((one, other) => Date.parse(one.ended) - Date.parse(other.ended));
  const path: Stage[] = [];
  for (let stage = byEnd.at(-1); stage; ) {
    path.unshift(stage);
    const { started } = stage;
    stage = byEnd.findLast(each => !path.includes(each) && Date.parse(each.ended) <= Date.parse(started));
  }
  return path;
}

function verdictOf(stages: readonly Stage[]): Verdict {
  if (stages.some(stage => stage.outcome === 'failure')) return 'failed';
  if (stages.some(stage => stage.outcome === 'cancelled')) return 'cancelled';
  if (stages.some(({ steps }) => steps.some(step => step.outcome === 'verified'))) return 'verified';
  return stages.some(({ action }) => action === 'delete-lab') ? 'deleted' : 'incomplete';
}

/** Milliseconds. */
function durationOf({ started, ended }: Pick<Stage, 'started' | 'ended'>): number {
  return Date.parse(ended) - Date.parse(started);
}

function seconds(stage: Pick<Stage, 'started' | 'ended'>): number {
  return durationOf(stage) / 1000;
}

/** From the first start to the last end, in milliseconds. */
function totalDuration(stages: readonly Stage[]): number {
  if (stages.length === 0) return 0;
  const ends = stages.map(stage => Date.parse(stage.ended));
  return Math.max(...ends) - Math.min(...stages.map(stage => Date.parse(stage.started)));
}

function formatPath(path: readonly Stage[]): string {
  return path.map(stage => `${stage.action} (${duration(durationOf(stage))})`).join(' → ');
}

function markdown(stages: readonly Stage[], path: readonly Stage[], verdict: Verdict, took: number): string {
  if (stages.length === 0) return 'No stage of the lab ran in this job.';
  const first = Math.min(...stages.map(stage => Date.parse(stage.started)));
  const rows = stages.map(stage => {
    const done = (...outcomes: Outcome[]) =>
      cell(
        stage.steps
          .filter(step => outcomes.some(outcome => outcome === step.outcome))
          .map(step => `${step.what} ${step.name}`)
          .join(', '),
      );
    const name = path.includes(stage) ? `**${cell(stage.action)}**` : cell(stage.action);
    const startedAfter = duration(Date.parse(stage.started) - first);
    return [
      ...[name, stage.outcome, startedAfter, duration(durationOf(stage))],
      ...[
        done('created'),
        done('changed', 'deleted'),
        done('already there', 'already gone'),
        done('verified'),
      ],
    ];
  });
  const headings = [
    'Stage',
    'Outcome',
    'Started after',
    'Duration',
    'Created',
    'Changed or deleted',
    'Unchanged',
    'Verified',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `**${verdict}** after ${duration(took)}`,
    '',
    line(headings),
    '|---|---|---:|---:|---|---|---|---|',
    ...rows.map(line),
    '',
    `Critical path: ${cell(formatPath(path))}`,
  ].join('\n');
}
