import { describe, expect, it } from 'vitest';
import type { Settings } from '../settings.ts';
import {
  environmentNotes,
  type FoundEnvironment,
  planEnvironment,
  planEnvironmentDeletion,
} from './environment.ts';

const settings: Settings = {
  subscription: { id: 'sub', name: 'Sandbox', tenantId: 'tenant' },
  repository: { owner: 'octo', name: 'lab', fullName: 'octo/lab' },
  environment: 'my labs',
  branch: '',
  identity: { kind: 'user-assigned', name: 'id', resourceGroup: 'rg', location: 'eastus' },
  labLocation: 'eastus',
  workflows: [],
};
const ids = { clientId: '', principalId: '', objectId: '' };
const open: FoundEnvironment = { protection_rules: [], deployment_branch_policy: null, branches: [] };
const limited: FoundEnvironment = {
  protection_rules: [{ type: 'branch_policy' }],
  deployment_branch_policy: { custom_branch_policies: true },
  branches: ['main'],
};

describe('makeEnvironment', () => {
  it('allows only the default branch', () => {
    const { change, operations } = planEnvironment(undefined, settings, 'trunk');
    expect(change).toBe('create');
    expect(operations.map(operation => operation.show(ids))).toEqual([
      'GitHub API: PUT /repos/octo/lab/environments/my%20labs {"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}',
      'GitHub API: POST /repos/octo/lab/environments/my%20labs/deployment-branch-policies {"name":"trunk"}',
    ]);
  });

  it('keeps the rules of an existing environment, and completes an incomplete one', () => {
    expect(planEnvironment(open, settings, 'trunk').change).toBe('none');
    expect(planEnvironment(limited, settings, 'trunk').change).toBe('none');
    const half = planEnvironment({ ...limited, branches: [] }, settings, 'trunk');
    expect(half).toMatchObject({ change: 'update', reason: 'it allows no branch' });
    expect(half.operations).toHaveLength(1);
  });

  it('warns if any branch can use the environment', () => {
    expect(environmentNotes(open, settings)).toHaveLength(1);
    expect(environmentNotes(limited, settings)).toEqual([]);
    expect(environmentNotes(undefined, settings)).toEqual([]);
  });
});

describe('deleteEnvironment', () => {
  it('deletes its own environment unless it has other rules', () => {
    const plan = (found: FoundEnvironment | undefined, isOwned: boolean) => {
      const { steps, kept } = planEnvironmentDeletion(found, settings, isOwned);
      return [...steps.map(step => step.change), ...kept];
    };
    expect(plan(limited, true)).toEqual(['delete']);
    expect(plan(limited, false)).toEqual(['GitHub environment my labs: not created by this command']);
    const reviewed = { ...limited, protection_rules: [{ type: 'required_reviewers' }] };
    expect(plan(reviewed, true)).toEqual(['GitHub environment my labs: it has protection rules']);
    expect(plan(undefined, true)).toEqual([]);
  });
});
