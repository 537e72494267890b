import { describe, expect, it } from 'vitest';
import * as names from './naming-rules.ts';

const x = (length: number): string => 'x'.repeat(length);

/** Of each rule: what it takes, and what it refuses. */
const cases: Record<keyof typeof names, [takes: string[], refuses: string[]]> = {
  resourceGroupName: [
    ['rg', 'My.Group_(1)-ü', x(90)],
    [
      '',
      'rg.',
      'a b',
      'a/b',
      x(91),
      'null',
      '..',
      'a%2f',
      'a*',
      'ｒｇ',
      'wil\u0430b',
      'a²',
      'a😀',
      'a\u202eb',
    ],
  ],
  locationName: [
    ['eastus', 'westeurope', 'eastus2'],
    ['East US', 'east-us', '2us', '', 'null'],
  ],
  clusterName: [
    ['w', 'wi_lab-1', x(63)],
    ['-a', 'a-', '_a', 'a.b', x(64), '', 'null', 'wil\u0430b'],
  ],
  vmSize: [
    [
      ...[
        'Standard_D4ds_v5',
        'Standard_M8-2ms',
        'standard_d2s_v3',
        'Standard_NC24ads_A100_v4',
        'Standard_B2s',
      ],
      ...['Standard_D11_v2', 'Standard_E104i_v5', 'Standard_HB120rs_v3', 'Standard_D16_v3'],
    ],
    [
      ...['Standard D4', '', '4core', 'potato', 'D4ds_v5', 'Standard_', 'Standard_D', 'Basic_A2'],
      ...[
        'Standard_B1s',
        'Standard_D1_v2',
        'Standard_DS1_v2',
        'Standard_A0',
        'Standard_F1s',
        'Standard_D4 v5',
      ],
    ],
  ],
  labName: [
    ['wilab4521', 'abcde', `a${x(23)}`, 'mylogin', 'wilab12345678901x1'],
    ['abcd', `a${x(24)}`, '4wilab', 'wi-lab', 'WiLab', 'labmicrosoft', 'windows11', 'loginlab', 'xbox1', ''],
  ],
  kubernetesVersion: [
    ['1.34', '1.34.2'],
    ['v1.34', '1', '1.34.x', ''],
  ],
  identityName: [
    ['wi-demo-identity', 'a_b', x(128)],
    ['ab', '-abc', '_abc', x(129), 'a.b', 'null'],
  ],
  federatedCredentialName: [
    ['fic', x(120)],
    ['fc', x(121), '-fic', 'a.b.c'],
  ],
  vaultName: [
    ['wilab4521', 'a-b', x(24)],
    ['ab', 'under_score', '1ab', 'a--b', 'ab-', x(25), 'null'],
  ],
  secretName: [
    ['Secret', '1', x(127)],
    ['', 'a_b', 'a.b', x(128), 'null'],
  ],
  registryName: [
    ['wilab', x(50)],
    ['wila', 'wi-lab', x(51)],
  ],
  imageRepository: [
    ['wi-kv-test', 'a/b', 'a.b__c/d--e'],
    ['A', '/a', 'a/', 'a//b', 'a..b', '-a', x(256)],
  ],
  imageTag: [
    ['1.0', '_a', x(128)],
    ['.a', '-a', x(129), 'a b', ''],
  ],
  imageByDigest: [
    [`r.azurecr.io/a/b@sha256:${'0'.repeat(64)}`],
    ['r.azurecr.io/a:1.0', `a@sha256:${'0'.repeat(64)}`, `r/a@sha256:${'0'.repeat(63)}`],
  ],
  dnsLabel: [
    ['default', 'a', '1-a', x(63)],
    ['Team', 'a.b', '-a', 'a-', 'a_b', x(64), ''],
  ],
  dnsSubdomain: [
    ['wi-demo-sa', 'a.b.c', x(253)],
    ['A', 'a..b', '.a', 'a.', 'a-.b', x(254), ''],
  ],
  guid: [['0b1f6471-1bf0-4dda-aec3-111122223333'], ['0b1f6471', '0b1f6471-1bf0-4dda-aec3-11112222333g']],
  sha256Digest: [['a'.repeat(64)], ['a'.repeat(63), 'A'.repeat(64), `${'a'.repeat(64)}\n`]],
  tagName: [
    ['team', 'cost.center', 'Kosten-Träger', x(512)],
    ['', '_a', '@a', '-a', 'a b', 'a=b', 'a/b', 'a?', 'a\u202eb', x(513)],
  ],
  tagValue: [
    ['', 'a b', 'a@b', '-1', 'a=@b', x(256)],
    ['@/etc/passwd', '@-', 'null', '??', "'a", '"a', '[1]', '{}', 'a\nb', 'a\u2028b', 'a\u202eb', x(257)],
  ],
  issuerUrl: [
    ['https://eastus.oic.prod-aks.azure.com/t/g/', 'https://example.com'],
    [
      'http://example.com/',
      'https://',
      'https://e.com/?a',
      'https://e.com/#a',
      'https://e.com/ a',
      'https://e.com/a=@/etc/passwd',
      'https://user@e.com/',
      'https://e.com/[a]',
      'https://\u0435.com/',
      'example.com',
    ],
  ],
};

describe.each(Object.entries(names))('%s', (name, rule) => {
  const [takes, refuses] = cases[name as keyof typeof names];
  it.each(takes)('takes %j', value => expect(rule.accepts(value)).toBe(true));
  it.each(refuses)('rejects %j', value => expect(rule.accepts(value)).toBe(false));
  it('links to the documentation of the rule', () => expect(rule.link).toMatch(/^https:/));
});
