import { type Explanation, explainQuota } from './quota.ts';

export type { Explanation } from './quota.ts';

/** An error of az or kubectl that the actions know, by a sign in what the command prints to standard error. */
interface ErrorSign {
  readonly kind: string;
  readonly pattern: RegExp;
  /** For the log of a workflow. */
  readonly explanation?: Explanation;
  /** For a person in a terminal, if a command of az that matches `command` failed. */
  readonly inTerminal?: Explanation;
  readonly command?: RegExp;
  /** Why the same command can succeed later: any command of az or kubectl, one that creates something, or a login. */
  readonly transient?: {
    readonly az?: string;
    readonly kubectl?: string;
    readonly creation?: string;
    readonly login?: string;
  };
}

const LEARN = 'https://learn.microsoft.com';
const FEDERATION = `${LEARN}/entra/workload-id/workload-identity-federation-considerations`;

const UNKNOWN_IDENTITY: Explanation = {
  cause: 'Entra knows no identity with this client ID in this tenant, or no such tenant.',
  remedy: 'Correct client-id and tenant-id. Entra shows a new identity after some minutes.',
  link: 'https://github.com/Azure/login#readme',
};

const LOG_IN_AGAIN: Explanation = {
  cause: 'The login of az has expired, or Entra requires more for this command.',
  remedy: 'Log in again: az login. For Entra itself: az login --scope https://graph.microsoft.com//.default',
  link: `${LEARN}/cli/azure/authenticate-azure-cli`,
};

// The explanation of the first match counts, so a particular sign is before a general one.
const SIGNS = [
  // Login
  {
    kind: 'not-logged-in',
    pattern: /Please run 'az login'|az login' to setup account|No subscription found/i,
    explanation: {
      cause: 'az is not logged in.',
      remedy:
        'Set client-id, tenant-id, and subscription-id for this step, and `permissions: id-token: write` for the job. Or log in before this step.',
      link: `${LEARN}/azure/developer/github/connect-from-azure-openid-connect`,
    },
  },
  {
    kind: 'login-required',
    pattern: /az login/,
    inTerminal: LOG_IN_AGAIN,
  },
  {
    kind: 'interaction-required',
    pattern: /AADSTS(?:50076|50079|50173|65001|70043|700082|530003)\b|interaction_required/,
    inTerminal: LOG_IN_AGAIN,
  },
  {
    kind: 'github-token-expired',
    pattern: /AADSTS700024|Unable to authenticate using AAD or admin login credentials/,
    explanation: {
      cause:
        'The GitHub token that az logged in with has expired. It is valid for five minutes, and az sends it again for each service. For a registry, az hides that reason.',
      remedy:
        'Set client-id, tenant-id, and subscription-id for this step: it then logs in by itself, and again when necessary. Or log in directly before this step.',
      link: 'https://github.com/Azure/login/issues/372',
    },
  },
  {
    // What az and kubelogin print if the token that az logged in with has expired, or an access token.
    kind: 'login-expired',
    pattern:
      /AADSTS700024\b|Unable to authenticate using AAD or admin login credentials|ExpiredAuthenticationToken|\(InvalidAuthenticationToken\)[^\n]*expir/i,
  },
  {
    kind: 'subject-differs-in-case',
    pattern: /AADSTS7002138/,
    explanation: {
      cause: 'The subject of the token and of the federated credential differ only in upper and lower case.',
      remedy: 'Update the credential with the subject that the message shows. Entra compares case.',
      link: FEDERATION,
    },
  },
  {
    kind: 'no-matching-credential',
    pattern: /AADSTS70021[123]?\b/,
    explanation: {
      cause:
        'No federated credential of the identity matches the issuer, subject, and audience of the token.',
      remedy:
        'Create a credential with exactly the issuer and subject that the message shows. Entra applies a new credential after seconds to minutes.',
      link: FEDERATION,
    },
    transient: { login: 'Entra sees no federated credential for this token' },
  },
  {
    kind: 'unknown-identity',
    pattern: /AADSTS700016\b|AADSTS7000229\b/,
    explanation: UNKNOWN_IDENTITY,
    transient: { login: 'Entra sees no such identity' },
  },
  {
    kind: 'unknown-tenant',
    pattern: /AADSTS700038\b|AADSTS90002\b/,
    explanation: UNKNOWN_IDENTITY,
  },
  {
    kind: 'github-token-late',
    pattern: /AADSTS700024\b/,
    transient: { login: 'the token of GitHub was too old when it arrived' },
  },
  {
    kind: 'no-subscriptions',
    pattern: /No subscriptions found/,
    explanation: {
      cause:
        'The identity that logged in has no role on any subscription, or Azure does not apply the role yet.',
      remedy:
        'Assign it a role on the subscription or the resource group. Azure applies a new assignment after some minutes.',
      link: 'https://github.com/Azure/login/issues/556',
    },
    transient: { login: 'Azure shows the identity no subscription' },
  },
  {
    kind: 'unknown-subscription',
    pattern: /The subscription of '.*' doesn't exist in cloud/,
    explanation: {
      cause: 'The identity that logged in does not see this subscription.',
      remedy:
        'Correct subscription-id, or assign the identity a role there. Azure applies a new assignment after some minutes.',
      link: 'https://github.com/Azure/login/issues/556',
    },
    transient: { login: 'Azure shows the identity other subscriptions, but not this one' },
  },
  {
    // What Entra compared with the federated credentials.
    kind: 'presented-assertion',
    pattern: /presented assertion (?<claim>\w+) '(?<value>[^']{1,300})'/,
  },

  // Permissions
  {
    kind: 'action-denied',
    pattern: /authorization to perform action '(?<action>[^']+)' over scope '(?<scope>[^']+)'/,
  },
  {
    kind: 'app-registration-denied',
    pattern: /Authorization_RequestDenied|Insufficient privileges/,
    command: / ad app | ad sp /,
    inTerminal: {
      cause:
        'You are not allowed to register applications: the tenant reserves that to people with an Entra role.',
      remedy:
        'Use a user-assigned identity, which needs no Entra role (--identity user-assigned), or request the role Application Developer.',
      link: `${LEARN}/entra/identity/role-based-access-control/delegate-app-roles#restrict-who-can-create-applications`,
    },
  },
  {
    kind: 'provider-registration-denied',
    pattern: /AuthorizationFailed|register\/action/,
    command: / provider register /,
    inTerminal: {
      cause: 'You are not allowed to register resource providers in this subscription.',
      remedy: 'Ask an owner or contributor of the subscription to run this command.',
      link: `${LEARN}/azure/azure-resource-manager/management/resource-providers-and-types#register-resource-provider`,
    },
  },
  {
    kind: 'role-assignment-denied',
    pattern: /roleAssignments\/write/,
    explanation: {
      cause: 'The identity that az is logged in as is not allowed to assign roles.',
      remedy: 'Assign it the role Role Based Access Control Administrator on the resource group.',
      link: `${LEARN}/azure/role-based-access-control/built-in-roles/privileged#role-based-access-control-administrator`,
    },
  },
  {
    kind: 'role-assignment-command-denied',
    pattern: /AuthorizationFailed/,
    command: / role assignment /,
    inTerminal: {
      cause: 'You are not allowed to assign roles on this subscription.',
      remedy:
        'Ask an owner of the subscription to run this command, or to assign you Owner or User Access Administrator.',
      link: `${LEARN}/azure/role-based-access-control/role-assignments-steps#step-4-check-your-prerequisites`,
    },
  },
  {
    kind: 'scope-locked',
    pattern: /ScopeLocked/,
    inTerminal: {
      cause: 'A lock forbids this change.',
      remedy: 'Remove the lock (az lock list shows it), run this command again, and create the lock again.',
      link: `${LEARN}/azure/azure-resource-manager/management/lock-resources`,
    },
  },
  {
    kind: 'not-authorized',
    pattern: /AuthorizationFailed/,
    inTerminal: {
      cause: 'You are not allowed to do this in the subscription.',
      remedy:
        'Ask an owner of the subscription to run this command. After a new assignment, log in again: az login',
      link: `${LEARN}/azure/role-based-access-control/troubleshooting`,
    },
    transient: { login: 'Azure does not apply the roles of the identity yet' },
  },
  {
    kind: 'not-authorized-on-scope',
    pattern: /AuthorizationFailed|LinkedAuthorizationFailed/,
    explanation: {
      cause:
        'The identity that az is logged in as has no role that allows this action on this scope, or Azure does not apply the role yet.',
      remedy: "Assign it the role that this action's README lists, on the scope that the message shows.",
      link: `${LEARN}/azure/role-based-access-control/troubleshooting`,
    },
  },

  // Resources
  {
    kind: 'provider-not-registered',
    pattern: /MissingSubscriptionRegistration|not registered to use namespace/,
    explanation: {
      cause: 'The subscription has never used this kind of resource.',
      remedy:
        'Register the namespace that the message shows once: az provider register --namespace NAMESPACE',
      link: `${LEARN}/azure/azure-resource-manager/troubleshooting/error-register-resource-provider`,
    },
  },
  {
    kind: 'kubernetes-version-not-offered',
    pattern: /K8sVersionNotSupported/,
    explanation: {
      cause: 'AKS does not offer this Kubernetes version in this region.',
      remedy:
        'Leave kubernetes-version empty, or set it to a version that this command lists: az aks get-versions --location LOCATION',
      link: `${LEARN}/azure/aks/supported-kubernetes-versions`,
    },
  },
  {
    kind: 'locked',
    pattern: /ScopeLocked/,
    explanation: {
      cause: 'A lock protects the resource, or its resource group or subscription.',
      remedy: 'Ask an owner to remove the lock. This command shows it: az lock list --resource-group GROUP',
      link: `${LEARN}/azure/azure-resource-manager/management/lock-resources`,
    },
  },
  {
    kind: 'group-being-deleted',
    pattern: /ResourceGroupBeingDeleted/,
    explanation: {
      cause: 'The resource group is being deleted.',
      remedy: 'Wait until it is deleted, or use another name.',
      link: `${LEARN}/azure/azure-resource-manager/management/delete-resource-group`,
    },
  },
  {
    kind: 'group-in-other-location',
    pattern: /InvalidResourceGroupLocation/,
    explanation: {
      cause: 'A resource group with this name exists in another region.',
      remedy: 'Set the input location to that region, or use another name.',
      link: `${LEARN}/azure/azure-resource-manager/management/manage-resource-groups-cli`,
    },
  },
  {
    kind: 'location-not-available',
    pattern: /LocationNotAvailable|NoRegisteredProviderFound|location .* is not available/i,
    explanation: {
      cause: 'This region does not exist or does not offer this kind of resource.',
      remedy: 'Set the input location to another region.',
      link: `${LEARN}/azure/reliability/regions-list`,
    },
  },
  {
    // Azure shows what was created moments ago not in every region of Resource Manager yet. The actions create something
    // only in what they created or read before, so that for a creation this is no answer.
    // https://github.com/hashicorp/terraform-provider-azurerm/issues/18268
    kind: 'parent-not-found',
    pattern: /\((?:ResourceGroup|ParentResource|Resource)NotFound\)|Resource group '.*' could not be found/,
    transient: { creation: 'Azure does not show the parent resource everywhere yet' },
  },
  // A registry, and Entra: az does not print their codes.
  {
    kind: 'registry-object-not-found',
    pattern:
      /Error: (?:repository name not known|the specified tag does not exist|manifest unknown|(?:repository|manifest|tag) .*is not found)/i,
  },
  {
    kind: 'directory-object-not-found',
    pattern: /^(?:ERROR: )?(?:Service principal|Application|Resource) .*(?:doesn't|does not) exist\b/m,
  },

  // Clusters
  {
    // AKS refuses a second operation in two wordings.
    kind: 'cluster-operation-in-progress',
    pattern: /in progress .*managed cluster operation|managed cluster is in Provisioning State\(\w+ing\)/,
  },
  { kind: 'cluster-exists', pattern: /The cluster '.*' under resource group '.*' already exists/ },
  { kind: 'no-kubelet-identity', pattern: /getting kubelet's identity/ },

  // Vaults and secrets
  {
    kind: 'vault-soft-deleted',
    pattern: /exists in deleted state/,
    explanation: {
      cause: 'A soft-deleted vault has this name, and keeps it until it is purged.',
      remedy: 'Purge it (az keyvault purge --name NAME), or use another name.',
      link: `${LEARN}/azure/key-vault/general/key-vault-recovery`,
    },
  },
  {
    kind: 'vault-name-taken',
    pattern: /VaultAlreadyExists/,
    explanation: {
      cause: 'The vault name is in use. Vault names are unique in all of Azure.',
      remedy: 'Use another name.',
      link: `${LEARN}/azure/key-vault/general/about-keys-secrets-certificates`,
    },
  },
  { kind: 'vault-exists', pattern: /The specified vault: .* already exists/ },
  { kind: 'vault-write-conflict', pattern: /A conflict occurred that prevented the operation/ },
  { kind: 'vault-firewall', pattern: /ForbiddenByFirewall/ },
  { kind: 'client-address', pattern: /Client address: (?<address>[0-9a-fA-F.:]+)/ },
  {
    kind: 'vault-not-public',
    pattern: /ForbiddenByConnection|Public network access is disabled|not an approved private link/,
  },
  {
    kind: 'vault-role-missing',
    pattern: /ForbiddenByRbac/,
    explanation: {
      cause:
        'The vault uses Azure RBAC. The caller has no role that allows this, or Azure does not apply the assignment yet.',
      remedy:
        'Assign Key Vault Secrets Officer (to write) or Key Vault Secrets User (to read) on the vault. Azure applies the assignment after some minutes.',
      link: `${LEARN}/azure/key-vault/general/rbac-guide`,
    },
  },
  { kind: 'vault-access-denied', pattern: /AccessDenied/ },
  { kind: 'secret-disabled', pattern: /SecretDisabled/ },
  { kind: 'secret-soft-deleted', pattern: /ObjectIsDeletedButRecoverable/ },
  { kind: 'secret-being-deleted', pattern: /ObjectIsBeing(?:Deleted|Recovered)/ },
  {
    kind: 'purge-protection',
    pattern: /purge protection|DeletedVaultPurge/i,
    explanation: {
      cause: 'The vault has purge protection: nobody can purge it before its retention ends.',
      remedy: 'Wait until then, or use another vault name for the next run.',
      link: `${LEARN}/azure/key-vault/general/soft-delete-overview#purge-protection`,
    },
  },

  // Registries
  {
    kind: 'registry-name-taken',
    pattern: /AlreadyInUse/,
    explanation: {
      cause: 'The registry name is in use. Registry names are unique in all of Azure.',
      remedy: 'Use another name.',
      link: `${LEARN}/azure/container-registry/container-registry-get-started-azure-cli`,
    },
  },
  {
    kind: 'acr-tasks-not-allowed',
    pattern: /TasksOperationsNotAllowed/,
    explanation: {
      cause:
        'Azure does not allow this subscription to build in the registry (ACR Tasks are off for free-credit subscriptions).',
      remedy:
        'Set the input builder to auto or docker, which builds on the runner. Or use a pay-as-you-go subscription.',
      link: `${LEARN}/azure/container-registry/container-registry-tasks-overview`,
    },
  },

  // Identities
  {
    kind: 'principal-not-found',
    pattern: /PrincipalNotFound/,
    explanation: {
      cause: 'The identity is new, and the directory does not show it everywhere yet.',
      remedy: 'Run this step again in a minute.',
      link: `${LEARN}/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails`,
    },
  },
  // https://github.com/openshift/cloud-credential-operator/pull/878
  { kind: 'identity-not-visible', pattern: /ParentResourceNotFound|MS Graph resource not found/ },
  { kind: 'application-not-visible', pattern: /Request_ResourceNotFound|NoBackingApplicationObject/ },
  {
    kind: 'concurrent-credential-writes',
    pattern: /ConcurrentFederatedIdentityCredentialsWrites/,
    explanation: {
      cause: 'Another client writes federated credentials of this identity at the same time.',
      remedy: 'Let one run at a time write to an identity (concurrency in the workflow).',
      link: FEDERATION,
    },
  },
  { kind: 'credential-exists', pattern: /Issuer and subject combination already exists/ },
  {
    kind: 'too-many-credentials',
    pattern:
      /at most 20|[Tt]oo many [Ff]ederated|maximum (?:number|of) .*[Ff]ederated|Directory_QuotaExceeded/,
    command: / federated-credential /,
    inTerminal: {
      cause: 'The identity has 20 federated credentials, which is the maximum in Entra.',
      remedy: 'Delete those that you do not need, or use another identity (--name).',
      link: FEDERATION,
    },
  },
  {
    kind: 'credentials-not-supported',
    pattern: /are not supported in/,
    command: / federated-credential /,
    inTerminal: {
      cause: 'Identities in this region cannot have federated credentials.',
      remedy: 'Use another region (--location). Labs can be in a different region.',
      link: FEDERATION,
    },
  },

  // az itself
  {
    kind: 'az-crashed',
    pattern: /Here is the traceback:/,
    explanation: {
      cause: "az crashed while handling Azure's response.",
      remedy: 'Run this step again. If az crashes again, install another version of az.',
      link: 'https://github.com/Azure/azure-cli/issues',
    },
  },

  // Kubernetes
  {
    // In a cluster that was created or started moments ago, the webhook, its service, its certificate, and the tunnel from the
    // API server to the nodes become ready one after the other: https://github.com/Azure/AKS/issues/4139
    kind: 'webhook-unavailable',
    pattern: /failed calling webhook/,
    explanation: {
      cause:
        'An admission webhook of the cluster does not answer, and the cluster accepts no such object without it.',
      remedy:
        'After a creation or a start, it becomes ready within minutes: run this step again. Otherwise check its pods: kubectl get pods --namespace kube-system',
      link: 'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy',
    },
  },
  // A decision of an admission webhook or policy.
  { kind: 'refused-by-cluster', pattern: /denied the request|\(Forbidden\)/ },
  { kind: 'not-admitted', pattern: /is forbidden: (?!User )|admission webhook .* denied the request/ },
  {
    kind: 'certificate-not-trusted',
    pattern: /CERTIFICATE_VERIFY_FAILED|x509: certificate signed by unknown authority/,
    explanation: {
      cause:
        'This machine does not trust the authority that signed the certificate, as behind an intercepting proxy.',
      remedy:
        "Set REQUESTS_CA_BUNDLE (az) and SSL_CERT_FILE (kubectl) to the file of the proxy's certificate authority.",
      link: `${LEARN}/cli/azure/use-azure-cli-successfully-troubleshooting#work-behind-a-proxy`,
    },
  },
  {
    kind: 'kubelogin-missing',
    pattern: /executable kubelogin not found|exec: "kubelogin"/,
    explanation: {
      cause:
        'The cluster requires an Entra login. kubectl uses kubelogin for that, and kubelogin is not on PATH.',
      remedy: 'Install it before this step, for example with azure/use-kubelogin.',
      link: 'https://azure.github.io/kubelogin/',
    },
  },
  {
    kind: 'kubelogin-failed',
    pattern: /getting credentials: exec: executable \S+ failed/,
    explanation: {
      cause:
        'The program that gets the credentials for kubectl failed (kubelogin for a cluster with Entra logins).',
      remedy: 'Its error is below. kubelogin uses the login of az: log in again directly before this step.',
      link: 'https://azure.github.io/kubelogin/',
    },
  },
  {
    kind: 'cluster-unreachable',
    pattern:
      /Unable to connect to the server|no such host|i\/o timeout|connection refused|deadline exceeded|Client\.Timeout/,
  },
  {
    kind: 'service-unreachable',
    pattern:
      /Unable to connect to proxy|Failed to resolve|Unable to connect to the server|connection refused|no such host/i,
    explanation: {
      cause: 'The network did not reach the service.',
      remedy:
        'Check the proxy and the DNS of this runner. A stopped or private cluster does not answer either.',
      link: `${LEARN}/troubleshoot/azure/azure-kubernetes/connectivity/troubleshoot-cluster-connection-issues-api-server`,
    },
  },
  {
    kind: 'cluster-credentials-refused',
    pattern: /You must be logged in to the server|\(Unauthorized\)/,
    explanation: {
      cause: 'The cluster does not accept the credentials of the kubeconfig.',
      remedy: 'Get new ones: run create-cluster again, or az aks get-credentials.',
      link: `${LEARN}/azure/aks/control-kubeconfig-access`,
    },
  },
  {
    kind: 'forbidden-by-cluster',
    pattern: /Error from server \(Forbidden\)/,
    explanation: {
      cause: "The cluster's RBAC does not allow this to the user of the kubeconfig.",
      remedy: 'Grant that user a role in the namespace.',
      link: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
    },
  },
  { kind: 'forbidden', pattern: /\(Forbidden\)/ },
  { kind: 'object-exists', pattern: /\(AlreadyExists\)/ },
  { kind: 'object-not-found', pattern: /Error from server \(NotFound\)/ },
  { kind: 'object-changed', pattern: /Error from server \(Conflict\)/ },

  // Transient failures. az itself retries some of them, for a few seconds.
  // https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
  {
    // AKS and Key Vault use the short code: https://learn.microsoft.com/azure/aks/quotas-skus-regions
    kind: 'azure-throttles',
    pattern: /TooManyRequests|RequestsThrottled|\(Throttled\)|\b429\b.*Too Many|too many requests/i,
    transient: { az: 'Azure throttles' },
  },
  {
    kind: 'operation-in-progress',
    pattern:
      /AnotherOperationInProgress|another operation .*in progress|there's an in progress .* operation|operation is in progress|OperationPreempted/i,
    transient: { az: 'another operation on the resource is in progress' },
  },
  {
    kind: 'concurrent-write',
    pattern: /\(ConcurrentUpdateError\)|\(EtagMismatch\)|\(PreconditionFailed\)/,
    transient: { az: 'another client writes the resource at the same time' },
  },
  {
    kind: 'connection-reset',
    pattern:
      /ConnectionResetError|Connection reset by peer|RemoteDisconnected|Connection aborted|IncompleteRead|UNEXPECTED_EOF_WHILE_READING/,
    transient: { az: 'the connection was reset' },
  },
  {
    kind: 'name-server-unavailable',
    pattern: /Temporary failure in name resolution|EAI_AGAIN/,
    transient: { az: 'the name server does not answer' },
  },
  {
    // urllib3 2, urllib3 1 (in the words of Linux, macOS and Windows), aiohttp, and a proxy that does not find the host.
    kind: 'host-not-resolved',
    pattern:
      /Failed to resolve|NameResolutionError|Name or service not known|nodename nor servname|Temporary failure in name resolution|No address associated with hostname|Name does not resolve|getaddrinfo|Tunnel connection failed: 50[234]/i,
  },
  {
    kind: 'entra-unavailable',
    pattern: /AADSTS(?:90033|50000|90006)\b|HTTP Error: 5\d\d|temporarily unavailable|Service Unavailable/i,
    transient: { login: 'Entra is unavailable' },
  },
  {
    kind: 'entra-throttles',
    pattern: /\b429\b|TooManyRequests|AADSTS90055\b/,
    transient: { login: 'Entra throttles' },
  },
  {
    kind: 'network-failed',
    pattern:
      /Connection aborted|[Cc]onnection reset|RemoteDisconnected|NewConnectionError|NameResolutionError|ConnectTimeout|Read timed out|ReadTimeout|Max retries exceeded|Temporary failure in name resolution|EOF occurred|IncompleteRead|ProxyError/,
    transient: { login: 'the network failed' },
  },
  {
    kind: 'cluster-throttles',
    pattern: /TooManyRequests|too many requests/i,
    transient: { kubectl: 'the cluster throttles' },
  },
  {
    kind: 'webhook-not-ready',
    pattern: /failed calling webhook|failed to call webhook/,
    transient: { kubectl: 'a webhook of the cluster does not answer yet' },
  },
  {
    kind: 'cluster-slow',
    pattern: /Client\.Timeout exceeded|context deadline exceeded/,
    transient: { kubectl: 'the cluster did not answer in time' },
  },
  {
    kind: 'cluster-connection-reset',
    pattern: /connection reset by peer|unexpected EOF|: EOF\b|TLS handshake timeout|client connection lost/,
    transient: { kubectl: 'the connection was reset' },
  },
  {
    kind: 'object-modified',
    pattern: /the object has been modified/,
    transient: { kubectl: 'another client writes the object at the same time' },
  },
] as const satisfies readonly ErrorSign[];

export type ErrorKind = (typeof SIGNS)[number]['kind'];

export interface KnownError extends ErrorSign {
  readonly kind: ErrorKind;
}

/** The known errors whose sign is in this text, the most particular first. */
export function findErrors(text: string): KnownError[] {
  return SIGNS.filter(({ pattern }) => pattern.test(text));
}

export function explain(text: string): Explanation | undefined {
  const signs: readonly ErrorSign[] = SIGNS;
  return (
    signs.find(({ pattern, explanation }) => explanation && pattern.test(text))?.explanation ??
    explainQuota(text)
  );
}

/** The hosts that a failure of the network lists, in lower case. */
export function hostsIn(text: string): string[] {
  const hosts = /(?:host='|resolve '|connect to host |ENOTFOUND )([a-z0-9.-]+)/gi;
  return [...text.matchAll(hosts)].map(([, host = '']) => host.toLowerCase());
}
