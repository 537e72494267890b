/** What to set up or remove: the options and answers, with defaults applied. */
export interface Settings {
  readonly subscription: Subscription;
  readonly repository: { readonly owner: string; readonly name: string; readonly fullName: string };
  /** GitHub environment whose jobs are trusted. */
  readonly environment: string;
  /** Branch whose jobs are trusted without an environment. Empty: none. */
  readonly branch: string;
  readonly identity: {
    readonly kind: 'user-assigned' | 'app-registration';
    readonly name: string;
    /** Of the user-assigned identity. */
    readonly resourceGroup: string;
    readonly location: string;
  };
  /** Region of the labs, whose quotas are checked. */
  readonly labLocation: string;
  /** Workflows that log in: a file of the repository, or `OWNER/NAME/PATH@REF`. */
  readonly workflows: readonly string[];
}

/** As `az account list` prints it. */
export interface Subscription {
  /** GUID. */
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
}

/** The tag `managed-by` of the resource group and the identity. It differs from the tag of labs, which delete-lab deletes. */
export const SETUP_MANAGED_BY = 'workload-identity-lab-setup';

/** Issuer of GitHub's ID tokens. https://docs.github.com/actions/reference/security/oidc */
export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';
