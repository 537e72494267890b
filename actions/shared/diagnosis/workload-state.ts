import type { Pod } from '../kubernetes-objects.ts';
import type { Workload } from '../workloads.ts';
import type { Claims } from './claims.ts';

/** A service account, its pod, and the secret that the pod reads. '' means unknown. */
export interface DiagnosisTarget extends Workload {
  podName: string;
  vaultName: string;
  secretName: string;
}

/** The annotations of a service account; '' means not set. */
export interface IdentityAnnotations {
  clientId: string;
  tenantId: string;
}

export interface Identity {
  name: string;
  resourceGroup: string;
  clientId: string;
  principalId: string;
  tenantId: string;
}

export interface Credential {
  name: string;
  issuer: string;
  subject: string;
  audiences: readonly string[];
}

export interface Grant {
  role: string;
  scope: string;
  /** True if the role allows reading secrets; undefined if its definition could not be read. */
  readsSecrets: boolean | undefined;
}

/** https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/get */
export interface Vault {
  id: string;
  name: string;
  properties: {
    tenantId?: string;
    enableRbacAuthorization?: boolean | null;
    publicNetworkAccess?: string | null;
    networkAcls?: { defaultAction?: string } | null;
    accessPolicies?: readonly {
      objectId: string;
      applicationId?: string | null;
      permissions?: { secrets?: readonly string[] | null };
    }[];
  };
}

/** A secret without its value. Times are Unix seconds. */
export interface Secret {
  version: string;
  enabled: boolean;
  notBefore: number | undefined;
  expires: number | undefined;
}

/** What is known about a workload. undefined: not read, or could not be read. null: read, and does not exist. */
export interface WorkloadState {
  target: DiagnosisTarget;
  annotations?: IdentityAnnotations | null | undefined;
  pod?: Pod | null | undefined;
  /** The pod's log without secret values; see PodLog. */
  log: readonly string[];
  /** Event messages of the pod, or of its controller if there is no pod. Oldest first. */
  events?: readonly string[] | undefined;
  webhook?: boolean | undefined;
  claims?: Claims | undefined;
  /** null: not in this subscription; another one might have it. */
  identity?: Identity | null | undefined;
  credentials?: readonly Credential[] | undefined;
  /** null: not in this subscription; another one might have it. */
  vault?: Vault | null | undefined;
  grants?: readonly Grant[] | undefined;
  secret?: Secret | null | undefined;
  /** What could not be read: a phrase each, with the reason. */
  unseen: readonly string[];
}
