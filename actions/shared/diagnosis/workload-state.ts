import type { Pod } from '../kubernetes-objects.ts';
import type { Workload } from '../workloads.ts';
import type { Claims } from './claims.ts';

/** A workload to judge: a service account, a pod that runs under it, and what that reads. '' is: not known. */
export interface DiagnosisTarget extends Workload {
  podName: string;
  vaultName: string;
  secretName: string;
}

/** What a service account is annotated with; '' is: not at all. */
export interface IdentityAnnotations {
  clientId: string;
  tenantId: string;
}

/** A managed identity. */
export interface Identity {
  name: string;
  resourceGroup: string;
  clientId: string;
  principalId: string;
  tenantId: string;
}

/** A federated credential of the identity. */
export interface Credential {
  name: string;
  issuer: string;
  subject: string;
  audiences: readonly string[];
}

/** A role that the identity has, itself or by a group. */
export interface Grant {
  role: string;
  scope: string;
  /** Whether the role lets its holder read secrets; undefined where its definition could not be seen. */
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

/**
 * All that is known when a verdict is asked for. What was not looked at, or could not be seen, is undefined; null is:
 * looked at, and not there.
 */
export interface WorkloadState {
  target: DiagnosisTarget;
  annotations?: IdentityAnnotations | null | undefined;
  pod?: Pod | null | undefined;
  /** The pod's log, its values left out; see PodLog. */
  log: readonly string[];
  /** Messages of the pod's events, or of what should have made the pod, the oldest first. */
  events?: readonly string[] | undefined;
  /** Whether the cluster has the webhook. */
  webhook?: boolean | undefined;
  /** Of the service account's tokens. */
  claims?: Claims | undefined;
  /** null: the subscription has none with the client id; another may. */
  identity?: Identity | null | undefined;
  credentials?: readonly Credential[] | undefined;
  /** null: the subscription has none of this name; another may. */
  vault?: Vault | null | undefined;
  grants?: readonly Grant[] | undefined;
  secret?: Secret | null | undefined;
  /** What could not be looked at, each as a phrase with the reason. */
  unseen: readonly string[];
}
