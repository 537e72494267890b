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

/** The parts of Resource Manager. */
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

/** A request whose caller and body are known, but not yet its target. */
export type ArmCall = Omit<ArmRequest, 'id' | 'action'>;

/** What a request asks for. It runs after the front door authorized the caller and checked the locks. */
export interface ArmOperation {
  /** The permission that the caller needs: `Microsoft.KeyVault/vaults/write`. Without it, everybody is allowed. */
  readonly action?: string;
  /** ARM ID of the target. */
  readonly scope: string;
  /** What conditions of role assignments can compare. */
  readonly attributes?: ConditionAttributes;
  /** Locks do not apply. */
  readonly ignoresLocks?: boolean;
  readonly run: () => Reply | Promise<Reply>;
}

export type ArmRoute = Route<ArmServices & { readonly call: ArmCall }, ArmOperation>;
