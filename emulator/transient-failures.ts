import { randomUUID } from 'node:crypto';
import { entraErrors } from './entra/errors.ts';
import type { Reply } from './http/service.ts';
import type { Fault, FaultTemplates } from './proxy/faults.ts';
import { wholeSeconds } from './timestamps.ts';

const unknownId = '00000000-0000-4000-8000-000000000000';
const issuer = 'https://eastus.oic.prod-aks.azure.com/tenant/cluster/';
const subject = 'system:serviceaccount:default:workload';

/** Azure recovers from these by itself. The codes are Azure's; docs/fidelity.md has the sources of the wording. */
export const transientFailures: FaultTemplates = {
  /** Resource Manager, any request. */
  throttled: ({ hosts }) => ({
    host: hosts.resourceManager,
    status: 429,
    headers: { 'retry-after': '1', 'x-ms-failure-cause': 'gateway' },
    body: {
      error: {
        code: 'TooManyRequests',
        message: 'The request is being throttled as the limit has been reached for operation type - Write.',
      },
    },
  }),
  /** AKS: another operation is in progress. */
  'operation-in-progress': ({ hosts }) => ({
    host: hosts.resourceManager,
    method: 'PUT',
    pathPattern: '/managedClusters/[^/?]+\\?',
    status: 409,
    body: {
      code: 'OperationNotAllowed',
      details: null,
      message: `Operation is not allowed because there's an in progress update managed cluster operation (operation ID: ${randomUUID()}) on the managed cluster started on UTC ${wholeSeconds(new Date())}. Please wait for it to finish before starting a new operation. You can also use 'az aks operation-abort ...' to abort the ongoing operation.`,
      subcode: '',
    },
  }),
  /** Resource Manager: two writes to one resource. */
  'concurrent-update': ({ hosts }) => ({
    host: hosts.resourceManager,
    method: 'PUT',
    status: 409,
    body: {
      error: {
        code: 'ConcurrentUpdateError',
        message:
          'The request failed due to conflict with a concurrent request. To resolve it, please refer to https://aka.ms/activitylog to get more details on the conflicting requests.',
      },
    },
  }),
  /** Managed identity: two writes to one identity's credentials. */
  'concurrent-credential-writes': ({ hosts }) => ({
    host: hosts.resourceManager,
    method: 'PUT',
    pathPattern: '/federatedIdentityCredentials/',
    status: 409,
    body: {
      error: {
        code: 'ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity',
        message:
          'Too many Federated Identity Credentials are written concurrently for the managed identity. Concurrent Federated Identity Credentials writes under the same managed identity are not supported.',
      },
    },
  }),
  /** Role assignment: the principal is not replicated yet. */
  'principal-not-found': ({ hosts }) => ({
    host: hosts.resourceManager,
    method: 'PUT',
    pathPattern: '/roleAssignments/',
    status: 400,
    body: {
      error: {
        code: 'PrincipalNotFound',
        message: `Principal ${unknownId.replaceAll('-', '')} does not exist in the directory ${unknownId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
      },
    },
  }),
  /** Not replicated to every region of Resource Manager yet. */
  'resource-group-not-seen': ({ hosts }) => ({
    host: hosts.resourceManager,
    method: 'PUT',
    pathPattern: '/resourceGroups/[^/]+/providers/',
    status: 404,
    headers: { 'x-ms-failure-cause': 'gateway' },
    body: {
      error: { code: 'ResourceGroupNotFound', message: "Resource group 'wilab' could not be found." },
    },
  }),
  /** Role assignment: the resource is not replicated yet. */
  'resource-not-seen': ({ hosts }) => ({
    host: hosts.resourceManager,
    method: 'PUT',
    pathPattern: '/roleAssignments/',
    status: 404,
    headers: { 'x-ms-failure-cause': 'gateway' },
    body: {
      error: {
        code: 'ResourceNotFound',
        message:
          "The Resource 'Microsoft.ContainerRegistry/registries/wilab' under resource group 'wilab' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
      },
    },
  }),
  /** No role of the caller is effective yet: https://github.com/Azure/azure-cli/issues/33480 */
  'subscription-not-seen': ({ hosts }) => ({
    host: hosts.resourceManager,
    method: 'GET',
    pathPattern: '^/subscriptions/?\\?',
    status: 200,
    body: { value: [], count: { type: 'Total', value: 0 } },
  }),
  /** AADSTS700016. */
  'identity-not-seen': ({ hosts }) =>
    signIn(hosts.login, entraErrors.unknownClient(unknownId, unknownId).toReply()),
  /** AADSTS70021: no federated credential is replicated yet. */
  'credential-not-seen': ({ hosts }) =>
    signIn(
      hosts.login,
      entraErrors.notYetPropagated(issuer, subject, 'api://AzureADTokenExchange').toReply(),
    ),
  /** AADSTS700213: not for this subject yet. */
  'subject-not-seen': ({ hosts }) => signIn(hosts.login, entraErrors.wrongSubject(subject).toReply()),
  /** Vault: the role assignment is not effective yet. */
  'role-not-seen': ({ suffixes }) => ({
    host: `*.${suffixes.keyVault}`,
    pathPattern: '^/secrets',
    status: 403,
    body: {
      error: {
        code: 'Forbidden',
        message: `Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid=${unknownId};oid=${unknownId};iss=https://sts.windows.net/${unknownId}/\r\nAction: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null\r\n`,
        innererror: { code: 'ForbiddenByRbac' },
      },
    },
  }),
  /** @see https://github.com/distribution/distribution/blob/main/registry/api/errcode/register.go */
  'registry-throttled': ({ suffixes }) =>
    registry(suffixes.registry, 429, 'TOOMANYREQUESTS', 'too many requests'),
  'registry-unavailable': ({ suffixes }) =>
    registry(suffixes.registry, 503, 'UNAVAILABLE', 'service unavailable'),
};

function registry(suffix: string, status: number, code: string, message: string): Fault {
  return { host: `*.${suffix}`, status, body: { errors: [{ code, message }] } };
}

function signIn(host: string, { status, body }: Reply): Fault {
  return {
    host,
    method: 'POST',
    pathPattern: '/oauth2/(v2\\.0/)?token',
    status,
    body,
  };
}
