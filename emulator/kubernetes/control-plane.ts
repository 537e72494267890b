import type { JSONWebKeySet } from 'jose';
import type { Service } from '../http/service.ts';
import type { ExternalAuthority, Grant, User } from './api/authorization.ts';
import type { Kubelet } from './node/kubelet.ts';

/** What a control plane is told of its cluster. */
export interface ControlPlaneOptions {
  /** Host name of the API server. */
  readonly fqdn: string;
  /** Issuer of service-account tokens, and their default audience; with the trailing slash. */
  readonly issuer: string;
  /** `1.35.8`, as AKS says it. */
  readonly kubernetesVersion: string;
  /** PEM; given to pods in the ConfigMap `kube-root-ca.crt` of every namespace. */
  readonly caCertificate: string;
  /** Bearer tokens, and whom they stand for; one of them is of the group `system:masters`. */
  readonly tokens: ReadonlyMap<string, User>;
  /** What users may do beside the rules that every cluster has. */
  readonly grants: readonly Grant[];
  /** Who else may sign in, where anybody may. */
  readonly outside?: ExternalAuthority;
  /** The only node's: has the logs of containers. */
  readonly kubelet: Pick<Kubelet, 'logs' | 'endpoint'>;
  /** Where that kubelet listens in the cluster's own network. */
  readonly kubeletAddress: { readonly host: string; readonly port: number };
  /** The Services that the API server calls, by `NAME.NAMESPACE.svc`; all on port 443. */
  readonly services: ReadonlyMap<string, Service>;
  /** For files of its own; made when needed, removed on {@link ControlPlane.stop}. */
  readonly directory: string;
  readonly log: (line: string) => void;
}

/** An API server, and what a cluster has around it whatever it runs. */
export interface ControlPlane {
  /** Answers for `https://{fqdn}`. */
  readonly service: Service;
  /** The public keys of service-account tokens that verify at this moment. */
  readonly jwks: JSONWebKeySet;
  /** Signs service-account tokens with a new key; the one before verifies for a while. Missing where that is not possible. */
  rotateSigningKeys?(): Promise<void>;
  /** PEM: the authority of the certificates that the Services show. */
  readonly serviceAuthority: string;
  /** Whether it has the controllers of workloads itself. */
  readonly runsControllers: boolean;
  stop(): Promise<void>;
}

/** Starts a control plane; resolves when it answers. */
export type StartControlPlane = (options: ControlPlaneOptions) => Promise<ControlPlane>;
