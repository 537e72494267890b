import { describe, expect, it } from 'vitest';
import type { Settings } from '../settings.ts';
import {
  planEnvironmentDeletion,
  environmentNotes,
  type FoundEnvironment,
  planEnvironment,
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
  it('admits the default branch alone', () => {
    const { change, operations } = planEnvironment(undefined, settings, 'trunk');
    expect(change).toBe('create');
    expect(operations.map(operation => operation.show(ids))).toEqual([
      'GitHub API: PUT /repos/octo/lab/environments/my%20labs {"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}',
      'GitHub API: POST /repos/octo/lab/environments/my%20labs/deployment-branch-policies {"name":"trunk"}',
    ]);
  });

  it('leaves the rules of one that is there, and finishes one that is half made', () => {
    expect(planEnvironment(open, settings, 'trunk').change).toBe('nothing');
    expect(planEnvironment(limited, settings, 'trunk').change).toBe('nothing');
    const half = planEnvironment({ ...limited, branches: [] }, settings, 'trunk');
    expect(half).toMatchObject({ change: 'change', reason: 'it admits no branch' });
    expect(half.operations).toHaveLength(1);
  });

  it('says where any branch may', () => {
    expect(environmentNotes(open, settings)).toHaveLength(1);
    expect(environmentNotes(limited, settings)).toEqual([]);
    expect(environmentNotes(undefined, settings)).toEqual([]);
  });
});

describe('deleteEnvironment', () => {
  it('deletes what this command made, and nothing that somebody has given rules', () => {
    const change = (found: FoundEnvironment | undefined, made: boolean) => {
      const { steps, kept } = planEnvironmentDeletion(found, settings, made);
      return [...steps.map(step => step.change), ...kept];
    };
    expect(change(limited, true)).toEqual(['delete']);
    expect(change(limited, false)).toEqual(['GitHub environment my labs: not made by this command']);
    const reviewed = { ...limited, protection_rules: [{ type: 'required_reviewers' }] };
    expect(change(reviewed, true)).toEqual(['GitHub environment my labs: it has been given rules']);
    expect(change(undefined, true)).toEqual([]);
  });
});
