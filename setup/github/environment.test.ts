import { describe, expect, it } from 'vitest';
import type { Wanted } from '../settings.ts';
import {
  deleteEnvironment,
  environmentNotes,
  type FoundEnvironment,
  makeEnvironment,
} from './environment.ts';

const wanted: Wanted = {
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
    const { does, calls } = makeEnvironment(undefined, wanted, 'trunk');
    expect(does).toBe('create');
    expect(calls.map(call => call.show(ids))).toEqual([
      'GitHub API: PUT /repos/octo/lab/environments/my%20labs {"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}',
      'GitHub API: POST /repos/octo/lab/environments/my%20labs/deployment-branch-policies {"name":"trunk"}',
    ]);
  });

  it('leaves the rules of one that is there, and finishes one that is half made', () => {
    expect(makeEnvironment(open, wanted, 'trunk').does).toBe('nothing');
    expect(makeEnvironment(limited, wanted, 'trunk').does).toBe('nothing');
    const half = makeEnvironment({ ...limited, branches: [] }, wanted, 'trunk');
    expect(half).toMatchObject({ does: 'change', because: 'it admits no branch' });
    expect(half.calls).toHaveLength(1);
  });

  it('says where any branch may', () => {
    expect(environmentNotes(open, wanted)).toHaveLength(1);
    expect(environmentNotes(limited, wanted)).toEqual([]);
    expect(environmentNotes(undefined, wanted)).toEqual([]);
  });
});

describe('deleteEnvironment', () => {
  it('deletes what this command made, and nothing that somebody has given rules', () => {
    const does = (found: FoundEnvironment | undefined, made: boolean) => {
      const { steps, stays } = deleteEnvironment(found, wanted, made);
      return [...steps.map(step => step.does), ...stays];
    };
    expect(does(limited, true)).toEqual(['delete']);
    expect(does(limited, false)).toEqual(['GitHub environment my labs: not made by this command']);
    const reviewed = { ...limited, protection_rules: [{ type: 'required_reviewers' }] };
    expect(does(reviewed, true)).toEqual(['GitHub environment my labs: it has been given rules']);
    expect(does(undefined, true)).toEqual([]);
  });
});
