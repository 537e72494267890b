import type { JSONWebKeySet } from 'jose';
import type { Service } from '../http/service.ts';
import type { ExternalAuthority, Grant, User } from './api/authorization.ts';
import type { Kubelet } from './node/kubelet.ts';

export interface ControlPlaneOptions {
  /** Host name of the API server. */
  readonly fqdn: string;
  /** Issuer and default audience of service account tokens, with the trailing slash. */
  readonly issuer: string;
  /** `1.35.8` */
  readonly kubernetesVersion: string;
  /** PEM, for the ConfigMap `kube-root-ca.crt` of every namespace. */
  readonly caCertificate: string;
  /** Bearer tokens and their users. One of them is in `system:masters`. */
  readonly tokens: ReadonlyMap<string, User>;
  /** Permissions in addition to the default rules. */
  readonly grants: readonly Grant[];
  /** Authenticates and authorizes users from outside the cluster. */
  readonly outside?: ExternalAuthority;
  /** Has the logs of containers. */
  readonly kubelet: Pick<Kubelet, 'logs' | 'endpoint'>;
  /** Address of the kubelet in the cluster's network. */
  readonly kubeletAddress: { readonly host: string; readonly port: number };
  /** Services that the API server calls, by `NAME.NAMESPACE.svc`, on port 443. */
  readonly services: ReadonlyMap<string, Service>;
  /** Created if needed, removed by {@link ControlPlane.stop}. */
  readonly directory: string;
  readonly log: (line: string) => void;
}

export interface ControlPlane {
  /** Answers for `https://{fqdn}`. */
  readonly service: Service;
  /** Public keys that are valid now. */
  readonly jwks: JSONWebKeySet;
  /** Signs tokens with a new key. Missing if that is not possible. */
  rotateSigningKeys?(): Promise<void>;
  /** PEM: CA of the certificates of Services. */
  readonly serviceAuthority: string;
  /** The control plane has controllers for workloads. */
  readonly runsControllers: boolean;
  stop(): Promise<void>;
}

/** Starts a control plane. Resolves when it answers. */
export type StartControlPlane = (options: ControlPlaneOptions) => Promise<ControlPlane>;
