/** A user, an app's bot, or an organization. */
export interface Account {
  readonly login: string;
  readonly id: number;
  readonly type: 'User' | 'Bot' | 'Organization';
}

/** How the subjects of a repository's ID tokens are composed. */
export interface SubjectCustomization {
  readonly useDefault: boolean;
  /** Claims in the subject if the default is not used. */
  readonly includeClaimKeys: readonly string[];
  /** True if a client requested the IDs in the subject. */
  readonly useImmutableSubject: boolean;
}

/** A configuration variable of a repository or an environment. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A branch or tag, or a pattern of them, that is allowed to deploy to an environment. */
export interface BranchPolicy {
  readonly id: number;
  readonly name: string;
  readonly type: 'branch' | 'tag';
}

/** A deployment environment. */
export interface Environment {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Minutes. */
  readonly waitTimer: number;
  readonly preventSelfReview: boolean;
  readonly reviewers: readonly { readonly type: string; readonly id: number }[];
  readonly branches: 'all' | 'protected' | 'custom';
  readonly branchPolicies: BranchPolicy[];
  readonly variables: Map<string, Variable>;
}

/** A deployment with its statuses, newest first, as the API shows them. */
export interface Deployment {
  readonly id: number;
  readonly body: object;
  readonly environment: string;
  readonly statuses: object[];
}

export interface Label {
  readonly id: number;
  readonly name: string;
  /** Six hexadecimal digits. */
  readonly color: string;
  readonly description: string | null;
}

export interface IssueComment {
  readonly id: number;
  readonly author: Account;
  body: string;
  readonly createdAt: Date;
  updatedAt: Date;
}

/** An issue. The emulator has no pull requests, which GitHub lists among the issues. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly createdAt: Date;
  updatedAt: Date;
  title: string;
  body: string | null;
  labels: readonly Label[];
  state: 'open' | 'closed';
  stateReason: string | null;
  closedAt: Date | null;
  closedBy: Account | null;
  isLocked: boolean;
  readonly comments: IssueComment[];
}

export interface Repository {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  readonly createdAt: Date;
  readonly defaultBranch: string;
  isPrivate: boolean;
  hasIssues: boolean;
  subject: SubjectCustomization;
  readonly variables: Map<string, Variable>;
  /** By name in lower case. */
  readonly environments: Map<string, Environment>;
  /** Newest first. */
  readonly deployments: Deployment[];
  readonly issues: Issue[];
  /** By name in lower case. */
  readonly labels: Map<string, Label>;
}

/** `OWNER/NAME` */
export function fullNameOf({ owner, name }: Repository): string {
  return `${owner.login}/${name}`;
}

/**
 * Repositories created from this date on have the IDs of owner and repository in the subjects of their ID tokens.
 * @see https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
const immutableSince = new Date('2026-07-15T00:00:00Z');

/**
 * The beginning of the subjects of a repository's ID tokens: `repo:OWNER/REPO`, or with IDs `repo:OWNER@1/REPO@2`. That a
 * repository with IDs cannot go back is inferred.
 */
export function subjectPrefix({ owner, name, id, createdAt, subject }: Repository): string {
  const immutable = subject.useImmutableSubject || createdAt >= immutableSince;
  return immutable ? `repo:${owner.login}@${owner.id}/${name}@${id}` : `repo:${owner.login}/${name}`;
}
