import { ActionFailed } from '../../actions/shared/failures.ts';
import { quote } from '../../actions/shared/quote.ts';
import type { Settings } from '../settings.ts';
import type { Repository } from './repository.ts';

export interface Subject {
  readonly name: string;
  readonly subject: string;
}

export interface TrustedSubjects {
  readonly subjects: readonly Subject[];
  /** Their form before GitHub added IDs. */
  readonly obsolete: readonly string[];
}

const REFERENCE = 'https://docs.github.com/actions/reference/security/oidc';

/**
 * Subjects have two forms. The newer one adds IDs, so that a later owner of the name does not
 * inherit the trust. While tokens have the older form, both are trusted, because a rename, a
 * transfer, or a setting changes the form.
 * https://docs.github.com/actions/reference/security/oidc#immutable-subject-claims
 * @throws {ActionFailed} if the repository's template has claims that vary from run to run
 */
export function deriveSubjects(
  repository: Repository,
  { environment, branch, workflows }: Pick<Settings, 'environment' | 'branch' | 'workflows'>,
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
      : contexts.flatMap(context => customSubjects(keys, form, context, repository, { branch, workflows }));
  const subjects = unique(current.flatMap(of)).map(({ name, subject }) => ({
    name: credentialName(name),
    subject,
  }));
  const known = new Set(subjects.map(({ subject }) => subject));
  const before = obsolete.flatMap(of).map(({ subject }) => subject);
  return { subjects, obsolete: before.filter(subject => !known.has(subject)) };
}

/** The value of the claim `context`. */
interface Context extends Pick<Subject, 'name'> {
  readonly context: string;
  readonly environment?: string;
}

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
  // An unknown form is used as GitHub reports it.
  return { current: [{ prefix: reported, suffix: '-ids' }], obsolete: [older] };
}

/** A colon separates the parts of a subject. */
function value(text: string): string {
  return text.replaceAll(':', '%3A');
}

/** `claim:value` for each claim of the repository's template. */
function customSubjects(
  keys: readonly string[],
  form: Form,
  { name, context, environment }: Context,
  { owner, name: repo, id, ownerId, visibility, defaultBranch }: Repository,
  { branch, workflows }: Pick<Settings, 'branch' | 'workflows'>,
): Subject[] {
  const has = (...some: string[]) => some.some(key => keys.includes(key));
  if (keys.length === 0)
    throw unsupportedTemplate([], 'The template of the organization applies. This command cannot read it.');
  if (!has('repo', 'repository', 'repository_id'))
    throw unsupportedTemplate(
      keys,
      'None of them identifies the repository, so jobs of other repositories could log in.',
    );
  if (!has('context', 'environment', 'job_workflow_ref'))
    throw unsupportedTemplate(
      keys,
      'None of them distinguishes jobs, so jobs of a pull request could log in.',
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
        throw unsupportedTemplate(
          keys,
          `The claim ${quote(key)} varies from run to run, or a job without an environment does not have it.`,
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

function unsupportedTemplate(keys: readonly string[], why: string): ActionFailed {
  return new ActionFailed(
    `A federated credential must match a token's subject exactly, and this repository's subjects cannot be used.\nClaims in the template: ${keys.map(quote).join(', ') || 'unknown'}\n${why}`,
    'Use another template, for example: gh api --method PUT repos/OWNER/NAME/actions/oidc/customization/sub -F use_default=true',
    `${REFERENCE}#customizing-the-token-claims`,
  );
}

function unique(subjects: readonly Subject[]): Subject[] {
  return [...new Map(subjects.map(each => [each.subject, each])).values()];
}

/** 3–120 letters, digits, hyphens, and underscores. The first is a letter or digit. */
function credentialName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, 120);
}
