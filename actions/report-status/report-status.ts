import { readFile } from 'node:fs/promises';
import { changed, created, type Done } from '../shared/report.ts';
import { retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import type { Inputs } from './inputs.ts';
import type { Issue, Issues } from './issues.ts';
import { explained, passing, pauseAfter } from './refusals.ts';
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

async function reported(inputs: Inputs, { report }: Tools, issues: Issues): Promise<Result> {
  const { topic, status } = inputs;
  // A run that was cut short proves neither that it works nor that it does not.
  if (status === 'cancelled' || status === 'skipped') return { outcome: 'nothing' };
  const open = await issues.open();
  if (status === 'failure') {
    const diagnosis = await diagnosisOf(inputs);
    return report.step('Issue', topic, () => failed(inputs, diagnosis, open, issues));
  }
  if (open.length === 0) return { outcome: 'nothing' };
  return report.step('Issue', topic, () => recovered(inputs, open, issues));
}

/** Comments on the open issue, or opens one. */
async function failed(
  { topic, title, run }: Inputs,
  diagnosis: string,
  [standing]: Issue[],
  issues: Issues,
): Promise<Done<Result>> {
  if (standing) {
    await issues.comment(standing, failureComment(run, diagnosis));
    return changed({ outcome: 'commented', issue: standing });
  }
  const mine = await issues.create(title, issueBody(topic, run, diagnosis));
  // Another run may have looked, and opened one, at the same moment: the older stays.
  const [oldest = mine] = await issues.open();
  if (oldest.number >= mine.number) return created({ outcome: 'opened', issue: mine });
  await issues.comment(oldest, failureComment(run, diagnosis));
  await issues.comment(mine, duplicateComment(oldest.number));
  await issues.close(mine, 'not_planned');
  return changed({ outcome: 'commented', issue: oldest });
}

/** Closes what is open; that is one issue, unless somebody opened another again. */
async function recovered({ run }: Inputs, open: Issue[], issues: Issues): Promise<Done<Result>> {
  for (const issue of open) {
    await issues.comment(issue, successComment(run));
    await issues.close(issue, 'completed');
  }
  return changed({ outcome: 'closed', ...(open[0] && { issue: open[0] }) });
}

/** What is known of the failure, from the input and the file. A file that is not there was never written: no reason to fail. */
async function diagnosisOf({ diagnosis, diagnosisFile }: Inputs): Promise<string> {
  if (diagnosisFile === '') return diagnosis;
  const more = await readFile(diagnosisFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
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
