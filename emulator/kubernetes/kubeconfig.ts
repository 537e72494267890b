import { stringify } from 'yaml';
import type { AzureCloud } from '../azure-clouds.ts';

/** As AKS names them. */
export type ClusterUser = 'clusterUser' | 'clusterAdmin';

/**
 * A token of the cluster, Entra through kubelogin (exec plugin), or Entra through kubectl's former built-in provider
 * (up to 1.26).
 */
export type SignIn =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'exec' | 'azure'; readonly tenantId: string; readonly cloud: AzureCloud['name'] };

export interface KubeconfigOptions {
  readonly user: ClusterUser;
  readonly signIn: SignIn;
  /** The cluster's. */
  readonly name: string;
  readonly resourceGroup: string;
  /** Host name of the API server. */
  readonly host: string;
  /** PEM. */
  readonly caCertificate: string;
}

/**
 * Applications of AKS in Entra, the same in every tenant.
 * @see https://learn.microsoft.com/azure/aks/kubelogin-authentication
 */
const serverApplication = '6dae42f8-4368-4678-94ff-3960e28e3630';
const clientApplication = '80faf920-1908-4b52-b5ef-a8e7bedfc67a';

/** Names of the clouds in Azure's Go libraries. */
const environments: Readonly<Record<AzureCloud['name'], string>> = {
  AzureCloud: 'AzurePublicCloud',
  AzureUSGovernment: 'AzureUSGovernmentCloud',
};

/** Writes a kubeconfig file as AKS does. az adds `-admin` to the context of an administrator. */
export function writeKubeconfig(options: KubeconfigOptions): string {
  const { user, signIn, name, resourceGroup, host, caCertificate } = options;
  const userName = `${user}_${resourceGroup}_${name}`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: {
          'certificate-authority-data': Buffer.from(caCertificate).toString('base64'),
          server: `https://${host}:443`,
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: userName } }],
    'current-context': name,
    preferences: {},
    users: [{ name: userName, user: credentials(signIn) }],
  });
}

function credentials(signIn: SignIn): object {
  switch (signIn.kind) {
    case 'token':
      return { token: signIn.token };
    case 'exec':
      return {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1beta1',
          args: [
            ...['get-token', '--environment', environments[signIn.cloud]],
            ...['--server-id', serverApplication, '--client-id', clientApplication],
            ...['--tenant-id', signIn.tenantId, '--login', 'devicecode'],
          ],
          command: 'kubelogin',
          env: null,
          installHint:
            '\nkubelogin is not installed which is required to connect to AAD enabled cluster.\n\nTo learn more, please go to https://aka.ms/aks/kubelogin\n',
          provideClusterInfo: false,
        },
      };
    case 'azure':
      return {
        'auth-provider': {
          name: 'azure',
          config: {
            'apiserver-id': serverApplication,
            'client-id': clientApplication,
            'config-mode': '1',
            environment: environments[signIn.cloud],
            'tenant-id': signIn.tenantId,
          },
        },
      };
  }
}
