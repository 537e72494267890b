import { ActionFailed } from '../../actions/shared/failures.ts';
import type { Wanted } from '../settings.ts';
import type { Repository } from './repository.ts';

/** A subject of GitHub's tokens that is to be trusted, and what its credential is called. */
export interface Subject {
  readonly name: string;
  readonly subject: string;
}

export interface TrustedSubjects {
  readonly subjects: readonly Subject[];
  /** What such subjects were before GitHub put ids into them. */
  readonly obsolete: readonly string[];
}

const REFERENCE = 'https://docs.github.com/actions/reference/security/oidc';

/**
 * Which subjects the jobs' tokens have: those of the environment, and of the branch where one is given.
 *
 * There are two forms. The older one names owner and repository; the newer one adds their ids, so that whoever takes a
 * name over later does not inherit the trust. As long as a repository's tokens have the older form, the newer one is
 * trusted as well: a rename, a transfer or a setting changes to it. Then the older one is obsolete.
 * https://docs.github.com/actions/reference/security/oidc#immutable-subject-claims
 * @throws {ActionFailed} where the repository's own template makes subjects that cannot be known beforehand
 */
export function trustedSubjects(
  repository: Repository,
  { environment, branch, workflows }: Pick<Wanted, 'environment' | 'branch' | 'workflows'>,
): TrustedSubjects {
  const contexts: Context[] = [
    { name: `environment-${environment}`, context: `environment:${value(environment)}`, environment },
    ...(branch ? [{ name: `branch-${branch}`, context: `ref:refs/heads/${value(branch)}` }] : []),
  ];
  const { use_default: isDefault = true, include_claim_keys: keys = [] } = repository.template ?? {};
  const { current, obsolete } = forms(repository);
  const of = (form: Form) =>
    isDefault
      ? contexts.map(({ name, context }) => ({
          name: name + form.suffix,
          subject: `${form.prefix}:${context}`,
        }))
      : contexts.flatMap(context => customised(keys, form, context, repository, { branch, workflows }));
  const subjects = unique(current.flatMap(of)).map(({ name, subject }) => ({
    name: credentialName(name),
    subject,
  }));
  const known = new Set(subjects.map(({ subject }) => subject));
  const before = obsolete.flatMap(of).map(({ subject }) => subject);
  return { subjects, obsolete: before.filter(subject => !known.has(subject)) };
}

/** Where a job runs: what `context` stands for. */
interface Context extends Pick<Subject, 'name'> {
  readonly context: string;
  readonly environment?: string;
}

/** How subjects begin, and what sets the credentials of that form apart. */
interface Form {
  readonly prefix: string;
  readonly suffix: string;
}

function forms({ owner, name, ownerId, id, template }: Repository): { current: Form[]; obsolete: Form[] } {
  const older = { prefix: `repo:${owner}/${name}`, suffix: '' };
  const newer = { prefix: `repo:${owner}@${ownerId}/${name}@${id}`, suffix: '-ids' };
  const reported = template?.sub_claim_prefix ?? older.prefix;
  if (reported === older.prefix) return { current: [older, newer], obsolete: [] };
  if (reported === newer.prefix) return { current: [newer], obsolete: [older] };
  // GitHub knows best; a form that is not known here is taken as it is.
  return { current: [{ prefix: reported, suffix: '-ids' }], obsolete: [older] };
}

/** A colon inside a value would be taken for the next part. */
function value(text: string): string {
  return text.replaceAll(':', '%3A');
}

/** A repository can say itself which claims make its subjects. Each is written as `claim:value`. */
function customised(
  keys: readonly string[],
  form: Form,
  { name, context, environment }: Context,
  { owner, name: repo, id, ownerId, visibility, defaultBranch }: Repository,
  { branch, workflows }: Pick<Wanted, 'branch' | 'workflows'>,
): Subject[] {
  const has = (...some: string[]) => some.some(key => keys.includes(key));
  if (keys.length === 0)
    throw cannotFollow('the template of the organisation, which this command cannot see');
  if (!has('repo', 'repository', 'repository_id'))
    throw cannotFollow(
      `${keys.join(', ')}: they do not name the repository, so other repositories' jobs have them too`,
    );
  if (!has('context', 'environment', 'job_workflow_ref'))
    throw cannotFollow(
      `${keys.join(', ')}: they do not tell jobs apart, so that a pull request's has them too`,
    );
  const ref = `refs/heads/${branch || defaultBranch}`;
  const parts: Readonly<Record<string, string | undefined>> = {
    repo: form.prefix,
    context,
    environment: environment && `environment:${value(environment)}`,
    ref: `ref:${value(ref)}`,
    ref_type: 'ref_type:branch',
    repository: `repository:${owner}/${repo}`,
    repository_id: `repository_id:${id}`,
    repository_owner: `repository_owner:${owner}`,
    repository_owner_id: `repository_owner_id:${ownerId}`,
    repository_visibility: `repository_visibility:${visibility}`,
    runner_environment: 'runner_environment:github-hosted',
  };
  const perWorkflow = has('job_workflow_ref') ? workflows : [''];
  return perWorkflow.map(workflow => {
    const whole = workflow.includes('@') ? workflow : `${owner}/${repo}/.github/workflows/${workflow}@${ref}`;
    const subject = keys.map(key => {
      const part = key === 'job_workflow_ref' ? `job_workflow_ref:${value(whole)}` : parts[key];
      if (part === undefined)
        throw cannotFollow(
          `${key}: it differs from run to run, or is not there in a job without environment`,
        );
      return part;
    });
    const file = workflow.split('@')[0]?.split('/').at(-1) ?? '';
    return {
      name: [name, file].filter(part => part !== '').join('-') + form.suffix,
      subject: subject.join(':'),
    };
  });
}

function cannotFollow(why: string): ActionFailed {
  return new ActionFailed(
    `The repository makes the subjects of its tokens from ${why}. A federated credential must name a subject exactly.`,
    'Give it another template, for example: gh api --method PUT repos/OWNER/NAME/actions/oidc/customization/sub -F use_default=true',
    `${REFERENCE}#customizing-the-token-claims`,
  );
}

function unique(subjects: readonly Subject[]): Subject[] {
  return [...new Map(subjects.map(each => [each.subject, each])).values()];
}

/** 3–120 letters, digits, hyphens and underscores, beginning with a letter or digit. */
function credentialName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, 120);
}
