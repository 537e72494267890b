import { describe, expect, it } from 'vitest';
import type { Settings } from '../settings.ts';
import type { IdentityIds } from '../steps.ts';
import {
  assignsOnly,
  type FoundAssignment,
  GRANTS,
  grantRoles,
  hasCreatedEnvironment,
  listUnneededRoles,
  revokeRoles,
} from './role-assignments.ts';

const settings: Settings = {
  subscription: { id: 'sub', name: 'Sandbox', tenantId: 'tenant' },
  repository: { owner: 'octo', name: 'lab', fullName: 'octo/lab' },
  environment: 'azure-lab',
  branch: '',
  identity: {
    kind: 'user-assigned',
    name: 'github-octo-lab',
    resourceGroup: 'lab-trust',
    location: 'eastus',
  },
  labLocation: 'eastus',
  workflows: ['lab.yml'],
};
const isOwned = 'setup-azure of workload-identity-lab: github-octo-lab for octo/lab';
const [contributor, administrator] = GRANTS;
const ids: IdentityIds = { clientId: 'client', principalId: 'me', objectId: '' };

function assignment(
  role: { role: string; roleId: string } | undefined,
  more: Partial<FoundAssignment> = {},
): FoundAssignment {
  const { role: roleDefinitionName, roleId } = role!;
  return {
    id: `/assignments/${roleDefinitionName}`,
    name: roleDefinitionName,
    principalId: 'me',
    roleDefinitionId: `/subscriptions/sub/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
    roleDefinitionName,
    scope: '/subscriptions/sub',
    description: isOwned,
    ...more,
  };
}

const granted = GRANTS.map(grant => assignment(grant, { condition: grant.condition ?? null }));
const summary = (steps: ReturnType<typeof grantRoles>) =>
  steps.map(({ name, change }) => `${change} ${name}`);

describe('assignsOnly', () => {
  it('returns Azure’s template for roles and principal types, independent of the order', () => {
    const condition = assignsOnly(['b', 'a']);
    expect(condition).toBe(assignsOnly(['a', 'b']));
    expect(condition.match(/GuidEquals \{a, b\}/g)).toHaveLength(2);
    expect(
      condition.match(/PrincipalType\] \S+:StringEqualsIgnoreCase \{'ServicePrincipal'\}/g),
    ).toHaveLength(2);
    expect(condition).toContain(
      "ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[",
    );
  });
});

describe('grantRoles', () => {
  it('assigns both roles, and limits the assignment of roles by a condition', () => {
    const steps = grantRoles([], settings, undefined, true);
    expect(summary(steps)).toEqual(['create Contributor', 'create Role Based Access Control Administrator']);
    const [plain, conditioned] = steps.map(({ operations }) => operations[0]!.show(ids));
    expect(plain).toContain('--assignee-object-id me --assignee-principal-type ServicePrincipal');
    expect(plain).toContain(`${isOwned}, made environment azure-lab`);
    expect(plain).not.toContain('--condition');
    expect(conditioned).toContain('--condition-version 2.0');
  });

  it('keeps correct assignments', () => {
    const spaced = granted.map(each => ({
      ...each,
      condition: each.condition?.replace(' AND ', ' \n  AND ') ?? null,
    }));
    expect(summary(grantRoles(spaced, settings, 'me', false))).toEqual([
      'none Contributor',
      'none Role Based Access Control Administrator',
    ]);
  });

  it.each([null, assignsOnly(['8e3af657-a8ff-443c-a75c-2fe8c4bcb635'])])(
    'corrects the condition %s',
    condition => {
      const loose = [granted[0]!, assignment(administrator, { condition })];
      const [, step] = grantRoles(loose, settings, 'me', false);
      expect(step).toMatchObject({ change: 'update', reason: expect.stringContaining('condition') });
      const [, json = ''] =
        /--role-assignment '(.*)' --subscription/.exec(
          step!.operations[0]!.show(ids).replaceAll(String.raw`'\''`, "'"),
        ) ?? [];
      expect(JSON.parse(json)).toMatchObject({
        condition: administrator!.condition,
        conditionVersion: '2.0',
      });
    },
  );

  it('ignores the roles of other principals', () => {
    expect(summary(grantRoles(granted, settings, 'another principal', false)).slice(-2)).toEqual([
      'create Contributor',
      'create Role Based Access Control Administrator',
    ]);
  });

  it('deletes the assignments of a deleted identity with this name', () => {
    expect(
      summary(grantRoles([assignment(contributor, { principalId: 'gone' })], settings, undefined, false))[0],
    ).toBe('delete Contributor');
    const foreign = assignment(contributor, { principalId: 'gone', description: null });
    expect(summary(grantRoles([foreign], settings, undefined, false))[0]).toBe('create Contributor');
  });
});

describe('revokeRoles', () => {
  const owner = assignment({ role: 'Owner', roleId: 'o' }, { description: null });
  const other = assignment(contributor, { principalId: 'other', description: null });

  it('deletes all assignments of a deleted identity, and only its own of a kept identity', () => {
    const found = [...granted, owner, other];
    expect(summary(revokeRoles(found, settings, 'me', true))).toEqual([
      'delete Contributor',
      'delete Role Based Access Control Administrator',
      'delete Owner',
    ]);
    expect(revokeRoles(found, settings, 'me', false)).toHaveLength(2);
  });

  it('finds the assignments of a deleted identity, but not those of another repository', () => {
    expect(revokeRoles(granted, settings, undefined, false)).toHaveLength(2);
    const namesake = { ...settings, repository: { ...settings.repository, fullName: 'octo/lab2' } };
    expect(revokeRoles(granted, namesake, undefined, false)).toHaveLength(0);
    const longer = granted.map(each => ({ ...each, description: `${isOwned}2` }));
    expect(revokeRoles(longer, settings, undefined, false)).toHaveLength(0);
  });
});

it('records that it created the environment, and lists unneeded roles', () => {
  const noted = assignment(contributor, { description: `${isOwned}, made environment azure-lab` });
  expect(hasCreatedEnvironment([noted], settings)).toBe(true);
  expect(hasCreatedEnvironment(granted, settings)).toBe(false);
  expect(hasCreatedEnvironment([noted], { ...settings, environment: 'azure' })).toBe(false);
  const owner = assignment({ role: 'Owner', roleId: 'o' });
  expect(listUnneededRoles([...granted, owner, { ...owner, principalId: 'other' }], 'me')).toEqual(['Owner']);
});
