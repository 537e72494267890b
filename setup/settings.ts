/** The answers: what is to be set up. */
export interface Wanted {
  readonly subscription: Subscription;
  readonly repository: { readonly owner: string; readonly name: string; readonly fullName: string };
  /** The GitHub environment whose jobs are trusted. */
  readonly environment: string;
  /** Jobs on this branch are trusted too, without an environment; '' is none. */
  readonly branch: string;
  readonly identity: {
    readonly kind: 'user-assigned' | 'app-registration';
    readonly name: string;
    /** Of the user-assigned identity. */
    readonly resourceGroup: string;
    readonly location: string;
  };
  /** The region of the labs, whose quotas are checked. */
  readonly labLocation: string;
  /** The workflows that log in: a file of the repository, or `OWNER/NAME/PATH@REF`. */
  readonly workflows: readonly string[];
}

/** A subscription as `az account list` shows it. */
export interface Subscription {
  /** GUID. */
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
}

/** The tag `managed-by` of the resource group and the identity: another than that of labs, which are deleted by it. */
export const MANAGED_BY = 'workload-identity-lab-setup';

/** The issuer of GitHub's ID tokens. https://docs.github.com/actions/reference/security/oidc */
export const ISSUER = 'https://token.actions.githubusercontent.com';
