import { describe, expect, it } from 'vitest';
import { conditionHolds } from './condition.ts';

const write = 'Microsoft.Authorization/roleAssignments/write';
const remove = 'Microsoft.Authorization/roleAssignments/delete';
const roleId = 'Microsoft.Authorization/roleAssignments:RoleDefinitionId';
const principalType = 'Microsoft.Authorization/roleAssignments:PrincipalType';
const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';
const acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d';

/** As documented for the deployer. */
const constrained = ['write', 'delete']
  .map(verb => {
    const source = verb === 'write' ? '@Request' : '@Resource';
    return (
      `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${verb}'})) OR ` +
      `(${source}[${roleId}] ForAnyOfAnyValues:GuidEquals {${secretsUser}, ${acrPull}} AND ` +
      `${source}[${principalType}] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))`
    );
  })
  .join(' AND ');

describe('conditionHolds', () => {
  it('allows actions that the condition does not mention', () => {
    expect(conditionHolds(constrained, { action: 'Microsoft.Authorization/roleAssignments/read' })).toBe(
      true,
    );
  });

  it.each([
    ['a named role', acrPull.toUpperCase(), 'serviceprincipal', true],
    ['another role', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'ServicePrincipal', false],
    ['another principal type', acrPull, 'User', false],
  ])('compares a write with the request: %s', (_, role, type, expected) => {
    const request = { [roleId]: role, [principalType]: type };
    expect(conditionHolds(constrained, { action: write, request })).toBe(expected);
  });

  it('rejects a write with a missing attribute', () => {
    expect(conditionHolds(constrained, { action: write, request: { [roleId]: acrPull } })).toBe(false);
  });

  it('compares a delete with the resource, not with the request', () => {
    const attributes = { [roleId]: acrPull, [principalType]: 'ServicePrincipal' };
    expect(conditionHolds(constrained, { action: remove, resource: attributes })).toBe(true);
    expect(conditionHolds(constrained, { action: remove, request: attributes })).toBe(false);
  });

  it('needs every value for ForAnyOfAllValues', () => {
    const request = { [roleId]: acrPull };
    const not = (guids: string) => `@Request[${roleId}] ForAnyOfAllValues:GuidNotEquals {${guids}}`;
    expect(conditionHolds(not(secretsUser), { action: write, request })).toBe(true);
    expect(conditionHolds(not(`${secretsUser}, ${acrPull}`), { action: write, request })).toBe(false);
  });

  it.each([
    ["StringStartsWith 'ACR'", false],
    ["StringStartsWith 'Acr'", true],
    ["StringNotStartsWith 'Acr'", false],
    ["StringStartsWithIgnoreCase 'ACR'", true],
    ["StringNotStartsWithIgnoreCase 'ACR'", false],
  ])('compares prefixes: %s', (comparison, holds) => {
    const request = { [principalType]: 'AcrPull' };
    expect(conditionHolds(`@Request[${principalType}] ${comparison}`, { action: write, request })).toBe(
      holds,
    );
  });

  it.each([
    ['cut off', "ActionMatches{'a'"],
    ['words after the end', "!(ActionMatches{'x'}) hello"],
    ['an unknown comparison', `!(@Request[${roleId}] Resembles 'x')`],
    ['an unknown source', `!(@Environment[UtcNow] StringEquals 'x')`],
    ['an unknown quantifier', `!(@Request[${roleId}] ForSomeOfAnyValues:GuidEquals {${acrPull}})`],
    ['a character that has no meaning', '§'],
    ['nothing', ''],
  ])('is false for a syntax error: %s', (_, condition) => {
    expect(conditionHolds(condition, { action: write, request: { [roleId]: secretsUser } })).toBe(false);
  });
});
