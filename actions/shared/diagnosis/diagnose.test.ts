import { describe, expect, it } from 'vitest';
import { diagnose, type Facts, type Link, type Workload } from './diagnose.ts';
import type { ContainerStatus, Pod } from './pod.ts';

const clientId = 'b7c4ae2c-0000-4000-8000-000000000001';
const subject = 'system:serviceaccount:default:wi-demo-sa';

const inputs: Workload = {
  namespace: 'default',
  serviceAccount: 'wi-demo-sa',
  podName: 'wi-kv-test',
  image: `wilab4521.azurecr.io/wi-kv-test@sha256:${'ab'.repeat(32)}`,
  vaultName: 'wilab4521',
  secretName: 'Secret',
};

const wanted: Pod = {
  metadata: { name: inputs.podName, labels: { 'azure.workload.identity/use': 'true' } },
  spec: {
    serviceAccountName: inputs.serviceAccount,
    containers: [{ name: 'c', image: inputs.image, env: [] }],
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

const healthy: Facts = { inputs, clientId, pod: pod(), log: [] };
const saying = (...log: string[]): Partial<Facts> => ({ log });
const waiting = (reason: string, message = ''): Partial<Facts> => ({
  pod: pod({ state: { waiting: { reason, message } } }),
});
const credential = {
  identity: 'wi-demo-identity',
  name: 'wi-fed',
  audiences: ['api://AzureADTokenExchange'],
};
const issuer = 'https://eastus.oic.prod-aks.azure.com/t/g/';
const vaults = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults';

const pull401 =
  'Failed to pull image: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://wilab4521.azurecr.io/oauth2/token: 401 Unauthorized';
const pullMissing =
  'Failed to pull image: [rpc error: code = NotFound desc = failed to pull and unpack image: not found, failed to fetch anonymous token: 401 Unauthorized]';

/** Each broken link: what is known, what the verdict must name, and what it must say. */
const table: [what: string, facts: Partial<Facts>, link: Link, says: RegExp, final: boolean][] = [
  [
    'no service account',
    { clientId: null, pod: undefined },
    'service-account-missing',
    /no service account default\/wi-demo-sa/,
    true,
  ],
  ['no annotation', { clientId: '', pod: undefined }, 'service-account-not-annotated', /client-id/, true],
  ['pod deleted', { pod: undefined }, 'pod-gone', /default\/wi-kv-test is gone/, true],
  [
    'pod without label',
    { pod: unmutated({}) },
    'pod-not-mutated',
    /lacks the label azure.workload.identity\/use/,
    true,
  ],
  [
    'pod with another label',
    { pod: unmutated({ 'azure.workload.identity/use': 'True' }) },
    'pod-not-mutated',
    /lacks the label/,
    true,
  ],
  [
    'no webhook',
    { pod: unmutated({ 'azure.workload.identity/use': 'true' }) },
    'pod-not-mutated',
    /webhook is missing/,
    true,
  ],
  ['annotation changed since', { clientId: 'other' }, 'pod-of-another-identity', new RegExp(clientId), true],
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
  ['another refusal', saying('AADSTS90002: Tenant not found'), 'entra-refused', /AADSTS90002/, false],
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
    'pod-not-mutated',
    /no token/,
    true,
  ],
  [
    'another value',
    saying('Retrieving your secret from wilab4521.', 'Secret value: ***'),
    'other-value',
    /not the one whose SHA-256/,
    false,
  ],
  ['silence', {}, 'no-answer', /\(none\)/, false],
  ['nonsense', saying('Segmentation fault'), 'no-answer', /Segmentation fault/, false],
];

describe('diagnose', () => {
  it.each(table)('%s', (_, facts, link, says, final) => {
    const verdict = diagnose({ ...healthy, ...facts });
    expect(verdict.link).toBe(link);
    expect(verdict.seen).toMatch(says);
    expect(verdict.final).toBe(final);
    expect(verdict.remedy.length).toBeGreaterThan(20);
  });

  it('judges by what was seen last', () => {
    const refused = 'Trying again in 1.0 s: (AADSTS700213): AADSTS700213: …';
    expect(diagnose({ ...healthy, ...saying(refused, 'Secret value: ***') }).link).toBe('other-value');
    expect(diagnose({ ...healthy, ...saying('Secret value: ***', refused, 'Retrieving …') }).link).toBe(
      'federated-subject',
    );
  });

  it('names the first broken link, not a later one', () => {
    const late = saying('could not be read (ForbiddenByRbac)');
    expect(diagnose({ ...healthy, ...late, clientId: null }).link).toBe('service-account-missing');
    expect(diagnose({ ...healthy, ...late, pod: unmutated({}) }).link).toBe('pod-not-mutated');
  });

  it('shows what the credentials say instead', () => {
    const log = [
      `AADSTS700211: No matching federated identity record found for presented assertion issuer '${issuer}'.`,
    ];
    const credentials = [{ ...credential, issuer: issuer.slice(0, -1), subject }];
    expect(diagnose({ ...healthy, log, credentials }).seen).toContain(`wi-fed has '${issuer.slice(0, -1)}'`);
    expect(diagnose({ ...healthy, log, credentials: [] }).seen).toContain('no federated credential at all');
  });

  it('tells a secret that is not there from a role that is missing', () => {
    const log = ['could not be read (ForbiddenByRbac)'];
    expect(diagnose({ ...healthy, log, secretExists: false }).link).toBe('secret-not-found');
    expect(diagnose({ ...healthy, log, secretExists: true }).link).toBe('vault-role');
  });

  it('is misled neither by a long message nor by an image whose digest holds 401', () => {
    const long = `failed to pull and unpack image "${inputs.image}": ${'x'.repeat(900)}: `;
    const denied = diagnose({ ...healthy, ...waiting('ImagePullBackOff', `${long}401 Unauthorized`) });
    expect(denied.link).toBe('image-pull-denied');
    expect(denied.seen).toContain('401 Unauthorized');
    expect(denied.seen.length).toBeLessThan(800);
    const timeout = waiting(
      'ErrImagePull',
      'failed to pull image "r.azurecr.io/x@sha256:a401b403": i/o timeout',
    );
    expect(diagnose({ ...healthy, ...timeout }).link).toBe('image-pull-failed');
  });

  it("gives the reason in the service's words, and not too many of them", () => {
    const line = `Trying again in 13.6 s: secret Secret could not be read (ENOTFOUND): getaddrinfo ENOTFOUND ${'x'.repeat(900)}`;
    const { seen } = diagnose({ ...healthy, log: [line] });
    expect(seen).not.toContain('Trying again');
    expect(seen).toContain('(ENOTFOUND): getaddrinfo ENOTFOUND');
    expect(seen.length).toBeLessThan(600);
  });

  it('shows where the identity has a role instead', () => {
    const log = ['could not be read (ForbiddenByRbac)'];
    const elsewhere = [{ role: 'Key Vault Secrets User', scope: `${vaults}/other` }];
    expect(diagnose({ ...healthy, log, grants: elsewhere }).seen).toContain(
      'Key Vault Secrets User on vaults/other, which is not wilab4521',
    );
    const here = [{ role: 'Key Vault Secrets User', scope: `${vaults}/WILAB4521/secrets/Other` }];
    expect(diagnose({ ...healthy, log, grants: here }).seen).toContain('vaults/WILAB4521/secrets/Other.');
    expect(
      diagnose({ ...healthy, log, grants: [{ role: 'Reader', scope: '/subscriptions/s' }] }).seen,
    ).toContain('no role on any vault');
  });
});
