export interface User {
  /** `system:node:aks-nodepool1-0`, `system:serviceaccount:NAMESPACE:NAME`, `clusterAdmin` … */
  readonly name: string;
  readonly uid?: string;
  /**
   * `system:masters` is allowed to do everything, `system:nodes` what a kubelet needs. `system:authenticated` is
   * added.
   */
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** A rule as in a Role: `*` means all, a subresource is `pods/status`. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Permissions of a user or group, in all namespaces or in one. */
export interface Grant {
  /** Name of a user or group. */
  readonly subject: string;
  readonly namespace?: string;
  readonly rules: readonly PolicyRule[];
}

export type Attributes =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly namespace?: string;
      readonly name?: string;
    }
  | { readonly verb: string; readonly path: string };

/** An authority outside the cluster that authenticates and authorizes, such as Entra. */
export interface ExternalAuthority {
  /** Returns the user of a bearer token that the cluster did not issue, or `undefined` if the token is invalid. */
  authenticate(token: string): Promise<User | undefined>;
  /** Called if the cluster's own rules do not allow the request. */
  authorize(user: User, asked: Attributes): Decision;
}

/** `why` ends the message of a denial. */
export interface Decision {
  readonly allowed: boolean;
  readonly why?: string;
}

/**
 * The default rules of every cluster, as far as this server has the resources.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
 * @see https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
const builtIn: readonly Grant[] = [
  {
    subject: 'system:masters',
    rules: [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ],
  },
  {
    subject: 'system:authenticated',
    rules: [
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      },
      { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
      {
        verbs: ['get'],
        nonResourceURLs: [
          '/api',
          '/api/*',
          '/apis',
          '/apis/*',
          '/openapi',
          '/openapi/*',
          '/version',
          '/version/',
        ].concat(['/healthz', '/livez', '/readyz']),
      },
    ],
  },
  {
    subject: 'system:serviceaccounts',
    rules: [{ verbs: ['get'], nonResourceURLs: ['/.well-known/openid-configuration', '/openid/v1/jwks'] }],
  },
  {
    subject: 'system:nodes',
    rules: [
      { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'] },
      { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'] },
      { verbs: ['create', 'get', 'list', 'watch'], apiGroups: [''], resources: ['nodes'] },
      { verbs: ['patch', 'update'], apiGroups: [''], resources: ['nodes', 'nodes/status'] },
      { verbs: ['create', 'delete', 'get', 'list', 'watch'], apiGroups: [''], resources: ['pods'] },
      { verbs: ['patch', 'update'], apiGroups: [''], resources: ['pods/status'] },
      {
        verbs: ['get', 'list', 'watch'],
        apiGroups: [''],
        resources: ['configmaps', 'secrets', 'serviceaccounts'],
      },
      { verbs: ['create'], apiGroups: [''], resources: ['serviceaccounts/token'] },
      { verbs: ['create', 'patch', 'update'], apiGroups: [''], resources: ['events'] },
      {
        verbs: ['create', 'delete', 'get', 'patch', 'update'],
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
      },
    ],
  },
];

/** Authorizes by the default rules, the grants, and the external authority. */
export class Authorizer {
  readonly #grants: readonly Grant[];
  readonly #outside: ExternalAuthority | undefined;

  constructor(grants: readonly Grant[] = [], outside?: ExternalAuthority) {
    this.#grants = [...builtIn, ...grants];
    this.#outside = outside;
  }

  decide(user: User, asked: Attributes): Decision {
    const namespace = 'path' in asked ? undefined : asked.namespace;
    if (this.rules(user, namespace).some(rule => covers(rule, asked))) return { allowed: true };
    return this.#outside?.authorize(user, asked) ?? { allowed: false };
  }

  allows(user: User, asked: Attributes): boolean {
    return this.decide(user, asked).allowed;
  }

  rules(user: User, namespace: string | undefined): PolicyRule[] {
    const subjects = new Set([user.name, ...user.groups]);
    return this.#grants
      .filter(grant => subjects.has(grant.subject) && (!grant.namespace || grant.namespace === namespace))
      .flatMap(grant => grant.rules);
  }
}

function covers(rule: PolicyRule, asked: Attributes): boolean {
  if (!among(rule.verbs, asked.verb)) return false;
  if ('path' in asked) {
    return (rule.nonResourceURLs ?? []).some(
      url => url === asked.path || (url.endsWith('*') && asked.path.startsWith(url.slice(0, -1))),
    );
  }
  const whole = asked.subresource ? `${asked.resource}/${asked.subresource}` : asked.resource;
  return (
    among(rule.apiGroups, asked.group) &&
    (among(rule.resources, whole) || (rule.resources ?? []).includes(`*/${asked.subresource}`)) &&
    (!rule.resourceNames || rule.resourceNames.includes(asked.name ?? ''))
  );
}

function among(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(value));
}

/** Text of a Forbidden error. @param why reason of the external authority */
export function denial(user: User, asked: Attributes, why?: string): string {
  const said = cannot(user, asked);
  return why === undefined ? said : `${said}: ${why}`;
}

function cannot(user: User, asked: Attributes): string {
  if ('path' in asked) return `User "${user.name}" cannot ${asked.verb} path "${asked.path}"`;
  const resource = asked.subresource ? `${asked.resource}/${asked.subresource}` : asked.resource;
  const where = asked.namespace ? `in the namespace "${asked.namespace}"` : 'at the cluster scope';
  return `User "${user.name}" cannot ${asked.verb} resource "${resource}" in API group "${asked.group}" ${where}`;
}
