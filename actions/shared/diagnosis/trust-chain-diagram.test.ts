import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrustChain } from './trust-chain.ts';
import { trustChainMermaid } from './trust-chain-diagram.ts';

const chain: TrustChain = {
  workload: 'default/wi-demo-sa',
  issuer: 'https://eastus.oic.prod-aks.azure.com/t/g/',
  subject: 'system:serviceaccount:default:wi-demo-sa',
  audience: 'api://AzureADTokenExchange',
  credential: 'wi-fed',
  identity: { name: 'wi-demo-identity', clientId: 'b7c4ae2c-0000-4000-8000-000000000001' },
  access: {
    kind: 'role',
    name: 'Key Vault Secrets User',
    scope: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv/secrets/Secret',
  },
  vault: 'kv',
  secret: { name: 'Secret', version: '0123456789abcdef0123456789abcdef' },
};
const unseen: TrustChain = {
  ...{ workload: 'a/b', issuer: null, subject: null, audience: null, credential: null },
  ...{ identity: null, access: null, vault: null, secret: null },
};

describe('trustChainMermaid', () => {
  it('draws the chain', () => {
    expect(trustChainMermaid([chain]).split('\n')).toEqual([
      '```mermaid',
      'flowchart LR',
      '  c0token["Service account: default/wi-demo-sa<br/>issuer: https://eastus.oic.prod-aks.azure.com/t/g/<br/>subject: system:serviceaccount:default:wi-demo-sa<br/>audience: api://AzureADTokenExchange"]',
      '  c0credential["Federated credential: wi-fed"]',
      '  c0identity["Managed identity: wi-demo-identity<br/>client ID: b7c4ae2c-0000-4000-8000-000000000001"]',
      '  c0vault["Key vault: kv"]',
      '  c0secret["Secret: Secret<br/>version: 0123456789abcdef0123456789abcdef"]',
      '  c0token -->|"matches"| c0credential',
      '  c0credential -->|"of"| c0identity',
      '  c0identity -->|"role: Key Vault Secrets User<br/>on vaults/kv/secrets/Secret"| c0vault',
      '  c0vault -->|"holds"| c0secret',
      '  classDef unknown stroke-dasharray: 4 4',
      '```',
    ]);
  });

  it('draws unknown parts, and several chains', () => {
    const picture = trustChainMermaid([chain, unseen]);
    expect(picture).toContain('  c1identity["Managed identity: unknown<br/>client ID: unknown"]:::unknown');
    expect(picture).toContain('  c1identity -.->|"access: unknown"| c1vault');
    expect(picture.match(/:::unknown$/gm)).toHaveLength(5);
    expect(trustChainMermaid([])).toBe('');
    expect(trustChainMermaid(Array(25).fill(chain))).toContain('  more["and 5 more"]');
    expect(trustChainMermaid(Array(1000).fill(chain)).length).toBeLessThan(50_000);
  });

  it.each([
    'x"] --> evil["',
    '<img src=x onerror=alert(1)>',
    '```\n# heading',
    'a\nclick c0vault "javascript:alert(1)"',
    '%%{init: {"securityLevel": "loose"}}%%',
    '#quot;',
    '&lt;b&gt;',
    '::set-output name=x::y',
    '\u001b[31m\u0000',
    'x;y|z`w{v}',
    '\u2028click\u202e\u0085',
    'x'.repeat(10_000),
  ])('does not interpret a name as diagram syntax: %j', name => {
    const hostile: TrustChain = {
      ...{ workload: name, issuer: name, subject: name, audience: name, credential: name, vault: name },
      identity: { name, clientId: name },
      access: { kind: 'role', name, scope: name },
      secret: { name, version: name },
    };
    expectTame(trustChainMermaid([hostile]));
  });

  it('escapes every name', () => {
    const text = fc.string({ unit: 'binary-ascii', maxLength: 60 });
    fc.assert(
      fc.property(text, text, (name, scope) => {
        const access = { kind: 'role', name, scope } as const;
        expectTame(trustChainMermaid([{ ...chain, workload: name, credential: name, access }]));
      }),
    );
  });
});

/** The picture has the lines that it always has, and labels in which nothing but harmless signs and entity codes stand. */
function expectTame(picture: string): void {
  const lines = picture.split('\n');
  const fences = lines.filter(line => line.startsWith('```'));
  const wild = lines.slice(2, 11).filter(line => {
    const label = /^ {2}c0\w+(?:\["| (?:-->|-\.->)\|")([^"]+)"(?:\](?::::unknown)?|\| c0\w+)$/.exec(
      line,
    )?.[1];
    const rest = label?.replaceAll('<br/>', '').replace(/#\d+;/g, '');
    return rest === undefined || rest.length > 2000 || /[^\p{L}\p{N} ./:_,()@…-]/u.test(rest);
  });
  expect([lines.length, fences, wild]).toEqual([13, ['```mermaid', '```'], []]);
}
