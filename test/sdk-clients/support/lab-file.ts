import { join } from 'node:path';

/** Written by create-lab.ts. */
export interface Lab {
  readonly resourceGroup: string;
  readonly location: string;
  readonly cluster: string;
  readonly issuer: string;
  readonly vault: string;
  readonly vaultUri: string;
  readonly registry: string;
  readonly loginServer: string;
  readonly identity: string;
  readonly clientId: string;
  readonly principalId: string;
}

export const labFile = (paths: string): string => join(paths, 'lab.json');
export const kubeconfigFile = (paths: string): string => join(paths, 'kubeconfig');
