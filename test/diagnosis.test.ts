import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { makeCaller } from './support/caller.ts';
import { Chain, type StepEnded, type Watch } from './support/chain.ts';
import { linksInCode } from './support/links.ts';
import { grantAsOwner } from './support/owner.ts';

const name = 'wilabdiagnosis';
const group = { 'resource-group': 'wilab-diagnosis', location: 'eastus' };
const rg = ['--resource-group', group['resource-group']];
const namespace = 'team';
const audience = 'api://AzureADTokenExchange';

let chain: Chain;
let kubeconfig: string;
let image: string;
let issuer: string;
/** SHA-256 of the value in the vault. */
let sha256: string;

const kubectl = (...args: string[]) => chain.kubectl(kubeconfig, args);
const apply = (...objects: object[]) =>
  chain.kubectl(
    kubeconfig,
    ['apply', '--filename', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );

interface Fault {
  account?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  image?: string;
  vault?: string;
  secret?: string;
  env?: readonly object[];
  /** Replaces the client. */
  script?: string;
  nodeSelector?: Record<string, string>;
}

const template = (changes: Fault) => ({
  metadata: {
    labels: changes.labels ?? { 'azure.workload.identity/use': 'true' },
    annotations: changes.annotations ?? {},
  },
  spec: {
    serviceAccountName: changes.account ?? 'reader',
    terminationGracePeriodSeconds: 0,
    ...(changes.nodeSelector && { nodeSelector: changes.nodeSelector }),
    containers: [
      {
        name: 'client',
        image: changes.image ?? image,
        env: [
          { name: 'KEY_VAULT_NAME', value: changes.vault ?? name },
          { name: 'SECRET_NAME', value: changes.secret ?? 'Secret' },
          ...(changes.env ?? []),
        ],
        ...(changes.script && { command: ['/usr/bin/node', '--eval', changes.script] }),
      },
    ],
  },
});

const pod = (podName: string, changes: Fault = {}) => {
  const { metadata, spec } = template(changes);
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { ...metadata, name: podName, namespace },
    spec: { ...spec, restartPolicy: 'Never' },
  };
};

const deployment = (deploymentName: string, changes: Fault = {}) => {
  const labels = { app: deploymentName, 'azure.workload.identity/use': 'true' };
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
    metadata: { name: deploymentName, namespace },
    spec: { selector: { matchLabels: { app: deploymentName } }, template: template({ ...changes, labels }) },
  };
};

const inNamespace = (other: string, object: { metadata: object }) => ({
  ...object,
  metadata: { ...object.metadata, namespace: other },
});

const account = (accountName: string, clientId?: string, tenantId?: string) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: {
    ...{ name: accountName, namespace },
    annotations: {
      ...(clientId && { 'azure.workload.identity/client-id': clientId }),
      ...(tenantId && { 'azure.workload.identity/tenant-id': tenantId }),
    },
  },
});

interface Identity {
  clientId: string;
  principalId: string;
}

interface Trusted {
  issuer?: string;
  subject?: string;
  audience?: string;
}

/** The default is a correct credential for the service account of the same name. */
async function identity(identityName: string, credential: Trusted | 'none' = {}): Promise<Identity> {
  const made = await chain.az('identity', 'create', '--name', identityName, ...rg);
  if (credential !== 'none') await federate(identityName, credential);
  return made;
}

async function federate(identityName: string, credential: Trusted = {}): Promise<void> {
  await chain.az(
    ...[
      'identity',
      'federated-credential',
      'create',
      '--name',
      'wi-fed',
      '--identity-name',
      identityName,
      ...rg,
    ],
    ...['--issuer', credential.issuer ?? issuer, '--audiences', credential.audience ?? audience],
    ...['--subject', credential.subject ?? `system:serviceaccount:${namespace}:${identityName}`],
  );
}

/** Until clearFaults(). */
const fault = (asked: object) =>
  control(chain.emulator.facts, 'POST /control/faults', { ...asked, times: 1e6 });
const clearFaults = () => control(chain.emulator.facts, 'DELETE /control/faults');

const vaultId = (vault: string) =>
  `/subscriptions/${chain.emulator.facts.subscriptionId}/resourceGroups/${group['resource-group']}/providers/Microsoft.KeyVault/vaults/${vault}`;

const grant = (principalId: string, scope: string) =>
  chain.az(
    ...['role', 'assignment', 'create', '--role', 'Key Vault Secrets User', '--scope', scope],
    ...['--assignee-object-id', principalId, '--assignee-principal-type', 'ServicePrincipal'],
  );

const secret = (secretName: string, ...options: string[]) =>
  chain.az(
    ...['keyvault', 'secret', 'set', '--vault-name', name, '--name', secretName],
    ...['--value', 'a value that nobody needs', ...options],
  );

interface Verdict {
  workload: string;
  pod: string;
  state: string;
  link: string;
  seen: string;
  unseen: string[];
}

/** By pod, or by workload if it has no pod. */
function verdictsOf(step: StepEnded): Record<string, Verdict> {
  const verdicts: Verdict[] = JSON.parse(step.outputs.verdicts ?? '[]');
  return Object.fromEntries(verdicts.map(verdict => [verdict.pod || verdict.workload, verdict]));
}

const links = (verdicts: Record<string, Verdict>) =>
  Object.fromEntries(Object.entries(verdicts).map(([key, { state, link }]) => [key, link || state]));

const diagnose = (inputs: Record<string, string> = {}, environment: Record<string, string> = {}) =>
  chain.run(
    'diagnose-workload',
    { 'retry-minutes': '0', ...inputs },
    { KUBECONFIG: kubeconfig, ...environment },
  );

const expected: Record<string, string> = {
  healthy: 'works',
  'image-missing': 'image-not-found',
  'pull-denied': 'image-pull-denied',
  'pull-failed': 'image-pull-failed',
  'no-label': 'pod-not-labelled',
  skipped: 'pod-not-mutated',
  'no-account': 'service-account-missing',
  bare: 'service-account-not-annotated',
  moved: 'pod-of-another-identity',
  'no-node': 'pod-not-scheduled',
  'no-config': 'container-not-started',
  crash: 'container-crashed',
  foreign: 'client-not-configured',
  'python-refused': 'vault-role',
  untrusted: 'federated-credential-missing',
  subject: 'federated-subject',
  issuer: 'federated-issuer',
  audience: 'federated-audience',
  late: 'federated-credential-not-seen',
  deleted: 'identity-unknown',
  tenant: 'tenant-mismatch',
  roleless: 'vault-role',
  elsewhere: 'vault-role',
  policy: 'vault-access-policy',
  'no-vault': 'vault-unknown',
  firewall: 'vault-network',
  'other-tenant': 'vault-tenant',
  'no-secret': 'secret-not-found',
  disabled: 'secret-disabled',
  // Only a program that checks the time fails.
  'expired-read': 'works',
  expired: 'secret-expired',
  early: 'secret-not-yet-valid',
  [`${namespace}/nobody`]: 'service-account-missing',
  [`${namespace}/idle`]: 'not in use',
  'strict/reader': 'pod-not-created',
};

/** In Entra's words. */
const refusal = (code: number, message: string): object => ({
  ...{ host: 'login.microsoftonline.com', pathPattern: '/oauth2/v2.0/token', status: 401 },
  body: {
    error: 'invalid_client',
    error_description: `AADSTS${code}: ${message} Trace ID: ${randomUUID()} Correlation ID: ${randomUUID()} Timestamp: 2026-01-01 00:00:00Z`,
    error_codes: [code],
  },
});

/** By the link that they break. */
const faults: Record<string, object> = {
  'issuer-unreachable': { host: '*.oic.prod-aks.azure.com', status: 503 },
  'token-expired': refusal(
    700024,
    'Client assertion is not within its valid time range. Current time: 2026-01-01T02:00:00.0000000Z, assertion valid from 2026-01-01T00:00:00.0000000Z, expiry time of assertion 2026-01-01T01:00:00.0000000Z.',
  ),
  'entra-refused': refusal(
    53003,
    'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  ),
  'entra-unreachable': {
    ...{ host: 'login.microsoftonline.com', pathPattern: '/oauth2/v2.0/token' },
    reset: true,
  },
};

/** Only deploy-workload reports these: it watches the pod, and knows the digest of the secret. */
const watched = ['pod-gone', 'other-value', 'no-answer'];

let step: StepEnded;
let verdicts: Record<string, Verdict>;

beforeAll(async () => {
  chain = await Chain.start();
  const created = chain.succeed('create-cluster', {
    ...group,
    'cluster-name': 'wilab',
    'registry-name': name,
  });
  // Awaited below. The first failure is the one to report.
  created.catch(() => {});
  const built = await chain.succeed('build-image', { ...group, 'registry-name': name });
  image = built.outputs.image!;
  const { outputs } = await created;
  kubeconfig = outputs.kubeconfig!;
  issuer = outputs['oidc-issuer-url']!;

  const { tenantId } = chain.emulator.facts;
  const walled =
    'Client address is not authorized and caller is not a trusted service.\r\nClient address: 20.0.0.1';
  await fault({
    ...{ host: `${name}.vault.azure.net`, pathPattern: '^/secrets/Walled/', status: 403 },
    body: { error: { code: 'Forbidden', message: walled, innererror: { code: 'ForbiddenByFirewall' } } },
  });
  await fault({
    ...{ host: `${name}.vault.azure.net`, pathPattern: '^/secrets/Tenant/', status: 401 },
    headers: {
      'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="https://vault.azure.net"`,
    },
    body: {
      error: { code: 'Unauthorized', message: 'AKV10032: Invalid issuer. Expected one of another tenant.' },
    },
  });
  await fault({ host: `${name}.azurecr.io`, pathPattern: '^/v2/throttled/', status: 429 });

  const [reader, untrusted, subject, other, listener, late, deleted, roleless, elsewhere] = await Promise.all(
    [
      identity('reader').then(async made => {
        const principal = { 'principal-id': made.principalId };
        const { outputs } = await chain.succeed('setup-vault', {
          ...group,
          'vault-name': name,
          ...principal,
        });
        sha256 = outputs['secret-sha256']!;
        return made;
      }),
      identity('untrusted', 'none'),
      identity('subject', { subject: 'system:serviceaccount:other:subject' }),
      identity('issuer', { issuer: issuer.replace(/\/$/, '') }),
      identity('audience', { audience: 'api://other' }),
      identity('late', 'none'),
      identity('deleted', 'none').then(async made => {
        await chain.az('identity', 'delete', '--name', 'deleted', ...rg);
        return made;
      }),
      identity('roleless'),
      identity('elsewhere'),
      chain.az(
        ...['keyvault', 'create', '--name', `${name}p`, ...rg, '--location', 'eastus'],
        ...['--enable-rbac-authorization', 'false'],
      ),
      chain.az('acr', 'create', '--name', `${name}x`, ...rg, '--sku', 'Standard'),
      kubectl('create', 'namespace', namespace),
      apply({
        ...{ apiVersion: 'v1', kind: 'Namespace' },
        metadata: { name: 'strict', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      }),
    ],
  );
  // setup-vault assigned the deployer a role on only one secret.
  const deployer = ['--name', 'lab-deployer', '--resource-group', 'lab-trust', '--query', 'principalId'];
  await grantAsOwner(chain, {
    role: 'Key Vault Secrets Officer',
    principalId: await chain.az('identity', 'show', ...deployer),
    scope: vaultId(name),
  });
  await vi.waitFor(() => secret('Disabled', '--disabled', 'true'), { timeout: 60_000, interval: 1000 });
  await Promise.all([
    grant(reader.principalId, vaultId(name)),
    grant(elsewhere.principalId, `${vaultId(name)}/secrets/Other`),
    secret('Expired', '--expires', '2020-01-01T00:00:00Z'),
    secret('Early', '--not-before', '2099-01-01T00:00:00Z'),
  ]);

  await apply(
    account('reader', reader.clientId),
    account('gone', reader.clientId),
    account('bare'),
    account('moved', reader.clientId),
    account('untrusted', untrusted.clientId),
    account('subject', subject.clientId),
    account('issuer', other.clientId),
    account('audience', listener.clientId),
    account('late', late.clientId),
    account('tenant', reader.clientId, randomUUID()),
    account('deleted', deleted.clientId),
    account('roleless', roleless.clientId),
    account('elsewhere', elsewhere.clientId),
    account('idle', reader.clientId),
    inNamespace('strict', account('reader', reader.clientId)),
  );
  const silent = 'setInterval(() => {}, 1000)';
  const prints = (text: string) => `console.log(${JSON.stringify(text)}); ${silent}`;
  await apply(
    pod('healthy'),
    pod('image-missing', { image: `${name}.azurecr.io/wi-kv-test:never-built` }),
    pod('pull-denied', { image: `${name}x.azurecr.io/app:1` }),
    pod('pull-failed', { image: `${name}.azurecr.io/throttled/app:1` }),
    pod('no-label', { labels: {}, script: silent }),
    pod('skipped', { annotations: { 'azure.workload.identity/skip-containers': 'client' }, script: silent }),
    pod('no-account', { account: 'gone', script: silent }),
    pod('bare', { account: 'bare' }),
    pod('moved', { account: 'moved', script: silent }),
    pod('no-node', { nodeSelector: { 'kubernetes.io/os': 'windows' } }),
    pod('no-config', {
      env: [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'nowhere', key: 'level' } } }],
    }),
    pod('crash', { script: "console.log('no such table: \\u001b[31m::error::planets'); process.exit(3)" }),
    pod('foreign', {
      script: prints(
        'azure.identity._exceptions.CredentialUnavailableError: ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.',
      ),
    }),
    pod('python-refused', {
      account: 'roleless',
      script: prints(
        `azure.core.exceptions.HttpResponseError: (Forbidden) Caller is not authorized to perform action on resource. password=hunter2hunter2`,
      ),
    }),
    ...['untrusted', 'subject', 'issuer', 'audience', 'tenant', 'deleted', 'roleless', 'elsewhere'].map(
      each => pod(each, { account: each }),
    ),
    pod('late', { account: 'late', env: [{ name: 'RETRY_SECONDS', value: '0' }] }),
    pod('policy', { vault: `${name}p` }),
    pod('no-vault', { vault: 'wilabnowhere' }),
    pod('firewall', { secret: 'Walled' }),
    pod('other-tenant', { secret: 'Tenant' }),
    pod('no-secret', { secret: 'Nothing' }),
    pod('disabled', { secret: 'Disabled' }),
    pod('expired-read', { secret: 'Expired' }),
    pod('expired', { secret: 'Expired', script: silent }),
    pod('early', { secret: 'Early', script: silent }),
    deployment('nobody', { account: 'nobody' }),
    inNamespace('strict', deployment('lax')),
  );
  await kubectl('delete', 'serviceaccount', 'gone', '--namespace', namespace);
  await apply(account('moved', randomUUID()));
  await settled();
  await federate('late');
  step = await diagnose();
  verdicts = verdictsOf(step);
});
afterAll(() => chain?.stop());

async function settled(): Promise<void> {
  const says = async (podName: string) => {
    const { output } = await chain.start('kubectl', [
      ...['--kubeconfig', kubeconfig, 'logs', podName, '--namespace', namespace],
    ]);
    return /could not be read|Secret value: |table|Credential|Forbidden/.test(output);
  };
  const speaking = Object.keys(expected).filter(
    each =>
      !/image|pull|no-label|skipped|no-account|bare|moved|no-node|no-config|^expired$|early|\//.test(each),
  );
  const patience = { timeout: 120_000, interval: 500 };
  for (const each of speaking)
    await vi.waitFor(async () => expect(await says(each), each).toBe(true), patience);
  const waits = async () => {
    const { items } = JSON.parse(await kubectl('get', 'pods', '--namespace', namespace, '--output', 'json'));
    const reasons = JSON.stringify(items.map((each: { status: object }) => each.status));
    const expectedReasons = ['ImagePullBackOff', 'Unschedulable', 'CreateContainerConfigError'];
    return expectedReasons.every(reason => reasons.includes(reason));
  };
  await vi.waitFor(async () => expect(await waits()).toBe(true), patience);
}

const seen = (key: string) => verdicts[key]?.seen ?? '';

describe('diagnose-workload reports the broken link of each workload', () => {
  test('in one run', () => {
    expect(links(verdicts)).toEqual(expected);
    const broken = Object.values(expected).filter(link => !['works', 'not in use'].includes(link));
    expect(step.outputs.broken).toBe(String(broken.length));
    expect(step.exitCode).toBe(1);
  });

  test('with a comparison that marks the first difference', () => {
    const token = `  token:      "system:serviceaccount:${namespace}:subject"`;
    const credential = '  credential: "system:serviceaccount:other:subject"';
    const mark = `${' '.repeat('  token:      "system:serviceaccount:'.length)}^ different namespace`;
    expect(seen('subject')).toContain(['', token, credential, mark].join('\n'));
    const slash = `${' '.repeat('  token:      "'.length + issuer.length - 1)}^ trailing slash`;
    expect(seen('issuer')).toContain(
      `  token:      "${issuer}"\n  credential: "${issuer.slice(0, -1)}"\n${slash}`,
    );
    expect(seen('audience')).toContain(`  token:      "${audience}"\n  credential: "api://other"\n`);
  });

  test('with the messages of the services', () => {
    expect(seen('deleted')).toMatch(/AADSTS7000(16|38)/);
    expect(seen('untrusted')).toMatch(/has no federated credential \(AADSTS70021/);
    expect(seen('elsewhere')).toContain(`"Key Vault Secrets User" on "vaults/${name}/secrets/Other"`);
    expect(seen('policy')).toContain('(AccessDenied)');
    expect(seen('pull-denied')).toContain('401');
    expect(seen('no-node')).toContain('node affinity/selector');
    expect(seen('crash')).toMatch(/exit code 3.*no such table/);
    expect(seen('expired-read')).toContain('expired at 2020-01-01');
    expect(seen('early')).toContain('not valid before 2099-01-01');
  });

  test('in the summary, with the trust chain', () => {
    expect(step.summary).toMatch(
      /\[federated-issuer\]\(https:\S+\/docs\/troubleshooting\.md#federated-issuer\)/,
    );
    expect(step.summary).toMatch(/\| \*\*broken\*\* \| \[vault-role\]/);
    expect(step.summary).toMatch(/```mermaid\nflowchart LR/);
    expect(step.summary).toMatch(/Managed identity: reader<br\/>client ID: [0-9a-f-]{36}/);
    expect(step.summary).toMatch(/role: Key Vault Secrets User<br\/>on vaults\/wilabdiagnosis/);
    expect(step.summary).toMatch(/Secret: Secret<br\/>version: [0-9a-f]{32}/);
  });

  test('with the evidence in groups, without workflow commands and secrets', () => {
    const shown = step.output.replace(/^::add-mask::.*$/gm, '');
    expect(shown).toMatch(/^::group::Pod team\/issuer$/m);
    expect(shown).toMatch(/^::group::Last log lines of team\/crash$/m);
    expect(shown).toMatch(/^\| no such table: ::error::planets$/m);
    expect(shown).toContain('password=***');
    expect(shown + step.summary + JSON.stringify(step.outputs)).not.toMatch(
      /eyJ|hunter2|a value that nobody/,
    );
  });
});

describe('diagnose-workload changes nothing', () => {
  const state = async () => {
    const kinds = 'pods,serviceaccounts,deployments,configmaps,secrets';
    const text = await kubectl('get', kinds, '--namespace', namespace, '--output', 'json');
    const { items } = JSON.parse(text) as { items: { metadata: { name: string; uid: string } }[] };
    return items.map(({ metadata }) => `${metadata.name} ${metadata.uid}`);
  };

  test('and works with kubectl alone', async () => {
    const before = await state();
    const nobody = join(chain.directory, 'not-logged-in');
    mkdirSync(nobody);
    const azless = await diagnose({ 'fail-on-broken': 'false' }, { AZURE_CONFIG_DIR: nobody });
    expect(azless.exitCode).toBe(0);
    expect(await state()).toEqual(before);

    const without = verdictsOf(azless);
    expect(links(without)).toEqual({
      ...expected,
      // Only Azure shows these; the log does not, or reports less.
      untrusted: 'federated-issuer',
      late: 'federated-issuer',
      expired: 'no fault found',
      early: 'no fault found',
    });
    expect(without.issuer?.seen).toContain(issuer);
    expect(without.early?.unseen).toEqual(['Azure (az is not logged in)']);
    expect(azless.output).toMatch(/^::warning::team\/issuer \(pod issuer\): broken at federated-issuer: /m);
  });

  test("and needs only the role Reader on the lab's resource group", async () => {
    const scope = vaultId(name).replace(/\/providers\/.*/, '');
    const caller = await makeCaller(chain, {
      ...{ name: 'onlooker', resourceGroup: group['resource-group'] },
      roles: { [scope]: 'Reader' },
    });
    const ended = await diagnose(caller.inputs, caller.environment);
    expect(links(verdictsOf(ended))).toEqual(expected);
  });

  test('checks only listed workloads, even without a pod', async () => {
    const named = await diagnose({ workloads: `${namespace}/idle` });
    expect(links(verdictsOf(named))).toEqual({ [`${namespace}/idle`]: 'federated-subject' });
    expect(named.output).toMatch(
      /^::error::diagnose-workload: federated-subject: .*different service account/m,
    );
  });
});

describe('deploy-workload reports the broken link', () => {
  const deploy = (podName: string, inputs: Record<string, string> = {}, watch?: Watch) =>
    chain.run(
      'deploy-workload',
      {
        ...{ kubeconfig, namespace, image, name: podName, 'service-account': 'reader' },
        ...{ 'vault-name': name, 'secret-sha256': sha256, 'timeout-seconds': '15', ...inputs },
      },
      {},
      watch,
    );

  /** Checks the annotation, the summary, and the outputs. */
  function expectVerdict({ output, summary, outputs, exitCode }: StepEnded, link: string): void {
    const error = /^::error::(.*)$/m.exec(output)?.[1] ?? output;
    const [, remedy = ''] =
      new RegExp(
        `^deploy-workload: ${link}: .*%0AWhat to do: (.*)%0Ahttps://\\S+/docs/troubleshooting\\.md#${link}$`,
      ).exec(error) ?? [];
    expect(remedy.length, error).toBeGreaterThan(20);
    const shown = summary.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    expect(shown).toContain(`<pre>${link}: `);
    expect(shown).toContain(`/docs/troubleshooting.md#${link}</pre>`);
    expect(outputs).toMatchObject({ verdict: link, diagnosis: expect.any(String) });
    expect(outputs.verified).toBeUndefined();
    expect(exitCode).toBe(1);
  }

  test.each(Object.entries(faults))('%s, during the fault', async (link, asked) => {
    await fault(asked);
    try {
      const ended = await deploy(link);
      expectVerdict(ended, link);
      expect(ended.output).toMatch(new RegExp(`^::group::Pod ${namespace}/${link}$`, 'm'));
      expect(ended.output).toMatch(new RegExp(`^::group::Events of ${namespace}/${link}$`, 'm'));
      expect(ended.output).toMatch(new RegExp(`^::group::Last log lines of ${namespace}/${link}$`, 'm'));
    } finally {
      await clearFaults();
    }
  });

  test.concurrent('pod-gone, for a pod that is deleted during the step', async () => {
    let gone: Promise<unknown> | undefined;
    const ended = await deploy('pod-gone', { 'service-account': 'roleless' }, (child, output) => {
      child.stdout?.on('data', () => {
        // Before the step knows that the refusal is final.
        if (output().includes(`Pod ${namespace}/pod-gone: created`))
          gone ??= kubectl('delete', 'pod', 'pod-gone', '--namespace', namespace);
      });
    });
    await gone;
    expectVerdict(ended, 'pod-gone');
  });

  test.concurrent('other-value, for a secret with a later version', async () => {
    const ended = await deploy('other-value', { 'secret-sha256': '0'.repeat(64) });
    expectVerdict(ended, 'other-value');
  });

  test.concurrent('no-answer, for a client that prints nothing', async () => {
    await chain.succeed('deploy-workload', {
      ...{ kubeconfig, namespace, image, name: 'answers', 'service-account': 'reader' },
      ...{ 'vault-name': name, 'secret-sha256': sha256 },
    });
    const text = await kubectl('get', 'pod', 'answers', '--namespace', namespace, '--output', 'json');
    const { metadata, spec } = JSON.parse(text);
    const { labels, annotations } = metadata;
    const command = ['/usr/bin/node', '--eval', 'setInterval(() => {}, 1000)'];
    await apply({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { labels, annotations, namespace, name: 'no-answer' },
      spec: { ...spec, nodeName: undefined, containers: [{ ...spec.containers[0], command }] },
    });
    expectVerdict(await deploy('no-answer'), 'no-answer');
  });
});

test('every link of the code has a test here', () => {
  const met = [...Object.values(expected), ...Object.keys(faults), ...watched, 'webhook-missing'];
  expect(linksInCode().filter(link => !met.includes(link))).toEqual([]);
});

describe('a cluster without the webhook', () => {
  test('is distinguished from a pod without the label', async () => {
    await chain.az('aks', 'update', '--name', 'wilab', ...rg, '--disable-workload-identity');
    await kubectl('create', 'namespace', 'later');
    await apply(
      inNamespace('later', account('reader', randomUUID())),
      inNamespace('later', pod('unmutated', { script: 'setInterval(() => {}, 1000)' })),
    );
    const ended = await diagnose({ namespace: 'later' });
    expect(links(verdictsOf(ended))).toEqual({ unmutated: 'webhook-missing' });
    expect(/^::error::(.*)$/m.exec(ended.output)?.[1]).toMatch(
      /^diagnose-workload: webhook-missing: .*pod "later\/unmutated".*What to do: Enable workload identity .*#webhook-missing$/,
    );
  });
});
