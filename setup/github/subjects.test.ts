import { describe, expect, it } from 'vitest';
import type { Repository, SubjectTemplate } from './repository.ts';
import { deriveSubjects } from './subjects.ts';

const older = 'repo:octo/lab';
const newer = 'repo:octo@7/lab@42';

function repository(template?: SubjectTemplate): Repository {
  return {
    owner: 'octo',
    name: 'lab',
    id: 42,
    ownerId: 7,
    defaultBranch: 'main',
    visibility: 'public',
    isFork: false,
    hasIssues: true,
    template,
  };
}

const settings = { environment: 'azure-lab', branch: '', workflows: ['lab.yml'] };
const subjects = (template?: SubjectTemplate, more: Partial<typeof settings> = {}) =>
  deriveSubjects(repository(template), { ...settings, ...more });

describe('the default template', () => {
  it('trusts both forms while GitHub reports the older one', () => {
    const both = [
      { name: 'environment-azure-lab', subject: `${older}:environment:azure-lab` },
      { name: 'environment-azure-lab-ids', subject: `${newer}:environment:azure-lab` },
    ];
    expect(subjects({ use_default: true, sub_claim_prefix: older })).toEqual({
      subjects: both,
      obsolete: [],
    });
    // Without a token, or without a prefix in the answer.
    expect(subjects()).toEqual({ subjects: both, obsolete: [] });
    expect(subjects({ use_default: true })).toEqual({ subjects: both, obsolete: [] });
  });

  it('trusts only the form with IDs once GitHub reports it, whatever its boolean is', () => {
    const template = { use_default: true, use_immutable_subject: false, sub_claim_prefix: newer };
    expect(subjects(template)).toEqual({
      subjects: [{ name: 'environment-azure-lab-ids', subject: `${newer}:environment:azure-lab` }],
      obsolete: [`${older}:environment:azure-lab`],
    });
  });

  it('uses an unknown prefix as it is', () => {
    const { subjects: found } = subjects({ use_default: true, sub_claim_prefix: 'repository:42' });
    expect(found.map(({ subject }) => subject)).toEqual(['repository:42:environment:azure-lab']);
  });

  it('adds the branch and escapes a colon in a name', () => {
    const { subjects: found } = subjects(
      { use_default: true, sub_claim_prefix: newer },
      { branch: 'release/1', environment: 'lab: azure' },
    );
    expect(found).toEqual([
      { name: 'environment-lab-azure-ids', subject: `${newer}:environment:lab%3A azure` },
      { name: 'branch-release-1-ids', subject: `${newer}:ref:refs/heads/release/1` },
    ]);
  });

  it('ignores claim keys of an inactive template', () => {
    const template = { use_default: true, include_claim_keys: ['actor'], sub_claim_prefix: newer };
    expect(subjects(template).subjects).toHaveLength(1);
  });
});

describe('a custom template', () => {
  const keys = (...include_claim_keys: string[]) => ({
    use_default: false,
    include_claim_keys,
    sub_claim_prefix: newer,
  });

  it('yields one credential for each reusable workflow', () => {
    const template = keys('repo', 'context', 'job_workflow_ref');
    const workflows = ['lab.yml', 'octo/actions/.github/workflows/sweep.yml@refs/tags/v1'];
    expect(subjects(template, { workflows }).subjects).toEqual([
      {
        name: 'environment-azure-lab-lab-yml-ids',
        subject: `${newer}:environment:azure-lab:job_workflow_ref:octo/lab/.github/workflows/lab.yml@refs/heads/main`,
      },
      {
        name: 'environment-azure-lab-sweep-yml-ids',
        subject: `${newer}:environment:azure-lab:job_workflow_ref:octo/actions/.github/workflows/sweep.yml@refs/tags/v1`,
      },
    ]);
  });

  it('yields its stable claims in its order', () => {
    const template = keys('repository_owner', 'repository_id', 'environment');
    expect(subjects(template)).toEqual({
      subjects: [
        {
          name: 'environment-azure-lab-ids',
          subject: 'repository_owner:octo:repository_id:42:environment:azure-lab',
        },
      ],
      obsolete: [],
    });
  });

  it.each([
    [keys('repo', 'context', 'actor'), 'The claim "actor" varies from run to run'],
    [keys('repository_owner', 'environment'), 'None of them identifies the repository'],
    [keys('repo', 'repository_visibility'), 'None of them distinguishes jobs'],
    [keys(), 'template of the organization'],
  ])('is rejected with the reason: %j', (template, reason) => {
    expect(() => subjects(template)).toThrow(reason);
  });

  it('with the environment is rejected for a branch', () => {
    expect(() => subjects(keys('repo', 'environment'), { branch: 'main' })).toThrow(
      'The claim "environment" varies',
    );
  });
});
