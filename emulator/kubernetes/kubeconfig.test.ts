import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type SignIn, writeKubeconfig } from './kubeconfig.ts';

const written = (signIn: SignIn) =>
  parse(
    writeKubeconfig({
      user: 'clusterUser',
      signIn,
      name: 'lab',
      resourceGroup: 'rg',
      host: 'lab.hcp.eastus.azmk8s.io',
      caCertificate: 'PEM',
    }),
  );

it('has cluster, user, and server', () => {
  expect(written({ kind: 'token', token: 't' })).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'lab',
        cluster: {
          'certificate-authority-data': Buffer.from('PEM').toString('base64'),
          server: 'https://lab.hcp.eastus.azmk8s.io:443',
        },
      },
    ],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'clusterUser_rg_lab' } }],
    'current-context': 'lab',
    preferences: {},
    users: [{ name: 'clusterUser_rg_lab', user: { token: 't' } }],
  });
});

it('has no secret with Entra, and has tenant and cloud for kubelogin', () => {
  const [{ user }] = written({ kind: 'exec', tenantId: 'tenant', cloud: 'AzureUSGovernment' }).users;
  expect(Object.keys(user)).toEqual(['exec']);
  expect(user.exec).toMatchObject({
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command: 'kubelogin',
    args: [
      ...['get-token', '--environment', 'AzureUSGovernmentCloud'],
      ...['--server-id', '6dae42f8-4368-4678-94ff-3960e28e3630'],
      ...['--client-id', '80faf920-1908-4b52-b5ef-a8e7bedfc67a'],
      ...['--tenant-id', 'tenant', '--login', 'devicecode'],
    ],
    installHint: expect.stringContaining('kubelogin is not installed'),
    provideClusterInfo: false,
  });
  const [old] = written({ kind: 'azure', tenantId: 'tenant', cloud: 'AzureCloud' }).users;
  expect(old.user).toEqual({
    'auth-provider': {
      name: 'azure',
      config: {
        'apiserver-id': '6dae42f8-4368-4678-94ff-3960e28e3630',
        'client-id': '80faf920-1908-4b52-b5ef-a8e7bedfc67a',
        'config-mode': '1',
        environment: 'AzurePublicCloud',
        'tenant-id': 'tenant',
      },
    },
  });
});
