import { CommandFailed, isReadOnly } from './command.ts';
import { InvalidInputs } from './inputs.ts';
import { Interrupted } from './interruption.ts';
import { harmless } from './log.ts';
import { type Explanation, explainQuota } from './quota.ts';
import { TimedOut } from './retry.ts';

/** A failure that an action recognised itself: what is wrong, and what to do about it. */
export class ActionFailed extends Error {
  readonly remedy: string;
  readonly link: string | undefined;
  /** Outputs that the action sets although it failed. */
  readonly outputs: Readonly<Record<string, string>>;

  constructor(what: string, remedy: string, link?: string, outputs: Readonly<Record<string, string>> = {}) {
    super(what);
    this.name = 'ActionFailed';
    this.remedy = remedy;
    this.link = link;
    this.outputs = outputs;
  }
}

/** A failure of az or kubectl that is known by what it prints. */
interface KnownFailure extends Explanation {
  /** In standard error. */
  pattern: RegExp;
}

const LEARN = 'https://learn.microsoft.com';

// The first match counts, so the particular stands before the general.
const KNOWN: readonly KnownFailure[] = [
  {
    pattern: /Please run 'az login'|az login' to setup account|No subscription found/i,
    cause: 'az is not logged in.',
    remedy:
      'Give this step client-id, tenant-id and subscription-id, and the job `permissions: id-token: write`; or log in before it.',
    link: 'https://learn.microsoft.com/azure/developer/github/connect-from-azure-openid-connect',
  },
  {
    pattern: /AADSTS700024|Unable to authenticate using AAD or admin login credentials/,
    cause:
      'The GitHub token that az logged in with has expired: it lives five minutes, and az needs it again for each service. For a registry az hides that reason.',
    remedy:
      'Let this step log in by itself, and again when needed: give it client-id, tenant-id and subscription-id. Or log in just before it.',
    link: 'https://github.com/Azure/login/issues/372',
  },
  {
    pattern: /AADSTS7002138/,
    cause: 'The subject of the token and of the federated credential differ in upper and lower case only.',
    remedy: 'Write the credential with the subject that the message shows; the comparison is exact.',
    link: `${LEARN}/entra/workload-id/workload-identity-federation-considerations`,
  },
  {
    pattern: /AADSTS70021[123]?\b/,
    cause: 'No federated credential of the identity matches the issuer, subject and audience of the token.',
    remedy:
      'Create a credential with exactly the issuer and subject that the message shows. One that was made just now is seen after seconds to minutes.',
    link: `${LEARN}/entra/workload-id/workload-identity-federation-considerations`,
  },
  {
    pattern: /AADSTS700016\b|AADSTS700038\b|AADSTS90002\b/,
    cause: 'Entra knows no identity with this client id in this tenant, or no such tenant.',
    remedy: 'Correct client-id and tenant-id. An identity that was made just now is seen after some minutes.',
    link: 'https://github.com/Azure/login#readme',
  },
  {
    pattern: /The subscription of '.*' doesn't exist in cloud/,
    cause: 'The identity that logged in sees no such subscription.',
    remedy:
      'Correct subscription-id, or give the identity a role there; after a new assignment wait some minutes.',
    link: 'https://github.com/Azure/login/issues/556',
  },
  {
    pattern: /No subscriptions found for/,
    cause: 'The identity that logged in has no role on any subscription, or the role is not seen yet.',
    remedy: 'Give it a role on the subscription or resource group; after a new assignment wait some minutes.',
    link: 'https://github.com/Azure/login/issues/556',
  },
  {
    pattern: /roleAssignments\/write/,
    cause: 'The identity that az is logged in as is not allowed to assign roles.',
    remedy: 'Assign it the role Role Based Access Control Administrator on the resource group.',
    link: `${LEARN}/azure/role-based-access-control/built-in-roles/privileged#role-based-access-control-administrator`,
  },
  {
    pattern: /AuthorizationFailed|LinkedAuthorizationFailed/,
    cause:
      'The identity that is logged in has no role that allows this action on this scope, or the role is not seen yet.',
    remedy: 'Give it the role that this action’s README names, on the scope that the message shows.',
    link: `${LEARN}/azure/role-based-access-control/troubleshooting`,
  },
  {
    pattern: /MissingSubscriptionRegistration|not registered to use namespace/,
    cause: 'The subscription has never used this kind of resource.',
    remedy: 'Register the namespace that the message shows once: az provider register --namespace NAMESPACE.',
    link: `${LEARN}/azure/azure-resource-manager/troubleshooting/error-register-resource-provider`,
  },
  {
    pattern: /K8sVersionNotSupported/,
    cause: 'AKS does not offer this Kubernetes version in this region.',
    remedy: 'Leave kubernetes-version empty, or take one from az aks get-versions --location LOCATION.',
    link: `${LEARN}/azure/aks/supported-kubernetes-versions`,
  },
  {
    pattern: /ScopeLocked/,
    cause: 'A lock is on it, or on what it is in.',
    remedy: 'Have the lock taken away: az lock list --resource-group GROUP shows it.',
    link: `${LEARN}/azure/azure-resource-manager/management/lock-resources`,
  },
  {
    pattern: /ResourceGroupBeingDeleted/,
    cause: 'The resource group is being deleted.',
    remedy: 'Wait until it is gone, or take another name.',
    link: `${LEARN}/azure/azure-resource-manager/management/delete-resource-group`,
  },
  {
    pattern: /InvalidResourceGroupLocation/,
    cause: 'A resource group of this name exists in another region.',
    remedy: 'Use that region (input location), or another name.',
    link: `${LEARN}/azure/azure-resource-manager/management/manage-resource-groups-cli`,
  },
  {
    pattern: /LocationNotAvailable|NoRegisteredProviderFound|location .* is not available/i,
    cause: 'This region does not exist or does not offer this kind of resource.',
    remedy: 'Choose another region (input location).',
    link: `${LEARN}/azure/reliability/regions-list`,
  },
  {
    pattern: /exists in deleted state/,
    cause: 'A vault of this name was deleted but not purged, and a deleted vault keeps its name.',
    remedy: 'Purge it with az keyvault purge --name NAME, or take another name.',
    link: `${LEARN}/azure/key-vault/general/key-vault-recovery`,
  },
  {
    pattern: /VaultAlreadyExists/,
    cause: 'The vault name is taken; vault names are unique in all of Azure.',
    remedy: 'Take another name.',
    link: `${LEARN}/azure/key-vault/general/about-keys-secrets-certificates`,
  },
  {
    pattern: /ForbiddenByRbac/,
    cause:
      'The vault checks roles, and the caller has none that allows this, or the assignment is not seen yet.',
    remedy:
      'Assign Key Vault Secrets Officer (to write) or Key Vault Secrets User (to read) on the vault, and allow it some minutes.',
    link: `${LEARN}/azure/key-vault/general/rbac-guide`,
  },
  {
    pattern: /purge protection|DeletedVaultPurge/i,
    cause: 'The vault has purge protection: nobody can purge it before its retention ends.',
    remedy: 'Nothing can be done but to wait; take another vault name for the next run.',
    link: `${LEARN}/azure/key-vault/general/soft-delete-overview#purge-protection`,
  },
  {
    pattern: /AlreadyInUse/,
    cause: 'The name is taken; registry names are unique in all of Azure.',
    remedy: 'Take another name.',
    link: `${LEARN}/azure/container-registry/container-registry-get-started-azure-cli`,
  },
  {
    pattern: /TasksOperationsNotAllowed/,
    cause:
      'Azure does not let this subscription build in the registry (ACR Tasks are off for free-credit subscriptions).',
    remedy: 'Let builder be auto or docker, which builds on the runner; or use a pay-as-you-go subscription.',
    link: `${LEARN}/azure/container-registry/container-registry-tasks-overview`,
  },
  {
    pattern: /PrincipalNotFound/,
    cause: 'The identity is too new: the directory does not show it everywhere yet.',
    remedy: 'Run this step again in a minute.',
    link: `${LEARN}/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails`,
  },
  {
    pattern: /ConcurrentFederatedIdentityCredentialsWrites/,
    cause: 'Something else keeps writing federated credentials of this identity at the same time.',
    remedy: 'Let one run at a time write to an identity (concurrency in the workflow).',
    link: `${LEARN}/entra/workload-id/workload-identity-federation-considerations`,
  },
  {
    pattern: /Here is the traceback:/,
    cause: 'az itself broke on what it was answered.',
    remedy: 'Try again; if it repeats, another version of az may do better.',
    link: 'https://github.com/Azure/azure-cli/issues',
  },
  {
    pattern: /failed calling webhook/,
    cause:
      'An admission webhook of the cluster does not answer, and without it the cluster takes no such object.',
    remedy:
      'After a creation or a start it comes up within minutes: run this again. Else see its pods: kubectl get pods --namespace kube-system.',
    link: 'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy',
  },
  {
    pattern: /CERTIFICATE_VERIFY_FAILED|x509: certificate signed by unknown authority/,
    cause:
      'The certificate that answered was not signed by an authority that this machine trusts, as behind an intercepting proxy.',
    remedy: 'Point REQUESTS_CA_BUNDLE (az) and SSL_CERT_FILE (kubectl) at the proxy’s certificate authority.',
    link: `${LEARN}/cli/azure/use-azure-cli-successfully-troubleshooting#work-behind-a-proxy`,
  },
  {
    pattern: /executable kubelogin not found|exec: "kubelogin"/,
    cause:
      'The cluster asks for an Entra login, which kubectl does through kubelogin, and kubelogin is not on PATH.',
    remedy: 'Install it before this step, for example with azure/use-kubelogin.',
    link: 'https://azure.github.io/kubelogin/',
  },
  {
    pattern: /getting credentials: exec: executable \S+ failed/,
    cause:
      'The program that gives kubectl its credentials, kubelogin for a cluster with Entra logins, failed.',
    remedy: 'Its own words stand below. kubelogin takes the login of az: log in again just before this step.',
    link: 'https://azure.github.io/kubelogin/',
  },
  {
    pattern:
      /Unable to connect to proxy|Failed to resolve|Unable to connect to the server|connection refused|no such host/i,
    cause: 'The network did not reach the service.',
    remedy: 'Check the proxy and DNS of this runner; a stopped or private cluster does not answer either.',
    link: `${LEARN}/troubleshoot/azure/azure-kubernetes/connectivity/troubleshoot-cluster-connection-issues-api-server`,
  },
  {
    pattern: /You must be logged in to the server|\(Unauthorized\)/,
    cause: 'The cluster does not accept the credentials of the kubeconfig.',
    remedy: 'Get them again: run create-cluster again, or az aks get-credentials.',
    link: `${LEARN}/azure/aks/control-kubeconfig-access`,
  },
  {
    pattern: /Error from server \(Forbidden\)/,
    cause: 'The cluster’s own RBAC does not allow this to the user of the kubeconfig.',
    remedy: 'Give that user a role in the namespace.',
    link: 'https://kubernetes.io/docs/reference/access-authn-authz/rbac/',
  },
];

/** The known failure whose sign is in this text, if there is one. */
export function recognise(stderr: string): Explanation | undefined {
  return KNOWN.find(({ pattern }) => pattern.test(stderr)) ?? explainQuota(stderr);
}

/**
 * Everything somebody needs who sees only this: what failed, the likely cause, what to do, where to read on. What is
 * not known is shown as it is: command, exit code, standard error.
 */
export function describeFailure(error: unknown): string {
  if (error instanceof InvalidInputs) return error.message;
  if (error instanceof Interrupted) return describeInterruption(error);
  if (error instanceof ActionFailed)
    return paragraphs(error.message, `What to do: ${error.remedy}`, error.link);
  if (error instanceof TimedOut)
    return paragraphs(
      error.message,
      'What to do: run it again; it goes on from what is there. A longer bound can be set by the input timeout-minutes, or retry-minutes.',
    );
  if (error instanceof CommandFailed) return describeCommand(error);
  const text = error instanceof Error ? error.message : String(error);
  const missing = /Unable to locate executable file: (\w+)/.exec(text)?.[1];
  if (missing)
    return paragraphs(
      `${missing} was not found on PATH.`,
      `What to do: install ${missing}; GitHub's hosted Ubuntu runners have it.`,
    );
  return harmless(text);
}

/** What az changes goes on in Azure without it. */
function describeInterruption({ message, cutOff }: Interrupted): string {
  const changes = cutOff.filter(command => command[0] === 'az' && !isReadOnly(command));
  if (changes.length === 0) return message;
  return paragraphs(
    message,
    'Azure may go on with what was begun:',
    ...changes.map(command => `\`${harmless(command.join(' '))}\``),
    'What to do: run it again, which goes on from what is there; or delete what is left, as delete-lab does.',
  );
}

function describeCommand({ command, exitCode, stderr }: CommandFailed): string {
  const ending = `\`${command.join(' ')}\` failed with exit code ${exitCode}:`;
  const failed = `${ending}\n${harmless(shortened(stderr)) || '(it printed no error)'}`;
  const known = recognise(stderr);
  return known ? paragraphs(known.cause, `What to do: ${known.remedy}`, known.link, failed) : failed;
}

const MOST_LINES = 30;

/** The beginning and the end of a long text: a traceback tells what happened in its first and last lines. */
function shortened(text: string): string {
  const lines = text.trim().split('\n');
  if (lines.length <= MOST_LINES) return lines.join('\n');
  const left = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES / 2), `… (${left} lines)`, ...lines.slice(-MOST_LINES / 2)].join('\n');
}

function paragraphs(...parts: (string | undefined)[]): string {
  return parts.filter(part => part !== undefined && part !== '').join('\n');
}
