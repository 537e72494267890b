import type { JSONWebKeySet } from 'jose';
import type { Service } from '../../http.ts';

/** Who a request comes from, as `kubectl auth whoami` shows it. */
export interface User {
  /** `system:node:aks-nodepool1-0`, `system:serviceaccount:NAMESPACE:NAME`, `clusterAdmin` … */
  readonly name: string;
  readonly uid?: string;
  /** `system:masters` may do everything, `system:nodes` what a kubelet needs. `system:authenticated` is added. */
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What may be done, in the words of a Role: `*` stands for all, a subresource is `pods/status`. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Rules granted to a user or to a group, in all namespaces or in one. Nothing else is allowed. */
export interface Grant {
  /** The name of a user or of a group. */
  readonly subject: string;
  readonly namespace?: string;
  readonly rules: readonly PolicyRule[];
}

/** One line that a container wrote. */
export interface LogLine {
  /** RFC 3339 with fractions of a second, UTC. */
  readonly time: string;
  /** Without the line's end. */
  readonly text: string;
}

/** Which log is asked for. The container exists in the pod's spec. */
export interface LogQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly podUid: string;
  readonly container: string;
  /** The run before the current one. */
  readonly previous: boolean;
  readonly follow: boolean;
  /** Aborted when the client hangs up. */
  readonly signal: AbortSignal;
}

/** What a container has written so far and, where the log is followed, what it writes until it ends. */
export interface ContainerLog {
  readonly written: readonly LogLine[];
  readonly live?: AsyncIterable<LogLine>;
}

/** The kubelet's side of `/log`: `undefined` where there is no such run of the container. */
export type LogSource = (query: LogQuery) => Promise<ContainerLog | undefined>;

export interface ApiServerOptions {
  /** `https://LOCATION.oic.prod-aks.azure.com/TENANT/GUID/`: issuer of service-account tokens, and their default audience. */
  readonly issuer: string;
  /** `1.35.8`, without `v`. */
  readonly kubernetesVersion: string;
  /** PEM; given to pods in the ConfigMap `kube-root-ca.crt` of every namespace. */
  readonly caCertificate: string;
  /** Bearer tokens that are no service-account JWTs, and whom they stand for. */
  readonly tokens: ReadonlyMap<string, User>;
  /** What users and groups may do beside the built-in rules (masters, nodes, discovery, reviews of oneself). */
  readonly grants?: readonly Grant[];
  /** Where the logs of containers come from. */
  readonly logs: LogSource;
  /** How admission webhooks are called, `https://SERVICE.NAMESPACE.svc:PORT/…` included. */
  readonly fetch: (url: string, init: WebhookCall) => Promise<WebhookReply>;
}

export interface WebhookCall {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface WebhookReply {
  readonly status: number;
  text(): Promise<string>;
}

/**
 * A Kubernetes API server in memory. Namespaces `default`, `kube-system`, `kube-public` and `kube-node-lease` exist from
 * the start, and every namespace has its ServiceAccount `default` and ConfigMap `kube-root-ca.crt`.
 */
export class ApiServer {
  /** Answers for `https://{fqdn}`. */
  readonly service: Service;
  /** The public keys of service-account tokens, for the issuer's JWKS. */
  readonly jwks: JSONWebKeySet;

  private constructor(service: Service, jwks: JSONWebKeySet) {
    this.service = service;
    this.jwks = jwks;
  }

  /** A server with a new signing key and nothing but the namespaces that every cluster has. */
  static async create(options: ApiServerOptions): Promise<ApiServer> {
    throw new Error(`not there yet: ${options.issuer}`);
  }

  /** Ends every watch and every log that is still followed. */
  close(): void {}
}
