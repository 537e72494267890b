import { join } from 'node:path';
import type { Facts } from './facts.ts';
import type { Row } from './report.ts';
import { appendText, jobFolder, makeJobFolder, readEnd } from './runner-files.ts';

export interface Stage {
  /** The action's name: "create-cluster". */
  action: string;
  /** ISO 8601. */
  started: string;
  ended: string;
  outcome: 'success' | 'failure' | 'cancelled';
  steps: readonly Row[];
  /** Why it failed, as in the log. */
  failure?: string;
  facts: Facts;
}

const FILE = 'stages.jsonl';

/** @param folder the runner's temporary folder, which exists as long as the job */
export async function recordStage(stage: Stage, folder: string): Promise<void> {
  const file = join(await makeJobFolder(folder), FILE);
  await appendText(file, `${JSON.stringify(stage)}\n`);
}

/** A whole lab writes some kilobytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The stages of this job so far, in the order of their ends. Skips everything else: a killed step leaves half a line, and
 * other programs might write to the folder.
 * @param warn receives what could not be read
 */
export async function readStages(folder: string, warn: (text: string) => void = () => {}): Promise<Stage[]> {
  const file = join(jobFolder(folder), FILE);
  let lines: string[];
  try {
    lines = (await readEnd(file, MOST_BYTES)).split('\n').filter(line => line.trim() !== '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      warn(`The journal of this job could not be read: ${(error as Error).message}`);
    return [];
  }
  const stages = lines.flatMap(line => parseStage(line) ?? []);
  if (stages.length < lines.length)
    warn(`${lines.length - stages.length} lines of "${file}" are not stages of this job and were skipped.`);
  return stages;
}

function parseStage(line: string): Stage | undefined {
  try {
    const stage: unknown = JSON.parse(line);
    return isStage(stage) ? stage : undefined;
  } catch {
    return undefined;
  }
}

function isStage(value: unknown): value is Stage {
  if (!isRecord(value)) return false;
  const { action, started, ended, outcome, steps, failure, facts } = value;
  return (
    typeof action === 'string' &&
    isTime(started) &&
    isTime(ended) &&
    ['success', 'failure', 'cancelled'].some(each => each === outcome) &&
    Array.isArray(steps) &&
    steps.every(isRow) &&
    (failure === undefined || typeof failure === 'string') &&
    isRecord(facts) &&
    (facts.trustChain === undefined || (Array.isArray(facts.trustChain) && facts.trustChain.every(isRecord)))
  );
}

function isRow(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { what, name, outcome, took } = value;
  return [what, name, outcome].every(each => typeof each === 'string') && Number.isFinite(took);
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
