import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeAnswer, failing, fakeTools, notFound } from '../fake-tools.ts';
import { Interrupted } from '../interruption.ts';
import { AzureReader } from './azure-reader.ts';
import { diagnose } from './diagnose.ts';
import { readState } from './read-state.ts';
import { readTrustChain } from './trust-chain.ts';
import type { DiagnosisTarget, WorkloadState } from './workload-state.ts';

const clientId = 'b7c4ae2c-0000-4000-8000-000000000001';
const issuer = 'https://eastus.oic.prod-aks.azure.com/t/g/';
const subject = 'system:serviceaccount:team:app';
const audience = 'api://AzureADTokenExchange';
const vaultId = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv';
const definition = '/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6';
const roleId = `/subscriptions/s${definition}`;

const target: DiagnosisTarget = {
  ...{ namespace: 'team', serviceAccount: 'app', podName: 'app-1' },
  ...{ vaultName: 'kv', secretName: 'Secret' },
};
const start: WorkloadState = { target, log: [], unseen: [] };

const claims = { iss: issuer, sub: subject, aud: [audience] };
const token = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`;

const pod = {
  metadata: { name: 'app-1', namespace: 'team', labels: { 'azure.workload.identity/use': 'true' } },
  spec: {
    serviceAccountName: 'app',
    containers: [
      {
        name: 'app',
        image: 'registry/app',
        env: [
          { name: 'AZURE_CLIENT_ID', value: clientId },
          { name: 'AZURE_FEDERATED_TOKEN_FILE', value: '/var/run/secrets/azure/tokens/azure-identity-token' },
        ],
      },
    ],
    volumes: [
      {
        name: 'azure-identity-token',
        projected: {
          sources: [
            { serviceAccountToken: { path: 'azure-identity-token', audience, expirationSeconds: 3600 } },
          ],
        },
      },
    ],
  },
};

/** A chain in which nothing is broken. */
const healthy: Record<string, FakeAnswer> = {
  'kubectl get serviceaccount': () =>
    JSON.stringify({ metadata: { annotations: { 'azure.workload.identity/client-id': clientId } } }),
  'kubectl get pod': () => JSON.stringify(pod),
  'kubectl get events': () => '{"items":[]}',
  'kubectl create token': () => `${token}\n`,
  'az account show': () => 's',
  'az identity list': () => [
    { name: 'wi', resourceGroup: 'rg', clientId: clientId.toUpperCase(), principalId: 'p', tenantId: 't' },
  ],
  'az identity federated-credential list': () => [{ name: 'wi-fed', issuer, subject, audiences: [audience] }],
  'az keyvault list': () => [{ id: vaultId, name: 'kv' }],
  'az keyvault show': () => ({
    ...{ id: vaultId, name: 'kv' },
    properties: { tenantId: 't', enableRbacAuthorization: true },
  }),
  'az role assignment list': () => [{ id: 'a', role: 'Custom', roleId, scope: `${vaultId}/secrets/Secret` }],
  [`az rest --method get --url ${vaultId}/secrets/Secret${definition}?api-version=2022-04-01`]: () => ({
    properties: { permissions: [{ dataActions: ['Microsoft.KeyVault/vaults/secrets/*'] }] },
  }),
  'az resource show': () => ({
    uri: 'https://kv.vault.azure.net/secrets/Secret/abc',
    attributes: { enabled: true },
  }),
};

/** What @actions/core told the runner to mask. */
let masked: string[];
beforeEach(() => {
  masked = [];
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    masked.push(...[...String(text).matchAll(/^::add-mask::(.*)$/gm)].map(match => match[1]!));
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

async function looked(changes: Record<string, FakeAnswer> = {}, state = start) {
  const tools = fakeTools({ ...healthy, ...changes });
  const azure = new AzureReader(tools.az);
  const seen = await readState(state, { kubectl: tools.kubectl(''), azure });
  const commands = tools.commands.map(command => command.slice(0, 4).join(' '));
  return { state: seen, verdict: diagnose(seen), commands, all: tools.commands, azure, tools };
}

describe('readState', () => {
  it('reads an intact chain completely, and changes nothing', async () => {
    const { state, verdict, all } = await looked();
    expect(verdict).toBeUndefined();
    expect(state.unseen).toEqual([]);
    expect(state).toMatchObject({
      claims: { issuer, subject, audience },
      grants: [{ role: 'Custom', readsSecrets: true }],
      secret: { version: 'abc', enabled: true },
    });
    // The only creation is a token, which is discarded.
    for (const command of all)
      expect(command.join(' ')).toMatch(/ (get|list|show|create token|rest --method get) ?/);
  });

  it('masks the token first, and keeps no part of it', async () => {
    const { state, tools } = await looked();
    expect(masked).toContain(token);
    expect(JSON.stringify([state, tools.lines, tools.commands])).not.toContain('c2lnbmF0dXJl');
  });

  it('composes the claims if it is not allowed to create a token', async () => {
    const denied = { 'kubectl create token': () => failing('Error from server (Forbidden): no') };
    const { state } = await looked({
      ...denied,
      'kubectl get --raw': () => JSON.stringify({ issuer }),
    });
    expect(state.claims).toEqual({ issuer, subject, audience });
    expect(state.unseen).toEqual([]);
    const blind = await looked({
      ...denied,
      'kubectl get --raw': () => failing('Error from server (Forbidden): no'),
    });
    expect(blind.state.claims?.issuer).toBeUndefined();
    expect(blind.state.unseen).toEqual([
      "the issuer of the service account's tokens (the caller is not allowed to)",
    ]);
    expect(blind.verdict).toBeUndefined();
  });

  it('stops at the first broken link', async () => {
    const { verdict, commands } = await looked({ 'kubectl get pod': () => '' });
    expect(verdict?.link).toBe('pod-gone');
    expect(commands.filter(command => command.startsWith('az'))).toEqual([]);
    const untrusted = await looked({ 'az identity federated-credential list': () => [] });
    expect(untrusted.verdict?.link).toBe('federated-credential-missing');
    expect(untrusted.commands.filter(command => command.startsWith('az keyvault'))).toEqual([]);
  });

  it('does not read what a later refusal proves', async () => {
    const { commands } = await looked({}, { ...start, log: ['could not be read (SecretDisabled): …'] });
    expect(commands.join()).not.toMatch(/create token|federated-credential/);
  });

  it('reports once that it cannot read Azure, and guesses nothing', async () => {
    const { state, verdict } = await looked({
      'az account show': () => failing("ERROR: Please run 'az login' to setup account."),
    });
    expect(state.unseen).toEqual(['Azure (az is not logged in)']);
    expect(verdict).toBeUndefined();
  });

  it.each([
    ['az identity list', /^the identity \(/],
    ['az identity federated-credential list', /^the federated credentials of the identity \(/],
    ['az keyvault list', /^vault "kv" \(/],
    ['az role assignment list', /^the roles of the identity \(/],
    ['az resource show', /^secret "Secret" \(/],
  ])('reports a refused read: %s', async (command, phrase) => {
    const denied = () => failing('ERROR: (AuthorizationFailed) The client … does not have authorization');
    const { state, verdict } = await looked({ 'az resource list': denied, [command]: denied });
    expect(state.unseen).toEqual([expect.stringMatching(phrase)]);
    expect(state.unseen[0]).toContain('the caller is not allowed to');
    expect(verdict).toBeUndefined();
  });

  it('finds the identity of a caller who is allowed to read only its resource group', async () => {
    const list = healthy['az identity list']!;
    const { state } = await looked({
      'az identity list': (args, options) =>
        args.includes('--resource-group')
          ? list(args, options)
          : failing('ERROR: (AuthorizationFailed) The client … does not have authorization'),
      'az resource list': () => ['rg', 'rg'],
    });
    expect(state.identity?.name).toBe('wi');
    expect(state.unseen).toEqual([]);
  });

  it('counts inherited roles and roles of groups; other roles are only a hint', async () => {
    const denied = () => failing('ERROR: (AuthorizationFailed) The client … does not have authorization');
    const above = [{ id: 'a', role: 'Custom', roleId, scope: '/subscriptions/s' }];
    const only =
      (here: unknown[], elsewhere: () => unknown): FakeAnswer =>
      args =>
        args.includes('--include-inherited') && args.includes('--include-groups') ? here : elsewhere();
    const inherited = await looked({ 'az role assignment list': only(above, () => []) });
    expect(inherited.verdict).toBeUndefined();
    expect(inherited.state.grants).toEqual([
      { role: 'Custom', scope: '/subscriptions/s', readsSecrets: true },
    ]);
    const none = await looked({ 'az role assignment list': only([], denied) });
    expect(none.verdict).toMatchObject({
      link: 'vault-role',
      seen: expect.stringMatching(/that the caller can see/),
    });
    expect(none.state.unseen).toEqual([]);
  });

  it('does not report a missing policy if another one might be of a group', async () => {
    const vaultOf = (...accessPolicies: object[]): Record<string, FakeAnswer> => {
      const properties = { tenantId: 't', enableRbacAuthorization: false, accessPolicies };
      return { 'az keyvault show': () => ({ id: vaultId, name: 'kv', properties }) };
    };
    const perhaps = await looked(vaultOf({ objectId: 'g', permissions: { secrets: ['get'] } }));
    expect(perhaps.verdict).toBeUndefined();
    expect(perhaps.state.unseen.join()).toMatch(/^access of groups to vault "kv"/);
    const never = await looked(vaultOf({ objectId: 'g', permissions: { secrets: ['list'] } }));
    expect(never.verdict?.link).toBe('vault-access-policy');
    expect(never.state.unseen).toEqual([]);
  });

  it('reports resources of other subscriptions as unknown, and a secret that does not exist as missing', async () => {
    const nowhere = await looked({ 'az identity list': () => [], 'az keyvault list': () => [] });
    expect(nowhere.verdict).toBeUndefined();
    expect(nowhere.state.unseen).toEqual([
      `identity "${clientId}" (subscription s has no such managed identity that the caller can see)`,
      'vault "kv" (not in subscription s; the action reads no other)',
    ]);
    const missing = await looked({ 'az resource show': () => notFound('SecretNotFound') });
    expect(missing.verdict?.link).toBe('secret-not-found');
  });

  it('stops when the step is interrupted', async () => {
    const stop = () => {
      throw new Interrupted('SIGTERM');
    };
    for (const command of ['kubectl get pod', 'kubectl create token', 'az keyvault list'])
      await expect(looked({ [command]: stop })).rejects.toThrow(Interrupted);
  });

  it('reads shared resources once for several workloads', async () => {
    const { azure, tools } = await looked();
    const before = tools.commands.length;
    await readState(start, { kubectl: tools.kubectl(''), azure });
    const again = tools.commands.slice(before).filter(([tool]) => tool === 'az');
    expect(again.map(command => command[1])).toEqual([]);
  });
});

describe('readTrustChain', () => {
  const chain = (changes: Record<string, FakeAnswer> = {}) => {
    const tools = fakeTools({ ...healthy, ...changes });
    return readTrustChain(target, { kubectl: tools.kubectl(''), azure: new AzureReader(tools.az) });
  };

  it('reads the whole chain', async () => {
    expect(await chain()).toEqual({
      ...{ workload: 'team/app', issuer, subject, audience, credential: 'wi-fed' },
      identity: { name: 'wi', clientId },
      access: { kind: 'role', name: 'Custom', scope: `${vaultId}/secrets/Secret` },
      ...{ vault: 'kv', secret: { name: 'Secret', version: 'abc' } },
    });
  });

  it('reports an access policy', async () => {
    const accessPolicies = [{ objectId: 'p', permissions: { secrets: ['get', 'list'] } }];
    const properties = { tenantId: 't', enableRbacAuthorization: false, accessPolicies };
    expect(
      await chain({ 'az keyvault show': () => ({ id: vaultId, name: 'kv', properties }) }),
    ).toMatchObject({
      access: { kind: 'access policy', name: 'get, list', scope: vaultId },
    });
  });

  it('does not report the most similar credential as a match', async () => {
    const credentials = () => [{ name: 'near', issuer, subject: `${subject}s`, audiences: [audience] }];
    expect((await chain({ 'az identity federated-credential list': credentials })).credential).toBeNull();
  });

  it('leaves out what does not exist or could not be read', async () => {
    const no = () => failing('ERROR: (AuthorizationFailed) no');
    expect(
      await chain({ 'az identity federated-credential list': () => [], 'az keyvault list': no }),
    ).toMatchObject({ issuer, credential: null, access: null, vault: 'kv', secret: { version: null } });
  });
});
