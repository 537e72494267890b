/**
 * What Entra allows in the federated credentials of an application or a managed identity.
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
export const federatedCredentialLimits = {
  /** Of one application or identity. */
  most: 20,
  name: /^[a-z\d][a-z\d-_]{2,119}$/i,
  /** Of issuer, subject and audience each, in characters. */
  longestText: 600,
} as const;
