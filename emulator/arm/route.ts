import type { Route } from '../http/router.ts';
import type { Reply } from '../http/service.ts';
import type { ActivityLog } from './activity-log.ts';
import type { ConditionAttributes } from './authorization/authorization.ts';
import type { RoleProvider } from './authorization/role-provider.ts';
import type { ArmContext } from './context.ts';
import type { Locks } from './locks.ts';
import type { Operations } from './operations.ts';
import type { ArmRequest, ResourceProvider } from './provider.ts';
import type { Registrations } from './registrations.ts';
import type { ResourceGroups } from './resource-groups.ts';

export interface ArmServices {
  readonly context: ArmContext;
  readonly operations: Operations;
  readonly groups: ResourceGroups;
  readonly registrations: Registrations;
  readonly lists: { readonly pageSize: number; readonly unseen: readonly string[] };
  readonly providers: readonly ResourceProvider[];
  readonly roles: RoleProvider;
  readonly locks: Locks;
  readonly activityLog: ActivityLog;
}

/** The target is not known yet. */
export type ArmCall = Omit<ArmRequest, 'id' | 'action'>;

/** Runs after authorization and the check of locks. */
export interface ArmOperation {
  /** `Microsoft.KeyVault/vaults/write`. Without it, everybody is allowed. */
  readonly action?: string;
  readonly scope: string;
  /** For conditions of role assignments. */
  readonly attributes?: ConditionAttributes;
  readonly ignoresLocks?: boolean;
  readonly run: () => Reply | Promise<Reply>;
}

export type ArmRoute = Route<ArmServices & { readonly call: ArmCall }, ArmOperation>;
