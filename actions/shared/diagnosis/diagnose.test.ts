import { describe, expect, it } from 'vitest';
import type { ContainerStatus, Pod } from '../kubernetes-objects.ts';
import { diagnose, diagnoseUnverified } from './diagnose.ts';
import type { Link } from './verdict.ts';
import type { Credential, DiagnosisTarget, Identity, Vault, WorkloadState } from './workload-state.ts';

const clientId = 'b7c4ae2c-0000-4000-8000-000000000001';
const subject = 'system:serviceaccount:default:wi-demo-sa';
const issuer = 'https://eastus.oic.prod-aks.azure.com/t/g/';
const audience = 'api://AzureADTokenExchange';
const image = `wilab4521.azurecr.io/wi-kv-test@sha256:${'ab'.repeat(32)}`;

const target: DiagnosisTarget = {
  namespace: 'default',
  serviceAccount: 'wi-demo-sa',
  podName: 'wi-kv-test',
  vaultName: 'wilab4521',
  secretName: 'Secret',
};

const wanted: Pod = {
  metadata: { name: target.podName, labels: { 'azure.workload.identity/use': 'true' } },
  spec: {
    serviceAccountName: target.serviceAccount,
    containers: [{ name: 'c', image, env: [] }],
  },
};

/** The wanted pod as the webhook leaves it, in some state. */
function pod(status: Partial<ContainerStatus> = { state: { running: {} } }, changes: Partial<Pod> = {}): Pod {
  const made: Pod = structuredClone(wanted);
  made.spec.containers[0]!.env!.push(
    { name: 'AZURE_CLIENT_ID', value: clientId },
    { name: 'AZURE_FEDERATED_TOKEN_FILE', value: '/var/run/secrets/azure/tokens/azure-identity-token' },
  );
  return { ...made, status: { containerStatuses: [{ restartCount: 0, ...status }] }, ...changes };
}

function unmutated(labels: Record<string, string>): Pod {
  const made: Pod = structuredClone(wanted);
  made.metadata.labels = labels;
  return made;
}

/** As the webhook leaves it where the service account is not annotated. */
function ofNobody(...env: { name: string }[]): Pod {
  const made = pod();
  const [container] = made.spec.containers;
  container!.env = [...container!.env!.filter(({ name }) => name !== 'AZURE_CLIENT_ID'), ...env];
  return made;
}

const annotations = { clientId, tenantId: '' };
/** The pod runs and says nothing; nothing but the cluster was looked at. */
const healthy: WorkloadState = { target, annotations, pod: pod(), log: [], unseen: [] };
const saying = (...log: string[]): Partial<WorkloadState> => ({ log });
const waiting = (reason: string, message = ''): Partial<WorkloadState> => ({
  pod: pod({ state: { waiting: { reason, message } } }),
});

const claims = { issuer, subject, audience };
const credential: Credential = { name: 'wi-fed', issuer, subject, audiences: [audience] };
const identity: Identity = {
  ...{ name: 'wi-demo-identity', resourceGroup: 'rg', clientId },
  ...{ principalId: 'principal', tenantId: 'tenant' },
};
const vaults = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults';
const vault: Vault = {
  id: `${vaults}/wilab4521`,
  name: 'wilab4521',
  properties: { tenantId: 'tenant', enableRbacAuthorization: true },
};
const grant = { role: 'Key Vault Secrets User', scope: `${vault.id}/secrets/Secret`, readsSecrets: true };
const secret = { version: 'v', enabled: true, notBefore: undefined, expires: undefined };
/** Everything was looked at, and nothing is broken. */
const everything: Partial<WorkloadState> = {
  ...{ claims, credentials: [credential], identity, vault, grants: [grant], secret },
  webhook: true,
};
const policyVault = (policies: NonNullable<Vault['properties']['accessPolicies']>): Vault => ({
  ...vault,
  properties: { tenantId: 'tenant', enableRbacAuthorization: false, accessPolicies: policies },
});
const now = 1_800_000_000;

const pull401 =
  'Failed to pull image: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://wilab4521.azurecr.io/oauth2/token: 401 Unauthorized';
const pullMissing =
  'Failed to pull image: [rpc error: code = NotFound desc = failed to pull and unpack image: not found, failed to fetch anonymous token: 401 Unauthorized]';

/** Each broken link: what is known, what the verdict must name, and what it must say. */
const table: [what: string, state: Partial<WorkloadState>, link: Link, says: RegExp, final: boolean][] = [
  [
    'no service account',
    { annotations: null, pod: null },
    'service-account-missing',
    /no service account default\/wi-demo-sa/,
    true,
  ],
  [
    'no annotation',
    { annotations: { clientId: '', tenantId: '' }, pod: undefined },
    'service-account-not-annotated',
    /client-id/,
    true,
  ],
  [
    'no annotation, and a program that misses it',
    {
      annotations: { clientId: '', tenantId: '' },
      pod: ofNobody(),
      ...saying('AZURE_CLIENT_ID is not set: …'),
    },
    'service-account-not-annotated',
    /client-id/,
    true,
  ],
  [
    'no annotation at the time',
    {
      pod: ofNobody(),
      ...saying('no client ID specified. Check pod configuration or set ClientID in the options'),
    },
    'pod-of-another-identity',
    /was made for no identity/,
    true,
  ],
  ['pod deleted', { pod: null }, 'pod-gone', /default\/wi-kv-test is gone/, true],
  [
    'pod without label',
    { pod: unmutated({}) },
    'pod-not-labelled',
    /lacks the label azure.workload.identity\/use/,
    true,
  ],
  [
    'pod with another label',
    { pod: unmutated({ 'azure.workload.identity/use': 'True' }) },
    'pod-not-labelled',
    /lacks the label/,
    true,
  ],
  [
    'no webhook',
    { pod: unmutated({ 'azure.workload.identity/use': 'true' }), webhook: false },
    'webhook-missing',
    /webhook is missing/,
    true,
  ],
  [
    'pod older than the webhook',
    { pod: unmutated({ 'azure.workload.identity/use': 'true' }), webhook: true },
    'pod-not-mutated',
    /older/,
    true,
  ],
  [
    'pod never made',
    {
      target: { ...target, podName: '' },
      pod: null,
      events: ['Error creating: pods "x" is forbidden: exceeded quota'],
    },
    'pod-not-created',
    /exceeded quota/,
    false,
  ],
  [
    'annotation changed since',
    { annotations: { clientId: 'other', tenantId: '' } },
    'pod-of-another-identity',
    new RegExp(clientId),
    true,
  ],
  ['tag never built', waiting('ErrImagePull', pullMissing), 'image-not-found', /not in the registry/, true],
  [
    'tag never built, backing off',
    { ...waiting('ImagePullBackOff', 'Back-off pulling image'), events: ['Assigned', pullMissing] },
    'image-not-found',
    /NotFound/,
    true,
  ],
  ['no AcrPull', waiting('ErrImagePull', pull401), 'image-pull-denied', /401 Unauthorized/, false],
  [
    'no AcrPull, backing off',
    { ...waiting('ImagePullBackOff', 'Back-off pulling image'), events: [pull401] },
    'image-pull-denied',
    /may not pull/,
    false,
  ],
  [
    'registry not reached',
    waiting('ErrImagePull', 'failed to pull image: i/o timeout'),
    'image-pull-failed',
    /i\/o timeout/,
    false,
  ],
  [
    'no room',
    {
      pod: pod(
        {},
        { status: { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes' }] } },
      ),
    },
    'pod-not-scheduled',
    /0\/1 nodes/,
    false,
  ],
  [
    'not startable',
    waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'),
    'container-not-started',
    /runAsNonRoot/,
    false,
  ],
  [
    'other subject',
    saying(
      `AADSTS700213: No matching federated identity record found for presented assertion subject '${subject}'.`,
    ),
    'federated-subject',
    new RegExp(subject),
    false,
  ],
  [
    'other issuer',
    saying(
      `AADSTS700211: No matching federated identity record found for presented assertion issuer '${issuer}'.`,
    ),
    'federated-issuer',
    /trailing slash|eastus/,
    false,
  ],
  [
    'other audience',
    saying("AADSTS700212: No matching federated identity record found for presented assertion audience 'x'."),
    'federated-audience',
    /'x'/,
    false,
  ],
  [
    'credential not seen',
    saying('AADSTS70021: No matching federated identity record found for presented assertion.'),
    'federated-credential-not-seen',
    /AADSTS70021/,
    false,
  ],
  [
    'unknown identity',
    saying('AADSTS700016: Application with identifier was not found'),
    'identity-unknown',
    new RegExp(clientId),
    false,
  ],
  [
    'expired token',
    saying('AADSTS700024: Client assertion is not within its valid time range.'),
    'token-expired',
    /AADSTS700024/,
    false,
  ],
  [
    'issuer not reached',
    saying('AADSTS501661: Request to External OIDC endpoint failed.'),
    'issuer-unreachable',
    /501661/,
    false,
  ],
  ['no such tenant', saying('AADSTS90002: Tenant not found'), 'tenant-mismatch', /AADSTS90002/, true],
  ['another refusal', saying('AADSTS500011: resource principal'), 'entra-refused', /AADSTS500011/, false],
  [
    'Entra not reached',
    saying('could not be read (ENOTFOUND): getaddrinfo ENOTFOUND login.microsoftonline.com'),
    'entra-unreachable',
    /login\.microsoftonline\.com/,
    false,
  ],
  [
    'Entra not reached, as MSAL says it',
    saying('could not be read (network_error): See https://aka.ms/msal.js.errors#network_error for details'),
    'entra-unreachable',
    /network_error/,
    false,
  ],
  [
    'a vault of another tenant than is asked',
    saying('The current credential is not configured to acquire tokens for tenant 4ee2e558.'),
    'tenant-mismatch',
    /the vault trusts another: .*4ee2e558/,
    true,
  ],
  [
    "a vault of another tenant than the identity's",
    {
      identity,
      ...saying('The current credential is not configured to acquire tokens for tenant 4ee2e558.'),
    },
    'vault-tenant',
    /4ee2e558/,
    true,
  ],
  [
    'no role',
    saying('Trying again: (ForbiddenByRbac): Caller is not authorized'),
    'vault-role',
    /ForbiddenByRbac/,
    false,
  ],
  [
    'no role, in words',
    saying(
      'azure.core.exceptions.HttpResponseError: (Forbidden) Caller is not authorized to perform action on resource.',
    ),
    'vault-role',
    /no role/,
    false,
  ],
  [
    'no policy',
    saying('could not be read (AccessDenied): The user does not have secrets get permission'),
    'vault-access-policy',
    /access policies/,
    false,
  ],
  [
    'no such secret',
    saying('Stopped: (SecretNotFound): A secret with (name/id) Secret was not found in this key vault'),
    'secret-not-found',
    /no secret Secret in vault wilab4521/,
    true,
  ],
  [
    'secret disabled',
    saying('Stopped: (SecretDisabled): Operation get is not allowed on a disabled secret.'),
    'secret-disabled',
    /disabled/,
    true,
  ],
  [
    'firewall',
    saying('Stopped: (ForbiddenByFirewall): Client address is not authorized'),
    'vault-network',
    /network/,
    false,
  ],
  [
    'no such vault',
    saying('could not be read (ENOTFOUND): getaddrinfo ENOTFOUND wilab4521.vault.azure.net'),
    'vault-unknown',
    /ENOTFOUND/,
    false,
  ],
  [
    'client without a token',
    saying('AZURE_FEDERATED_TOKEN_FILE is not set: …'),
    'client-not-configured',
    /does not use it/,
    false,
  ],
  [
    'another value',
    saying('Retrieving your secret from wilab4521.', 'Secret value: ***'),
    'other-value',
    /not the one whose SHA-256/,
    false,
  ],
  [
    'crash of its own',
    {
      pod: pod({ name: 'c', restartCount: 3, state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }),
      log: ['Segmentation fault'],
    },
    'container-crashed',
    /exit code 137 \(OOMKilled\), restarted 3 times.*Segmentation fault/,
    false,
  ],
  [
    'volume not mounted',
    { pod: pod({}, { status: { phase: 'Pending' } }), events: ['MountVolume.SetUp failed: configmap gone'] },
    'container-not-started',
    /configmap gone/,
    false,
  ],
  [
    'volume of a driver refused',
    { pod: pod({}, { status: { phase: 'Pending' } }), events: ['MountVolume.SetUp failed: ForbiddenByRbac'] },
    'vault-role',
    /ForbiddenByRbac/,
    false,
  ],
  ['silence', {}, 'no-answer', /\(none\)/, false],
  ['nonsense', saying('Segmentation fault'), 'no-answer', /Segmentation fault/, false],
];

/** What only a look shows: the pod says nothing. */
const byLooking: [what: string, state: Partial<WorkloadState>, link: Link, says: RegExp][] = [
  ['no credential', { credentials: [] }, 'federated-credential-missing', /no federated credential at all/],
  [
    'another issuer',
    { credentials: [{ ...credential, issuer: issuer.slice(0, -1) }] },
    'federated-issuer',
    /wi-fed, differs in the issuer/,
  ],
  [
    'another subject',
    { credentials: [{ ...credential, subject: 'system:serviceaccount:other:wi-demo-sa' }] },
    'federated-subject',
    /differs in the subject/,
  ],
  [
    'another audience',
    { credentials: [{ ...credential, audiences: ['api://other'] }] },
    'federated-audience',
    /differs in the audience/,
  ],
  [
    'a credential of another cluster and account',
    { credentials: [{ ...credential, issuer: 'https://other/', subject: 'system:serviceaccount:a:b' }] },
    'federated-credential-missing',
    /differs in the issuer and the subject/,
  ],
  [
    'another tenant',
    { annotations: { clientId, tenantId: clientId } },
    'tenant-mismatch',
    new RegExp(`asks tenant ${clientId}.*belongs to tenant tenant`),
  ],
  [
    'a vault of another tenant',
    { vault: { ...vault, properties: { ...vault.properties, tenantId: 'elsewhere' } } },
    'vault-tenant',
    /trusts tenant elsewhere/,
  ],
  ['no role', { grants: [] }, 'vault-role', /no role on any vault/],
  [
    'a role that does not read',
    { grants: [{ role: 'Key Vault Reader', scope: vault.id, readsSecrets: false }] },
    'vault-role',
    /Key Vault Reader on vaults\/wilab4521/,
  ],
  [
    'a role on another secret',
    { grants: [{ ...grant, scope: `${vault.id}/secrets/Secret2` }] },
    'vault-role',
    /vaults\/wilab4521\/secrets\/Secret2/,
  ],
  [
    'a role on a secret whose name begins like it',
    { grants: [{ ...grant, scope: `${vault.id}/secrets/Sec` }] },
    'vault-role',
    /no role that lets it read/,
  ],
  [
    'a policy for the identity through an application only',
    {
      vault: policyVault([
        { objectId: 'principal', applicationId: 'an app', permissions: { secrets: ['get'] } },
      ]),
    },
    'vault-access-policy',
    /none gives/,
  ],
  ['no policy', { vault: policyVault([]) }, 'vault-access-policy', /none gives the identity "get"/],
  [
    'a policy that only lists',
    { vault: policyVault([{ objectId: 'principal', permissions: { secrets: ['list'] } }]) },
    'vault-access-policy',
    /access policies/,
  ],
  ['no secret', { secret: null }, 'secret-not-found', /no secret Secret/],
  ['disabled', { secret: { ...secret, enabled: false } }, 'secret-disabled', /is disabled/],
  ['expired', { secret: { ...secret, expires: now - 1 } }, 'secret-expired', /expired at 2027-01-15T/],
  [
    'too early',
    { secret: { ...secret, notBefore: now + 60 } },
    'secret-not-yet-valid',
    /not valid before 2027-01-15T/,
  ],
];

describe('diagnose', () => {
  it.each(table)('%s', (_, state, link, says, final) => {
    const verdict = diagnoseUnverified({ ...healthy, ...state });
    expect(verdict.link).toBe(link);
    expect(verdict.seen).toMatch(says);
    expect(verdict.final).toBe(final);
    expect(verdict.remedy.length).toBeGreaterThan(20);
  });

  it.each(byLooking)('sees without a word of the pod: %s', (_, state, link, says) => {
    const verdict = diagnose({ ...healthy, ...everything, ...state }, now);
    expect(verdict?.link).toBe(link);
    expect(verdict?.seen).toMatch(says);
  });

  it.each<[string, Partial<WorkloadState>]>([
    ['is broken', {}],
    ['may be seen', { identity: undefined, credentials: undefined, claims: undefined, vault: undefined }],
    ['is in this subscription', { identity: null, credentials: undefined, vault: null, grants: undefined }],
    ['but the tenant is named', { annotations: { clientId, tenantId: 'contoso.onmicrosoft.com' } }],
    ['but the issuer is known', { claims: { ...claims, issuer: undefined } }],
    ['but a role of unknown rights is given', { grants: [{ ...grant, readsSecrets: undefined }] }],
    ['but a role above the vault is given', { grants: [{ ...grant, scope: '/subscriptions/s' }] }],
    [
      'is refused by a policy',
      { vault: policyVault([{ objectId: 'principal', permissions: { secrets: ['Get'] } }]) },
    ],
    ['is refused now', saying('AADSTS700213: …', 'Secret value: ***')],
    // A program's own network is no link of the chain.
    [
      'of the chain is named',
      saying('connect ETIMEDOUT 10.0.0.5:6379', 'AccessDenied by S3', 'ENOTFOUND db'),
    ],
  ])('finds no fault where nothing %s', (_, state) => {
    expect(diagnose({ ...healthy, ...everything, ...state }, now)).toBeUndefined();
  });

  it('takes a container that runs again since a moment for one that crashes, until it has run for ten minutes', () => {
    const since = (seconds: number) =>
      pod({
        restartCount: 4,
        state: { running: { startedAt: new Date((now - seconds) * 1000).toISOString() } },
        lastState: { terminated: { exitCode: 1 } },
      });
    expect(diagnose({ ...healthy, pod: since(5) }, now)?.link).toBe('container-crashed');
    expect(diagnose({ ...healthy, pod: since(601) }, now)).toBeUndefined();
  });

  it.each<[string, Pod]>([
    ['in its environment', pod()],
    ['by a reference', ofNobody({ name: 'AZURE_CLIENT_ID' })],
    ['in its program', ofNobody()],
  ])('does not ask for an annotation where the pod names its identity %s', (_, named) => {
    expect(diagnose({ ...healthy, pod: named, annotations: { clientId: '', tenantId: '' } })).toBeUndefined();
    expect(diagnose({ ...healthy, pod: named })).toBeUndefined();
  });

  it('does not look for what a refusal further on proves', () => {
    const log = ['could not be read (SecretDisabled): …'];
    expect(diagnose({ ...healthy, ...everything, log, credentials: [] })?.link).toBe('secret-disabled');
  });

  it('tells a credential that is missing from one that is not seen yet', () => {
    const log = ["AADSTS700213: No matching … for presented assertion subject 'x'."];
    const own = { ...healthy, ...everything, log: [log[0]!.replace("'x'", `'${subject}'`)] };
    const unseen = diagnose(own);
    expect(unseen).toMatchObject({ link: 'federated-credential-not-seen' });
    expect(unseen?.seen).toContain('wi-fed, which matches');
    expect(diagnose({ ...own, credentials: [] })?.link).toBe('federated-credential-missing');
  });

  const byPolicy = (secrets: string[]) =>
    policyVault([{ objectId: identity.principalId, permissions: { secrets } }]);

  it.each<[string, string, Partial<WorkloadState>, Partial<WorkloadState>]>([
    ['a credential', 'AADSTS700213', {}, { credentials: [] }],
    ['a credential’s issuer', 'AADSTS700211', {}, { credentials: [{ ...credential, issuer: 'other' }] }],
    ['a role', 'ForbiddenByRbac', {}, { grants: [] }],
    ['a policy', 'AccessDenied', { vault: byPolicy(['get']) }, { vault: byPolicy(['list']) }],
  ])('waits for %s that is there, not for one that was looked for and is not', (_, code, there, missing) => {
    const log = [`could not be read (${code}): …`];
    const state = { ...healthy, ...everything, log };
    expect(diagnose({ ...state, ...there })?.final).toBe(false);
    expect(diagnose({ ...state, ...missing })?.final).toBe(true);
    // What could not be looked at may be there.
    const unseen = { credentials: undefined, grants: undefined, vault: undefined };
    expect(diagnose({ ...state, ...unseen })?.final).toBe(false);
  });

  it('tells a role that is missing from one that is not seen yet', () => {
    const log = ['could not be read (ForbiddenByRbac): …'];
    expect(diagnose({ ...healthy, ...everything, log })?.seen).toContain(
      'although it has Key Vault Secrets User on vaults/wilab4521/secrets/Secret',
    );
  });

  it('knows what the identity is where it looked and Entra knows none', () => {
    const log = ['AADSTS700016: Application with identifier …'];
    expect(diagnose({ ...healthy, log, identity: null })?.seen).toContain('no managed identity with this');
    expect(diagnose({ ...healthy, log, identity })?.seen).toContain('as wi-demo-identity');
  });

  it('judges by what was seen last', () => {
    const refused = 'Trying again in 1.0 s: (AADSTS700213): AADSTS700213: …';
    const shown = { ...healthy, ...saying(refused, 'Secret value: ***') };
    expect(diagnoseUnverified(shown).link).toBe('other-value');
    const again = { ...healthy, ...saying('Secret value: ***', refused, 'Retrieving …') };
    expect(diagnose(again)?.link).toBe('federated-subject');
  });

  it('names the first broken link, not a later one', () => {
    const late = saying('could not be read (ForbiddenByRbac)');
    expect(diagnose({ ...healthy, ...late, annotations: null })?.link).toBe('service-account-missing');
    expect(diagnose({ ...healthy, ...late, pod: unmutated({}) })?.link).toBe('pod-not-labelled');
  });

  it('shows what the credentials say instead', () => {
    const log = [
      `AADSTS700211: No matching federated identity record found for presented assertion issuer '${issuer}'.`,
    ];
    const credentials = [{ ...credential, issuer: issuer.slice(0, -1) }];
    const verdict = diagnose({ ...healthy, log, credentials });
    expect(verdict).toMatchObject({ link: 'federated-issuer' });
    expect(verdict?.comparison).toBe(
      [
        `  token:      ${issuer}`,
        `  credential: ${issuer.slice(0, -1)}`,
        `              ${' '.repeat(issuer.length - 1)}^ the trailing slash`,
      ].join('\n'),
    );
  });

  it('tells a secret that is not there from a role that is missing', () => {
    const log = ['could not be read (ForbiddenByRbac)'];
    expect(diagnose({ ...healthy, log, secret: null })?.link).toBe('secret-not-found');
    expect(diagnose({ ...healthy, log, secret })?.link).toBe('vault-role');
  });

  it('is misled neither by a long message nor by an image whose digest holds 401', () => {
    const long = `failed to pull and unpack image "${image}": ${'x'.repeat(900)}: `;
    const denied = diagnoseUnverified({
      ...healthy,
      ...waiting('ImagePullBackOff', `${long}401 Unauthorized`),
    });
    expect(denied.link).toBe('image-pull-denied');
    expect(denied.seen).toContain('401 Unauthorized');
    expect(denied.seen.length).toBeLessThan(800);
    const timeout = waiting(
      'ErrImagePull',
      'failed to pull image "r.azurecr.io/x@sha256:a401b403": i/o timeout',
    );
    expect(diagnose({ ...healthy, ...timeout })?.link).toBe('image-pull-failed');
  });

  it("gives the reason in the service's words, and not too many of them", () => {
    const line = `Trying again in 13.6 s: secret Secret could not be read (ENOTFOUND): getaddrinfo ENOTFOUND v.vault.azure.net ${'x'.repeat(900)}`;
    const { seen } = diagnoseUnverified({ ...healthy, log: [line] });
    expect(seen).not.toContain('Trying again');
    expect(seen).toContain('(ENOTFOUND): getaddrinfo ENOTFOUND');
    expect(seen.length).toBeLessThan(600);
  });

  it('shows where the identity has a role instead', () => {
    const log = ['could not be read (ForbiddenByRbac)'];
    const elsewhere = [{ ...grant, scope: `${vaults}/other` }];
    expect(diagnose({ ...healthy, log, grants: elsewhere })?.seen).toContain(
      'Key Vault Secrets User on vaults/other, which is not wilab4521',
    );
    const here = [{ ...grant, scope: `${vaults}/WILAB4521/secrets/Other` }];
    expect(diagnose({ ...healthy, log, grants: here })?.seen).toContain('vaults/WILAB4521/secrets/Other.');
    expect(diagnose({ ...healthy, log, grants: [{ ...grant, scope: '/subscriptions/s' }] })?.seen).toContain(
      'no role on any vault',
    );
  });
});
