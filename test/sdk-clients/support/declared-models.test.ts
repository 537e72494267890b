import { describe, expect, test } from 'vitest';
import { unread } from './declared-models.ts';
import { models } from './library-models.ts';

const vault = {
  id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v',
  systemData: { createdByType: 'Application', createdAt: new Date(0) },
  properties: {
    tenantId: 't',
    sku: { family: 'A', name: 'standard' },
    accessPolicies: [],
    publicNetworkAccess: 'Enabled',
  },
  tags: { a: '1' },
};

describe('Models.faults', () => {
  test.each<[string, object, string[]]>([
    ['nothing wrong', {}, []],
    ['an optional member that is null', { location: null }, []],
    ['a member that is missing', { properties: undefined }, ['Vault.properties is missing']],
    [
      'members that are missing deeper',
      { properties: { ...vault.properties, tenantId: undefined, sku: { family: 'A' } } },
      ['Vault.properties.tenantId is missing', 'Vault.properties.sku.name is missing'],
    ],
    [
      'a date that is none',
      { systemData: { createdAt: new Date('soon'), lastModifiedAt: '2026-11-23T12:00:00Z' } },
      [
        'Vault.systemData.createdAt is an invalid date, not a date',
        'Vault.systemData.lastModifiedAt is "2026-11-23T12:00:00Z", not a date',
      ],
    ],
    ['a value of an enum in other letters', { systemData: { createdByType: 'application' } }, []],
    [
      'a value that no enum has',
      { systemData: { createdByType: 'Robot' } },
      ['Vault.systemData.createdByType is "Robot", which no CreatedByType is'],
    ],
    ['a wrong type', { tags: { a: 1 } }, ['Vault.tags.a is 1, not a string']],
    [
      'something wrong in an array',
      { properties: { ...vault.properties, accessPolicies: [{ tenantId: 't', objectId: 'o' }] } },
      ['Vault.properties.accessPolicies[0].permissions is missing'],
    ],
  ])('%s', (_, change, faults) => {
    expect(models.keyVault.faults('Vault', { ...vault, ...change })).toEqual(faults);
  });

  test('reports a model that the library does not declare', () => {
    expect(() => models.keyVault.faults('Cellar', {})).toThrow('does not declare the model "Cellar"');
  });
});

test('unread lists members of an answer that a model does not have', () => {
  const wire = { id: 'i', properties: { issuerURL: 'u', rings: [{ finger: 'f' }] } };
  expect(unread(wire, { id: 'i', issuerUrl: 'u', rings: [{}] })).toEqual(['finger']);
  expect(unread(wire, { id: 'i', issuerUrl: 'u', rings: [{ finger: 'f' }] })).toEqual([]);
});
