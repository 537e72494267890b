export interface Account {
  readonly login: string;
  readonly id: number;
  readonly type: 'User' | 'Bot' | 'Organization';
}

/** Of ID tokens. */
export interface SubjectCustomization {
  readonly useDefault: boolean;
  /** Used if not the default. */
  readonly includeClaimKeys: readonly string[];
  /** A client requested the IDs. */
  readonly useImmutableSubject: boolean;
}

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Or a pattern. */
export interface BranchPolicy {
  readonly id: number;
  readonly name: string;
  readonly type: 'branch' | 'tag';
}

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

/** Statuses newest first. */
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

/** No pull requests, which GitHub lists among the issues. */
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
 * From this date on, subjects have the IDs of owner and repository.
 * @see https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
 */
const immutableSince = new Date('2026-07-15T00:00:00Z');

/** `repo:OWNER/REPO`, or with IDs `repo:OWNER@1/REPO@2`. It is inferred that a repository with IDs cannot go back. */
export function subjectPrefix({ owner, name, id, createdAt, subject }: Repository): string {
  const immutable = subject.useImmutableSubject || createdAt >= immutableSince;
  return immutable ? `repo:${owner.login}@${owner.id}/${name}@${id}` : `repo:${owner.login}/${name}`;
}
