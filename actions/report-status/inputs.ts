import { getInput } from '@actions/core';
import { parseInputs } from '../shared/inputs.ts';
import type { Rule } from '../shared/naming-rules.ts';

export type Status = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface Inputs {
  topic: string;
  status: Status;
  title: string;
  /** Untrusted text. */
  diagnosis: string;
  /** '' if not given. */
  diagnosisFile: string;
  label: string;
  token: string;
  repository: { owner: string; repo: string };
  run: Run;
}

export interface Run {
  id: string;
  url: string;
}

const topicName: Rule = {
  what: 'a topic',
  valid: '1–50 lowercase letters, digits, and single hyphens, starting and ending with a letter or digit',
  link: 'https://developer.mozilla.org/docs/Web/HTML/Reference/Comments',
  accepts: value => /^[a-z0-9](?:-?[a-z0-9])*$/.test(value) && value.length <= 50,
};

const jobResult: Rule = {
  what: 'a job result',
  valid: 'success, failure, cancelled, or skipped',
  link: 'https://docs.github.com/actions/reference/workflows-and-actions/contexts#needs-context',
  accepts: value => ['success', 'failure', 'cancelled', 'skipped'].includes(value),
};

const issueTitle: Rule = {
  what: 'a title',
  valid: 'at most 256 characters',
  link: 'https://docs.github.com/rest/issues/issues#create-an-issue',
  accepts: value => value.length <= 256,
};

const labelName: Rule = {
  what: 'a label',
  valid: '1–50 characters without a comma',
  link: 'https://docs.github.com/rest/issues/labels#create-a-label',
  accepts: value => value.length <= 50 && !value.includes(','),
};

/** @throws {InvalidInputs} with every problem. */
export function parse(
  environment: NodeJS.ProcessEnv,
  read: (name: string) => string = name => getInput(name, { trimWhitespace: false }),
): Inputs {
  return parseInputs(input => {
    const topic = input.required('topic', topicName);
    return {
      topic,
      status: input.required('status', jobResult) as Status,
      title: input.text('title', issueTitle, `${topic} fails`),
      diagnosis: read('diagnosis'),
      diagnosisFile: input.path('diagnosis-file'),
      label: input.text('label', labelName, 'run-status'),
      token: input.secret('token'),
      ...runOf(environment),
    };
  }, read);
}

/** https://docs.github.com/actions/reference/workflows-and-actions/variables#default-environment-variables */
function runOf({
  GITHUB_REPOSITORY = '',
  GITHUB_SERVER_URL = 'https://github.com',
  GITHUB_RUN_ID: id = '',
  GITHUB_RUN_ATTEMPT: attempt = '1',
}: NodeJS.ProcessEnv): Pick<Inputs, 'repository' | 'run'> {
  const [owner = '', repo = ''] = GITHUB_REPOSITORY.split('/');
  const url = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${id}/attempts/${attempt}`;
  return { repository: { owner, repo }, run: { id, url } };
}
