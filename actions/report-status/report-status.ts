import { lstat, readFile } from 'node:fs/promises';
import { ActionFailed } from '../shared/failures.ts';
import { harmless } from '../shared/log.ts';
import { quote } from '../shared/quote.ts';
import { alreadyThere, changed, created, type Done } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { explainGithubError, isGone, isLocked, requestedWait, transientReason } from './github-errors.ts';
import type { Inputs } from './inputs.ts';
import { duplicateComment, failureComment, issueBody, successComment } from './issue-text.ts';
import type { Issue, Issues } from './issues.ts';

type Outcome = 'opened' | 'commented' | 'closed' | 'nothing';

interface Result {
  outcome: Outcome;
  issue?: Issue;
}

export async function reportStatus(
  inputs: Inputs,
  tools: Tools,
  issues: Issues,
): Promise<Record<string, string>> {
  const { topic, status } = inputs;
  try {
    const { outcome, issue } = await updateIssue(inputs, tools, retryingIssues(issues, tools));
    tools.log.info(
      `Topic ${quote(topic)}: ${status}. ${issue ? `Issue ${issue.url}: ${outcome}.` : 'Nothing to do.'}`,
    );
    return { 'issue-number': String(issue?.number ?? ''), 'issue-url': issue?.url ?? '', outcome };
  } catch (error) {
    throw explainGithubError(error, inputs);
  }
}

async function updateIssue(inputs: Inputs, tools: Tools, issues: Issues): Promise<Result> {
  const { topic, status } = inputs;
  // A cancelled run proves neither success nor failure.
  if (status === 'cancelled' || status === 'skipped') return { outcome: 'nothing' };
  const open = await issues.listOpen();
  if (status === 'failure') {
    const diagnosis = await readDiagnosis(inputs);
    return tools.report.step('Issue', topic, () => reportFailure(inputs, diagnosis, open, issues, tools));
  }
  if (open.length === 0) return { outcome: 'nothing' };
  return tools.report.step('Issue', topic, () => reportSuccess(inputs, open, issues, tools));
}

async function reportFailure(
  inputs: Inputs,
  diagnosis: string,
  open: readonly Issue[],
  issues: Issues,
  tools: Tools,
): Promise<Done<Result>> {
  const { topic, title, run } = inputs;
  const [existing] = open;
  if (existing) {
    const result = await comment(existing, failureComment(run, diagnosis), issues, tools);
    if (result === 'gone') {
      const others = (await issues.listOpen()).filter(({ number }) => number !== existing.number);
      return reportFailure(inputs, diagnosis, others, issues, tools);
    }
    if (result === 'locked') return alreadyThere({ outcome: 'nothing', issue: existing });
    await ensureLabel(existing, inputs, issues, tools);
    return changed({ outcome: 'commented', issue: existing });
  }
  const mine = await issues.create(title, issueBody(topic, run, diagnosis));
  await ensureLabel(mine, inputs, issues, tools);
  // Another run might have opened an issue at the same time. The older issue stays open.
  const [oldest = mine] = await issues.listOpen();
  if (oldest.number >= mine.number) return created({ outcome: 'opened', issue: mine });
  if ((await comment(oldest, failureComment(run, diagnosis), issues, tools)) === 'gone')
    return created({ outcome: 'opened', issue: mine });
  await comment(mine, duplicateComment(oldest.number), issues, tools);
  await issues.close(mine, 'not_planned');
  return changed({ outcome: 'commented', issue: oldest });
}

/** There is more than one if a person reopened an older issue. */
async function reportSuccess(
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

async function comment(
  issue: Issue,
  body: string,
  issues: Issues,
  { log }: Tools,
): Promise<'posted' | 'locked' | 'gone'> {
  try {
    await issues.comment(issue, body);
    return 'posted';
  } catch (error) {
    if (isLocked(error)) {
      log.warning(
        `Issue ${issue.url} is locked, so the action added no comment. To get comments, unlock the issue.`,
      );
      return 'locked';
    }
    if (!isGone(error) || (await issues.listOpen()).some(({ number }) => number === issue.number))
      throw error;
    log.warning(`Issue ${issue.url} is no longer in this repository. It was transferred or deleted.`);
    return 'gone';
  }
}

async function ensureLabel(issue: Issue, { label }: Inputs, issues: Issues, { log }: Tools): Promise<void> {
  if (issue.hasLabel) return;
  await issues.addLabel(issue).catch((error: unknown) => {
    const reason = quote(harmless(error instanceof Error ? error.message : String(error)));
    log.warning(
      `The action could not add the label ${quote(label)} to ${issue.url}: ${reason}. Later runs find the issue without the label.`,
    );
  });
}

/** A missing file is not an error: a step that failed early did not write it. */
async function readDiagnosis({ diagnosis, diagnosisFile }: Inputs): Promise<string> {
  if (diagnosisFile === '') return diagnosis;
  const found = await lstat(diagnosisFile).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  // A link in an untrusted artifact could publish another file of the runner.
  if (found && !found.isFile())
    throw new ActionFailed(
      `diagnosis-file ${quote(diagnosisFile)} is not a regular file.`,
      'Set diagnosis-file to the path of a text file, not of a link or a folder.',
    );
  const more = found ? await readFile(diagnosisFile, 'utf8') : '';
  return [diagnosis, more].filter(text => text.trim() !== '').join('\n');
}

function retryingIssues(issues: Issues, tools: Tools): Issues {
  const retrying = <T>(what: string, work: () => Promise<T>): Promise<T> => retryRequest(what, tools, work);
  return {
    listOpen: () => retrying('list issues', () => issues.listOpen()),
    create: (title, body) => {
      let tried = false;
      return retrying('open the issue', async () => {
        // If only the response was lost, the issue exists.
        const [existing] = tried ? await issues.listOpen() : [];
        tried = true;
        return existing ?? issues.create(title, body);
      });
    },
    addLabel: issue => retrying('label the issue', () => issues.addLabel(issue)),
    comment: (issue, body) => retrying('comment on the issue', () => issues.comment(issue, body)),
    close: (issue, reason) => retrying('close the issue', () => issues.close(issue, reason)),
  };
}

function retryRequest<T>(what: string, tools: Tools, work: () => Promise<T>): Promise<T> {
  const { time, log, retrySeconds: timeoutSeconds } = tools;
  const transient = (error: unknown) =>
    requestedWait(error) < timeoutSeconds ? transientReason(error) : undefined;
  return retry({ what, timeoutSeconds, time, log, transient }, async () => {
    try {
      return await work();
    } catch (error) {
      // The wait that GitHub requests is in addition to that of retry().
      if (transient(error)) await time.sleep(requestedWait(error) * 1000);
      throw error;
    }
  });
}
