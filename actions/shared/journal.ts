import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from './report.ts';

/** What one run of an action did, for whoever tells of the whole job. */
export interface Stage {
  /** The action's name: "create-cluster". */
  action: string;
  /** When it began and ended, in ISO 8601. */
  started: string;
  ended: string;
  outcome: 'success' | 'failure' | 'cancelled';
  /** What it did, one by one. */
  steps: readonly Row[];
  /** Why it failed, as it stands in the log. */
  failure?: string;
  /** What it found out, by name; no secret is ever among it. */
  facts: Readonly<Record<string, unknown>>;
}

const journal = (folder: string): string => join(folder, 'workload-identity-lab', 'stages.jsonl');

/** Adds a stage to the job's journal. @param folder the runner's temporary folder, which lives as long as the job. */
export async function recordStage(stage: Stage, folder: string): Promise<void> {
  const file = journal(folder);
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  await appendFile(file, `${JSON.stringify(stage)}\n`, { mode: 0o600 });
}

/** The stages of this job so far, in the order in which they ended. */
export async function readStages(folder: string): Promise<Stage[]> {
  const text = await readFile(journal(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Stage);
}
