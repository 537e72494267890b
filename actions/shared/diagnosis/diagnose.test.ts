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

/** The mutated pod with this container status. */
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

/** The mutated pod of a service account without annotation. */
function ofNobody(...env: { name: string }[]): Pod {
  const made = pod();
  const [container] = made.spec.containers;
  container!.env = [...container!.env!.filter(({ name }) => name !== 'AZURE_CLIENT_ID'), ...env];
  return made;
}

const annotations = { clientId, tenantId: '' };
/** The pod runs and its log is empty; only the cluster was read. */
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
/** Everything was read, and nothing is broken. */
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

/** Each broken link: what is known, and the expected link, message, and finality. */
const table: [what: string, state: Partial<WorkloadState>, link: Link, says: RegExp, final: boolean][] = [
  [
    'no service account',
    { annotations: null, pod: null },
    'service-account-missing',
    /account "default\/wi-demo-sa" does not exist/,
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
    'no annotation, and a program that needs it',
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
    'no annotation when the pod was created',
    {
      pod: ofNobody(),
      ...saying('no client ID specified. Check pod configuration or set ClientID in the options'),
    },
    'pod-of-another-identity',
    /has no client ID, but its service account/,
    true,
  ],
  ['pod deleted', { pod: null }, 'pod-gone', /"default\/wi-kv-test" no longer exists/, true],
  [
    'pod without label',
    { pod: unmutated({}) },
    'pod-not-labelled',
    /does not have the label azure.workload.identity\/use/,
    true,
  ],
  [
    'pod with another label',
    { pod: unmutated({ 'azure.workload.identity/use': 'True' }) },
    'pod-not-labelled',
    /does not have the label/,
    true,
  ],
  [
    'no webhook',
    { pod: unmutated({ 'azure.workload.identity/use': 'true' }), webhook: false },
    'webhook-missing',
    /cluster does not have the webhook/,
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
    'pod never created',
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
    'annotation changed later',
    { annotations: { clientId: 'other', tenantId: '' } },
    'pod-of-another-identity',
    new RegExp(clientId),
    true,
  ],
  [
    'tag never built',
    waiting('ErrImagePull', pullMissing),
    'image-not-found',
    /registry does not have image/,
    true,
  ],
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
    /not allowed to pull/,
    false,
  ],
  [
    'registry unreachable',
    waiting('ErrImagePull', 'failed to pull image: i/o timeout'),
    'image-pull-failed',
    /i\/o timeout/,
    false,
  ],
  [
    'no room on the nodes',
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
    'container cannot start',
    waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'),
    'container-not-started',
    /runAsNonRoot/,
    false,
  ],
  [
    'different subject',
    saying(
      `AADSTS700213: No matching federated identity record found for presented assertion subject '${subject}'.`,
    ),
    'federated-subject',
    new RegExp(subject),
    false,
  ],
  [
    'different issuer',
    saying(
      `AADSTS700211: No matching federated identity record found for presented assertion issuer '${issuer}'.`,
    ),
    'federated-issuer',
    /trailing slash|eastus/,
    false,
  ],
  [
    'different audience',
    saying("AADSTS700212: No matching federated identity record found for presented assertion audience 'x'."),
    'federated-audience',
    /audience "x"/,
    false,
  ],
  [
    'credential not applied yet',
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
    'issuer unreachable',
    saying('AADSTS501661: Request to External OIDC endpoint failed.'),
    'issuer-unreachable',
    /501661/,
    false,
  ],
  ['no such tenant', saying('AADSTS90002: Tenant not found'), 'tenant-mismatch', /AADSTS90002/, true],
  ['another refusal', saying('AADSTS500011: resource principal'), 'entra-refused', /AADSTS500011/, false],
  [
    'Entra unreachable',
    saying('could not be read (ENOTFOUND): getaddrinfo ENOTFOUND login.microsoftonline.com'),
    'entra-unreachable',
    /login\.microsoftonline\.com/,
    false,
  ],
  [
    'Entra unreachable, reported by MSAL',
    saying('could not be read (network_error): See https://aka.ms/msal.js.errors#network_error for details'),
    'entra-unreachable',
    /network_error/,
    false,
  ],
  [
    'vault of a different tenant than requested',
    saying('The current credential is not configured to acquire tokens for tenant 4ee2e558.'),
    'tenant-mismatch',
    /the vault trusts another tenant: .*4ee2e558/,
    true,
  ],
  [
    "vault of a different tenant than the identity's",
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
    'no role, without a code',
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
    /^Vault "wilab4521" has no secret "Secret"/,
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
    'different value',
    saying('Retrieving your secret from wilab4521.', 'Secret value: ***'),
    'other-value',
    /SHA-256 of the value is not secret-sha256/,
    false,
  ],
  [
    'crash unrelated to the chain',
    {
      pod: pod({ name: 'c', restartCount: 3, state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }),
      log: ['Segmentation fault'],
    },
    'container-crashed',
    /exit code 137 \(OOMKilled\)\. The kubelet restarted it 3 times.*Segmentation fault/,
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
    'volume driver refused',
    { pod: pod({}, { status: { phase: 'Pending' } }), events: ['MountVolume.SetUp failed: ForbiddenByRbac'] },
    'vault-role',
    /ForbiddenByRbac/,
    false,
  ],
  ['empty log', {}, 'no-answer', /\(none\)/, false],
  ['unrelated log', saying('Segmentation fault'), 'no-answer', /Segmentation fault/, false],
];

/** What only the state shows: the pod's log is empty. */
const byLooking: [what: string, state: Partial<WorkloadState>, link: Link, says: RegExp][] = [
  ['no credential', { credentials: [] }, 'federated-credential-missing', /has no federated credential\./],
  [
    'different issuer',
    { credentials: [{ ...credential, issuer: issuer.slice(0, -1) }] },
    'federated-issuer',
    /"wi-fed", differs in the issuer/,
  ],
  [
    'different subject',
    { credentials: [{ ...credential, subject: 'system:serviceaccount:other:wi-demo-sa' }] },
    'federated-subject',
    /differs in the subject/,
  ],
  [
    'different audience',
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
    'different tenant',
    { annotations: { clientId, tenantId: clientId } },
    'tenant-mismatch',
    new RegExp(`from tenant "${clientId}".*belongs to tenant "tenant"`),
  ],
  [
    'a vault of a different tenant',
    { vault: { ...vault, properties: { ...vault.properties, tenantId: 'elsewhere' } } },
    'vault-tenant',
    /trusts tenant "elsewhere"/,
  ],
  ['no role', { grants: [] }, 'vault-role', /no role on any vault/],
  [
    'a role that does not allow reading',
    { grants: [{ role: 'Key Vault Reader', scope: vault.id, readsSecrets: false }] },
    'vault-role',
    /"Key Vault Reader" on "vaults\/wilab4521"/,
  ],
  [
    'a role on another secret',
    { grants: [{ ...grant, scope: `${vault.id}/secrets/Secret2` }] },
    'vault-role',
    /vaults\/wilab4521\/secrets\/Secret2/,
  ],
  [
    'a role on a secret whose name is a prefix',
    { grants: [{ ...grant, scope: `${vault.id}/secrets/Sec` }] },
    'vault-role',
    /no role that allows it to read/,
  ],
  [
    'a policy for the identity through an application only',
    {
      vault: policyVault([
        { objectId: 'principal', applicationId: 'an app', permissions: { secrets: ['get'] } },
      ]),
    },
    'vault-access-policy',
    /no policy grants/,
  ],
  [
    'no policy',
    { vault: policyVault([]) },
    'vault-access-policy',
    /no policy grants the identity the secret permission "get"/,
  ],
  [
    'a policy that only lists',
    { vault: policyVault([{ objectId: 'principal', permissions: { secrets: ['list'] } }]) },
    'vault-access-policy',
    /access policies/,
  ],
  ['no secret', { secret: null }, 'secret-not-found', /no secret "Secret"/],
  ['disabled', { secret: { ...secret, enabled: false } }, 'secret-disabled', /is disabled/],
  ['expired', { secret: { ...secret, expires: now - 1 } }, 'secret-expired', /expired at 2027-01-15T/],
  [
    'not valid yet',
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

  it.each(byLooking)('finds without a log: %s', (_, state, link, says) => {
    const verdict = diagnose({ ...healthy, ...everything, ...state }, now);
    expect(verdict?.link).toBe(link);
    expect(verdict?.seen).toMatch(says);
  });

  it.each<[string, Partial<WorkloadState>]>([
    ['everything is intact', {}],
    [
      'the caller cannot read Azure',
      { identity: undefined, credentials: undefined, claims: undefined, vault: undefined },
    ],
    [
      'the resources are in another subscription',
      { identity: null, credentials: undefined, vault: null, grants: undefined },
    ],
    ['the tenant has a name', { annotations: { clientId, tenantId: 'contoso.onmicrosoft.com' } }],
    ['the issuer is unknown', { claims: { ...claims, issuer: undefined } }],
    ['a role has an unknown definition', { grants: [{ ...grant, readsSecrets: undefined }] }],
    ['the role is on the subscription', { grants: [{ ...grant, scope: '/subscriptions/s' }] }],
    [
      'a policy allows reading',
      { vault: policyVault([{ objectId: 'principal', permissions: { secrets: ['Get'] } }]) },
    ],
    ['an earlier refusal has passed', saying('AADSTS700213: …', 'Secret value: ***')],
    [
      'the program has network errors elsewhere',
      saying('connect ETIMEDOUT 10.0.0.5:6379', 'AccessDenied by S3', 'ENOTFOUND db'),
    ],
  ])('finds no broken link if %s', (_, state) => {
    expect(diagnose({ ...healthy, ...everything, ...state }, now)).toBeUndefined();
  });

  it('counts a restarted container as crashing until it has run for ten minutes', () => {
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
  ])('requires no annotation if the pod has its identity %s', (_, named) => {
    expect(diagnose({ ...healthy, pod: named, annotations: { clientId: '', tenantId: '' } })).toBeUndefined();
    expect(diagnose({ ...healthy, pod: named })).toBeUndefined();
  });

  it('skips links that a later refusal proves', () => {
    const log = ['could not be read (SecretDisabled): …'];
    expect(diagnose({ ...healthy, ...everything, log, credentials: [] })?.link).toBe('secret-disabled');
  });

  it('distinguishes a missing credential from one that Entra does not apply yet', () => {
    const log = ["AADSTS700213: No matching … for presented assertion subject 'x'."];
    const own = { ...healthy, ...everything, log: [log[0]!.replace("'x'", `'${subject}'`)] };
    const unseen = diagnose(own);
    expect(unseen).toMatchObject({ link: 'federated-credential-not-seen' });
    expect(unseen?.seen).toContain('"wi-fed"');
    expect(diagnose({ ...own, credentials: [] })?.link).toBe('federated-credential-missing');
  });

  const byPolicy = (secrets: string[]) =>
    policyVault([{ objectId: identity.principalId, permissions: { secrets } }]);

  it.each<[string, string, Partial<WorkloadState>, Partial<WorkloadState>]>([
    ['credential', 'AADSTS700213', {}, { credentials: [] }],
    ['issuer of a credential', 'AADSTS700211', {}, { credentials: [{ ...credential, issuer: 'other' }] }],
    ['role', 'ForbiddenByRbac', {}, { grants: [] }],
    ['policy', 'AccessDenied', { vault: byPolicy(['get']) }, { vault: byPolicy(['list']) }],
  ])('waits for an existing %s, but not for a missing one', (_, code, there, missing) => {
    const log = [`could not be read (${code}): …`];
    const state = { ...healthy, ...everything, log };
    expect(diagnose({ ...state, ...there })?.final).toBe(false);
    expect(diagnose({ ...state, ...missing })?.final).toBe(true);
    // What could not be read might exist.
    const unseen = { credentials: undefined, grants: undefined, vault: undefined };
    expect(diagnose({ ...state, ...unseen })?.final).toBe(false);
  });

  it('distinguishes a missing role from one that Azure does not apply yet', () => {
    const log = ['could not be read (ForbiddenByRbac): …'];
    expect(diagnose({ ...healthy, ...everything, log })?.seen).toContain(
      'although the identity has the role "Key Vault Secrets User" on "vaults/wilab4521/secrets/Secret"',
    );
  });

  it('reports the identity that the subscription has if Entra knows none', () => {
    const log = ['AADSTS700016: Application with identifier …'];
    expect(diagnose({ ...healthy, log, identity: null })?.seen).toContain('no managed identity with this');
    expect(diagnose({ ...healthy, log, identity })?.seen).toContain('as "wi-demo-identity"');
  });

  it('uses the last finding in the log', () => {
    const refused = 'Trying again in 1.0 s: (AADSTS700213): AADSTS700213: …';
    const shown = { ...healthy, ...saying(refused, 'Secret value: ***') };
    expect(diagnoseUnverified(shown).link).toBe('other-value');
    const again = { ...healthy, ...saying('Secret value: ***', refused, 'Retrieving …') };
    expect(diagnose(again)?.link).toBe('federated-subject');
  });

  it('reports the first broken link', () => {
    const late = saying('could not be read (ForbiddenByRbac)');
    expect(diagnose({ ...healthy, ...late, annotations: null })?.link).toBe('service-account-missing');
    expect(diagnose({ ...healthy, ...late, pod: unmutated({}) })?.link).toBe('pod-not-labelled');
  });

  it('compares the token with the most similar credential', () => {
    const log = [
      `AADSTS700211: No matching federated identity record found for presented assertion issuer '${issuer}'.`,
    ];
    const credentials = [{ ...credential, issuer: issuer.slice(0, -1) }];
    const verdict = diagnose({ ...healthy, log, credentials });
    expect(verdict).toMatchObject({ link: 'federated-issuer' });
    expect(verdict?.comparison).toBe(
      [
        `  token:      "${issuer}"`,
        `  credential: "${issuer.slice(0, -1)}"`,
        `              ${' '.repeat(issuer.length)}^ trailing slash`,
      ].join('\n'),
    );
  });

  it('distinguishes a missing secret from a missing role', () => {
    const log = ['could not be read (ForbiddenByRbac)'];
    expect(diagnose({ ...healthy, log, secret: null })?.link).toBe('secret-not-found');
    expect(diagnose({ ...healthy, log, secret })?.link).toBe('vault-role');
  });

  it('is not misled by a long message, or by 401 in an image digest', () => {
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

  it('quotes the reason, shortened', () => {
    const line = `Trying again in 13.6 s: secret Secret could not be read (ENOTFOUND): getaddrinfo ENOTFOUND v.vault.azure.net ${'x'.repeat(900)}`;
    const { seen } = diagnoseUnverified({ ...healthy, log: [line] });
    expect(seen).not.toContain('Trying again');
    expect(seen).toContain('(ENOTFOUND): getaddrinfo ENOTFOUND');
    expect(seen.length).toBeLessThan(600);
  });

  it('reports the other roles of the identity', () => {
    const log = ['could not be read (ForbiddenByRbac)'];
    const elsewhere = [{ ...grant, scope: `${vaults}/other` }];
    expect(diagnose({ ...healthy, log, grants: elsewhere })?.seen).toContain(
      '"Key Vault Secrets User" on "vaults/other", which is not "wilab4521"',
    );
    const here = [{ ...grant, scope: `${vaults}/WILAB4521/secrets/Other` }];
    expect(diagnose({ ...healthy, log, grants: here })?.seen).toContain('vaults/WILAB4521/secrets/Other".');
    expect(diagnose({ ...healthy, log, grants: [{ ...grant, scope: '/subscriptions/s' }] })?.seen).toContain(
      'no role on any vault',
    );
  });

  it('offers a command that trusts only what the cluster and Azure report', () => {
    const issuerInLog = 'https://attacker.example/';
    const log = [`AADSTS700211: … presented assertion issuer '${issuerInLog}'.`];
    const verdict = diagnose({ ...healthy, identity, log, claims: undefined });
    expect(verdict?.seen).toContain(issuerInLog);
    expect(verdict?.remedy).toContain(
      `az identity federated-credential create --name CREDENTIAL --identity-name wi-demo-identity --resource-group rg --issuer ISSUER_URL --subject ${subject} --audiences ${audience}`,
    );
    expect(verdict?.remedy).not.toContain('attacker');
  });

  it('replaces values that a shell would interpret in a command', () => {
    const target = { ...healthy.target, vaultName: 'kv;reboot', secretName: '$(reboot)' };
    const log = ['could not be read (SecretDisabled): …'];
    expect(diagnose({ ...healthy, target, log })?.remedy).toMatch(
      /--vault-name VAULT --name NAME --enabled true$/,
    );
  });
});
