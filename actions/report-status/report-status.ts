import { lstat, readFile } from 'node:fs/promises';
import { ActionFailed } from '../shared/failures.ts';
import { harmless } from '../shared/log.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';
import type { Issue, Issues } from './issues.ts';
import { explained, isGone, isLocked, passing, pauseAfter } from './refusals.ts';
import { duplicateComment, failureComment, issueBody, successComment } from './text.ts';

type Outcome = 'opened' | 'commented' | 'closed' | 'nothing';

interface Result {
  outcome: Outcome;
  issue?: Issue;
}

/** Keeps the one open issue of a topic true to the last run. */
export async function reportStatus(
  inputs: Inputs,
  tools: Tools,
  issues: Issues,
): Promise<Record<string, string>> {
  const { topic, status } = inputs;
  try {
    const { outcome, issue } = await reported(inputs, tools, patient(issues, tools));
    tools.log.info(`${topic}: ${status}; ${issue ? `${issue.url} ${outcome}` : 'there is nothing to do'}`);
    return { 'issue-number': String(issue?.number ?? ''), 'issue-url': issue?.url ?? '', outcome };
  } catch (error) {
    throw explained(error, inputs);
  }
}

async function reported(inputs: Inputs, tools: Tools, issues: Issues): Promise<Result> {
  const { topic, status } = inputs;
  // A run that was cut short proves neither that it works nor that it does not.
  if (status === 'cancelled' || status === 'skipped') return { outcome: 'nothing' };
  const open = await issues.open();
  if (status === 'failure') {
    const diagnosis = await diagnosisOf(inputs);
    return tools.report.step('Issue', topic, () => failed(inputs, diagnosis, open, issues, tools));
  }
  if (open.length === 0) return { outcome: 'nothing' };
  return tools.report.step('Issue', topic, () => recovered(inputs, open, issues, tools));
}

/** Comments on the open issue, or opens one. */
async function failed(
  inputs: Inputs,
  diagnosis: string,
  open: readonly Issue[],
  issues: Issues,
  tools: Tools,
): Promise<Done<Result>> {
  const { topic, title, run } = inputs;
  const [existing] = open;
  if (existing) {
    const said = await comment(existing, failureComment(run, diagnosis), issues, tools);
    // Transferred or deleted meanwhile: another may still be open, or none.
    if (said === 'gone') {
      const now = (await issues.open()).filter(({ number }) => number !== existing.number);
      return failed(inputs, diagnosis, now, issues, tools);
    }
    if (said === 'locked') return alreadyThere({ outcome: 'nothing', issue: existing });
    await ensureLabel(existing, inputs, issues, tools);
    return changed({ outcome: 'commented', issue: existing });
  }
  const mine = await issues.create(title, issueBody(topic, run, diagnosis));
  await ensureLabel(mine, inputs, issues, tools);
  // Another run may have looked, and opened one, at the same moment: the older stays.
  const [oldest = mine] = await issues.open();
  if (oldest.number >= mine.number) return created({ outcome: 'opened', issue: mine });
  if ((await comment(oldest, failureComment(run, diagnosis), issues, tools)) === 'gone')
    return created({ outcome: 'opened', issue: mine });
  await comment(mine, duplicateComment(oldest.number), issues, tools);
  await issues.close(mine, 'not_planned');
  return changed({ outcome: 'commented', issue: oldest });
}

/** Closes what is open; that is one issue, unless somebody opened another again. */
async function recovered(
  { run }: Inputs,
  open: readonly Issue[],
  issues: Issues,
  tools: Tools,
): Promise<Done<Result>> {
  const closed: Issue[] = [];
  for (const issue of open) {
    if ((await comment(issue, successComment(run), issues, tools)) === 'gone') continue;
    await issues.close(issue, 'completed');
    closed.push(issue);
  }
  const [first] = closed;
  return first ? changed({ outcome: 'closed', issue: first }) : alreadyThere({ outcome: 'nothing' });
}

/** What became of a comment on an issue that was open a moment ago. */
async function comment(
  issue: Issue,
  body: string,
  issues: Issues,
  { log }: Tools,
): Promise<'said' | 'locked' | 'gone'> {
  try {
    await issues.comment(issue, body);
    return 'said';
  } catch (error) {
    if (isLocked(error)) {
      log.warning(`${issue.url} is locked, so nothing was added to it. Unlock it to get comments.`);
      return 'locked';
    }
    if (!isGone(error) || (await issues.open()).some(({ number }) => number === issue.number)) throw error;
    log.warning(`${issue.url} is no longer in this repository: it was transferred or deleted.`);
    return 'gone';
  }
}

/** The label is for people who filter by it; an issue without one is found all the same. */
async function ensureLabel(issue: Issue, { label }: Inputs, issues: Issues, { log }: Tools): Promise<void> {
  if (issue.hasLabel) return;
  await issues.label(issue).catch((error: unknown) => {
    const said = error instanceof Error ? harmless(error.message) : error;
    log.warning(`${issue.url} has no label "${label}": ${said}. It is found without the label, too.`);
  });
}

/** What is known of the failure, from the input and the file. A file that is not there was never written: no reason to fail. */
async function diagnosisOf({ diagnosis, diagnosisFile }: Inputs): Promise<string> {
  if (diagnosisFile === '') return diagnosis;
  const found = await lstat(diagnosisFile).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  // An artifact of strangers may hold a link to what is not theirs to publish.
  if (found && !found.isFile())
    throw new ActionFailed(
      `diagnosis-file "${diagnosisFile}" is not a plain file.`,
      'Give the path of a text file, not of a link or folder.',
    );
  const more = found ? await readFile(diagnosisFile, 'utf8') : '';
  return [diagnosis, more].filter(text => text.trim() !== '').join('\n');
}

/** The issues, such that what fails for a reason that passes is tried again. */
function patient(issues: Issues, tools: Tools): Issues {
  const again = <T>(what: string, work: () => Promise<T>): Promise<T> => patiently(what, tools, work);
  return {
    open: () => again('looking for the issue', () => issues.open()),
    create: (title, body) => {
      let tried = false;
      return again('opening the issue', async () => {
        // An answer that got lost may have left an issue behind.
        const [standing] = tried ? await issues.open() : [];
        tried = true;
        return standing ?? issues.create(title, body);
      });
    },
    label: issue => again('labeling the issue', () => issues.label(issue)),
    comment: (issue, body) => again('commenting on the issue', () => issues.comment(issue, body)),
    close: (issue, reason) => again('closing the issue', () => issues.close(issue, reason)),
  };
}

function patiently<T>(what: string, tools: Tools, work: () => Promise<T>): Promise<T> {
  const { time, log, retrySeconds: timeoutSeconds } = tools;
  const transient = (error: unknown) => (pauseAfter(error) < timeoutSeconds ? passing(error) : undefined);
  return retry({ what, timeoutSeconds, time, log, transient }, async () => {
    try {
      return await work();
    } catch (error) {
      // The wait that GitHub asks for comes on top of the retry's own.
      if (transient(error)) await time.sleep(pauseAfter(error) * 1000);
      throw error;
    }
  });
}
