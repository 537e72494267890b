import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Pod } from '../kubernetes-objects.ts';
import { describePod, printEvidence, redact } from './evidence.ts';

const pod: Pod = {
  metadata: {
    ...{ name: 'app-1', namespace: 'team' },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'all of it' },
  },
  spec: {
    serviceAccountName: 'app',
    containers: [
      {
        ...{ name: 'app', image: 'registry/app:1' },
        env: [
          { name: 'DATABASE', value: 'postgres://user:hunter2@host' },
          { name: 'AZURE_CLIENT_ID', value: 'the-client-id' },
        ],
      },
    ],
  },
};

beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true));
afterEach(() => void vi.restoreAllMocks());

describe('redact', () => {
  it.each([
    ['password=hunter2hunter2 done', 'password=*** done'],
    ['"client_secret": "abc~defghi"', '"client_secret": "***"'],
    ['AccountName=a;AccountKey=Zm9vYmFy==;x', 'AccountName=a;AccountKey=***;x'],
    ['Authorization: Bearer abcdefgh', 'Authorization: ***'],
    ['sent eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln to', 'sent *** to'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nnext', '***\nnext'],
    [
      "AADSTS700213: subject 'system:serviceaccount:a:b'",
      "AADSTS700213: subject 'system:serviceaccount:a:b'",
    ],
    [
      'secret Secret could not be read (ForbiddenByRbac)',
      'secret Secret could not be read (ForbiddenByRbac)',
    ],
  ])('%j', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });
});

it('describePod shows only the names of variables, and only the annotations of the webhook', () => {
  const text = describePod(pod);
  expect(text).toContain('  DATABASE\n  AZURE_CLIENT_ID=the-client-id');
  expect(text).toContain('Projected:       no token for Azure');
  expect(text).not.toMatch(/hunter2|all of it/);
});

it('describePod describes the token, and redact() keeps the description', () => {
  const path = 'azure-identity-token';
  const audience = 'api://AzureADTokenExchange';
  const mutated = structuredClone(pod);
  mutated.spec.containers[0]!.env!.push({ name: 'AZURE_FEDERATED_TOKEN_FILE', value: `/var/run/${path}` });
  const serviceAccountToken = { path, audience, expirationSeconds: 3600 };
  mutated.spec.volumes = [{ name: path, projected: { sources: [{ serviceAccountToken }] } }];
  const text = describePod(mutated);
  expect(text).toContain(`Projected:       audience ${audience}, expires after 3600 s, file ${path}`);
  expect(redact(text)).toBe(text);
});

it('printEvidence prints a group for each of pod, events, and log that exists', () => {
  const groups: string[] = [];
  const target = {
    namespace: 'team',
    serviceAccount: 'app',
    podName: 'app-1',
    vaultName: '',
    secretName: '',
  };
  const print = (title: string, text: string) => void groups.push(`${title}: ${text.split('\n').at(-1)}`);
  printEvidence({ target, pod, events: ['Back-off'], log: ['a', 'password=hunter2'], unseen: [] }, print);
  expect(groups).toEqual([
    'Pod team/app-1:   AZURE_CLIENT_ID=the-client-id',
    'Events of team/app-1: Back-off',
    'Last log lines of team/app-1: password=***',
  ]);
  groups.length = 0;
  const claims = {
    issuer: 'https://issuer/',
    subject: 'system:serviceaccount:team:app',
    audience: 'api://a',
  };
  printEvidence({ target, pod, claims, log: [], unseen: [] }, print);
  expect(groups).toEqual([
    'Pod team/app-1: Claims:          issuer https://issuer/, subject system:serviceaccount:team:app, audience api://a',
  ]);
  groups.length = 0;
  printEvidence({ target, pod: null, log: [], unseen: [] }, print);
  expect(groups).toEqual([]);
});
