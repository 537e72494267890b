import { describe, expect, it } from 'vitest';
import { explain } from './known-errors.ts';

describe('explain', () => {
  it.each([
    ["ERROR: Please run 'az login' to setup account.", /not logged in/],
    ['AADSTS700024: Client assertion is not within its valid time range.', /expired/],
    ['AADSTS700213: No matching federated identity record found', /No federated credential/],
    ['AADSTS70021: No matching', /No federated credential/],
    ['AADSTS700211: No matching … presented assertion issuer', /No federated credential/],
    ['AADSTS700212: No matching … presented assertion audience', /No federated credential/],
    ['AADSTS7002138: case', /upper and lower case/],
    [
      "AADSTS700016: Application with identifier 'x' was not found in the directory",
      /client ID in this tenant/,
    ],
    ["AADSTS90002: Tenant 'x' not found.", /no such tenant/],
    ["ERROR: The subscription of 'x' doesn't exist in cloud 'AzureCloud'.", /does not see this subscription/],
    ['ERROR: No subscriptions found for x.', /no role on any subscription/],
    [
      "(AuthorizationFailed) … does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write'",
      /is not allowed to assign roles/,
    ],
    ['(AuthorizationFailed) … does not have authorization to perform action x', /no role that allows/],
    ['(ConflictError) A vault with the same name already exists in deleted state.', /until it is purged/],
    ["(VaultAlreadyExists) The vault name 'x' is already in use.", /unique in all of Azure/],
    ['Inner error: {"code": "ForbiddenByRbac"}', /uses Azure RBAC/],
    ['(TasksOperationsNotAllowed) ACR Tasks requests … are not permitted', /ACR Tasks are off/],
    [
      '(AKSCapacityHeavyUsage) AKS is currently experiencing high demand in eastus',
      /no capacity for this cluster in this region/,
    ],
    [
      '(BadRequest) The VM size of Standard_B2s is not allowed in your subscription',
      /VM size is not available/,
    ],
    ['(ErrCode_InsufficientVCPUQuota) Insufficient vcpu quota requested 4, remaining 2.', /quota/],
    ['(K8sVersionNotSupported) Managed cluster x', /Kubernetes version/],
    ['Error from server (Forbidden): pods is forbidden', /cluster's RBAC/],
    ['Unable to connect to the server: dial tcp: lookup x: no such host', /network/],
    [
      'Unable to connect to the server: getting credentials: exec: executable kubelogin not found',
      /not on PATH/,
    ],
    [
      'Unable to connect to the server: getting credentials: exec: executable kubelogin failed with exit code 1',
      /failed \(kubelogin/,
    ],
    [
      'Error from server (InternalError): Internal error occurred: failed calling webhook "w": failed to call webhook: Post "https://w.kube-system.svc:443/": dial tcp 10.0.0.9:443: connect: connection refused',
      /webhook .* does not answer/,
    ],
  ])('recognizes %j', (stderr, cause) => {
    expect(explain(stderr)?.cause).toMatch(cause);
  });

  it('does not recognize similar lines', () => {
    expect(explain('(BadRequest) The request is bad.')).toBeUndefined();
  });
});
