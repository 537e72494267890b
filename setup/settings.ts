export interface Settings {
  readonly subscription: Subscription;
  readonly repository: { readonly owner: string; readonly name: string; readonly fullName: string };
  readonly environment: string;
  /** Trusted without an environment. Empty: none. */
  readonly branch: string;
  readonly identity: {
    readonly kind: 'user-assigned' | 'app-registration';
    readonly name: string;
    readonly resourceGroup: string;
    readonly location: string;
  };
  /** The quotas of this region are checked. */
  readonly labLocation: string;
  /** A file of the repository, or `OWNER/NAME/PATH@REF`. */
  readonly workflows: readonly string[];
}

/** As `az account list` prints it. */
export interface Subscription {
  /** GUID. */
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
}

/** Differs from the tag of labs, which delete-lab deletes. */
export const SETUP_MANAGED_BY = 'workload-identity-lab-setup';

/** https://docs.github.com/actions/reference/security/oidc */
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';
