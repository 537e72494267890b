import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabCopy } from './support/lab-copy.ts';
import { usePlainAz } from './support/plain-az.ts';

usePlainAz();

// The walkthrough's commands in `npm run lab -- shell`, with the unmodified az and kubectl.

let lab: LabCopy;
beforeAll(() => {
  lab = new LabCopy();
});
afterAll(() => lab.remove());

/** Standard output by the name above it. */
function sections(stdout: string): Map<string, string> {
  const parts = stdout.split(/^== (.+)\n/m).slice(1);
  return new Map(parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1]!.trim()]] : [])));
}

describe('the whole walkthrough', () => {
  const printed = new Map<string, string>();
  let uniqueId: string;

  function text(name: string): string {
    const found = printed.get(name);
    if (found === undefined) throw new Error(`The walkthrough has no command '${name}'.`);
    return found;
  }
  // biome-ignore lint/suspicious/noExplicitAny: az's answers have as many shapes as it has commands
  const json = (name: string): any => JSON.parse(text(name));

  beforeAll(async () => {
    const { exitCode, output, stdout } = await lab.run(
      ...['shell', '--', 'bash', '-e', 'test/walkthrough/commands.sh'],
    );
    expect(exitCode, output).toBe(0);
    for (const [name, part] of sections(stdout)) printed.set(name, part);
    uniqueId = text('unique id');
  });

  test('resource group', () => {
    expect(json('group create')).toMatchObject({
      name: 'WorkloadIdentityRG',
      location: 'eastus',
      properties: { provisioningState: 'Succeeded' },
    });
  });

  test('cluster with OIDC issuer, workload identity, and its own SSH key', () => {
    const cluster = json('aks create');
    expect(cluster).toMatchObject({
      name: 'wilab',
      provisioningState: 'Succeeded',
      oidcIssuerProfile: { enabled: true },
      securityProfile: { workloadIdentity: { enabled: true } },
      agentPoolProfiles: [{ count: 1 }],
    });
    expect(cluster.linuxProfile.ssh.publicKeys[0].keyData).toMatch(/^ssh-rsa /);
    expect(text('issuer')).toBe(cluster.oidcIssuerProfile.issuerUrl);
    expect(text('issuer')).toMatch(
      /^https:\/\/eastus\.oic\.prod-aks\.azure\.com\/[0-9a-f-]{36}\/[0-9a-f-]{36}\/$/,
    );
    expect(text('get nodes')).toMatch(/^aks-nodepool1-\S+ +Ready /m);
  });

  test('identity, service account, and federated credential', () => {
    const identity = json('identity create');
    expect(text('identity show')).toBe(identity.clientId);
    expect(text('apply service account')).toBe('serviceaccount/wi-demo-sa created');
    expect(json('federated-credential create')).toMatchObject({
      name: 'wi-demo-federated-id',
      issuer: text('issuer'),
      subject: 'system:serviceaccount:default:wi-demo-sa',
      audiences: ['api://AzureADTokenExchange'],
    });
  });

  test('vault with access policies for the creator and the identity', () => {
    const user = text('signed-in user');
    const everything = { certificates: ['all'], keys: ['all'], secrets: ['all'], storage: ['all'] };
    expect(json('keyvault create').properties).toMatchObject({
      enableRbacAuthorization: false,
      vaultUri: `https://${uniqueId}.vault.azure.net/`,
      accessPolicies: [{ objectId: user, permissions: everything }],
    });
    expect(json('set-policy for the user').properties.accessPolicies).toMatchObject([
      { objectId: user, permissions: { ...everything, certificates: ['get'] } },
    ]);
    expect(json('secret set')).toMatchObject({
      name: 'Secret',
      value: 'Hello',
      attributes: { enabled: true },
    });
    // --spn is the application ID; the policy has the object ID that az has looked up.
    expect(json('set-policy for the identity').properties.accessPolicies).toMatchObject([
      { objectId: user },
      {
        objectId: json('identity create').principalId,
        permissions: { secrets: ['get'], certificates: null },
      },
    ]);
  });

  test('registry, image, and AcrPull', () => {
    expect(json('acr create')).toMatchObject({
      loginServer: `${uniqueId}.azurecr.io`,
      sku: { name: 'Standard' },
      provisioningState: 'Succeeded',
    });
    expect(text('acr build')).toMatch(/^1\.0: digest: sha256:[0-9a-f]{64} size: \d+$/m);
    expect(text('acr build')).toMatch(/^Run ID: \w+ was successful after /m);
    expect(text('attach-acr')).toContain('"provisioningState": "Succeeded"');
  });

  test('the pod reads the secret', () => {
    expect(text('apply pod')).toBe('pod/wi-kv-test created');
    expect(text('wait')).toBe('pod/wi-kv-test condition met');
    expect(text('logs').split('\n').slice(-2)).toEqual([
      `Retrieving your secret from ${uniqueId}.`,
      'Secret value: Hello',
    ]);
  });

  test('describe shows the variables of the webhook, and the image', () => {
    const description = text('describe');
    const digest = /^1\.0: digest: (sha256:[0-9a-f]{64})/m.exec(text('acr build'))?.[1];
    expect(description).toMatch(new RegExp(`Image ID: +${uniqueId}\\.azurecr\\.io/wi-kv-test@${digest}\n`));
    expect(description).toMatch(new RegExp(`AZURE_CLIENT_ID: +${text('identity show')}\n`));
    expect(description).toMatch(
      /AZURE_FEDERATED_TOKEN_FILE: +\/var\/run\/secrets\/azure\/tokens\/azure-identity-token\n/,
    );
    expect(description).toMatch(/Started +\S+ +kubelet /);
  });

  test('the group and everything in it are deleted', () => {
    expect(text('group delete')).toBe('false');
  });
});

test('az refuses set-policy on the vault of the original walkthrough, which uses Azure RBAC', async () => {
  const { exitCode, output, stdout } = await lab.run(
    ...['shell', '--', 'bash', '-e', 'test/walkthrough/without-access-policies.sh'],
  );
  expect(exitCode, output).toBe(1);
  // The command ran and printed no vault.
  expect(sections(stdout).get('set-policy'), output).toBe('');
  expect(output).toMatch(
    /^ERROR: Cannot set policies to a vault with '--enable-rbac-authorization' specified$/m,
  );
});

test('a shell leaves nothing behind', async () => {
  await lab.noProcessLeft();
  for (const directory of [lab.home, lab.temp]) expect(readdirSync(directory)).toEqual([]);
  expect(lab.textsIn('.lab', 'runs')).toEqual(new Map());
});
