import type { Az } from '../../actions/shared/az.ts';
import { missingTool } from '../../actions/shared/command-errors.ts';
import { ActionFailed } from '../../actions/shared/failures.ts';
import { allows, permissionsAt } from '../../actions/shared/rights.ts';
import type { Subscription, Wanted } from '../settings.ts';
import { GRANTS } from './role-assignments.ts';

/** As `az account list` shows it. */
export interface Account extends Subscription {
  readonly isDefault: boolean;
  readonly state: string;
  readonly user: { readonly name: string; readonly type: string };
}

const INSTALL = 'https://learn.microsoft.com/cli/azure/install-azure-cli';

/**
 * The subscriptions that az is logged in to.
 * @throws {ActionFailed} where az is not there, or not logged in
 */
export async function listAccounts(az: Az): Promise<Account[]> {
  const all = await az<Account[]>(['account', 'list']).catch(error => {
    if (missingTool(error))
      throw new ActionFailed(
        'az, the Azure CLI, was not found on PATH.',
        'Install it, and log in: az login',
        INSTALL,
      );
    throw error;
  });
  const enabled = all.filter(({ state }) => state === 'Enabled');
  if (enabled.length > 0) return enabled;
  throw new ActionFailed(
    all.length === 0 ? 'az is not logged in.' : 'az shows no enabled subscription.',
    'Log in as somebody who owns the subscription: az login',
    'https://learn.microsoft.com/cli/azure/authenticate-azure-cli',
  );
}

/**
 * az asks Entra as the tenant of the subscription that it is set to.
 * @throws {ActionFailed} where an app registration would land in another tenant
 */
export function checkTenant({ identity, subscription }: Wanted, accounts: readonly Account[]): void {
  const current = accounts.find(({ isDefault }) => isDefault);
  if (identity.kind === 'user-assigned' || current?.tenantId === subscription.tenantId) return;
  throw new ActionFailed(
    `az is set to a subscription of tenant ${current?.tenantId ?? '(none)'}, but ${subscription.name} is of tenant ${subscription.tenantId}.`,
    `Set az to it: az account set --subscription ${subscription.id}`,
  );
}

/**
 * Whether whoever is logged in may give the roles; Azure is asked before anything is made.
 * @throws {ActionFailed} where not
 */
export async function checkRightToAssign(az: Az, { subscription }: Wanted): Promise<void> {
  const permissions = await permissionsAt(az, `/subscriptions/${subscription.id}`);
  const action = 'Microsoft.Authorization/roleAssignments/write';
  // Where they cannot be seen, Azure will tell in time.
  if (!permissions || GRANTS.every(({ roleId }) => allows(permissions, action, { roleId }))) return;
  throw new ActionFailed(
    `You may not assign the roles ${GRANTS.map(({ role }) => role).join(' and ')} on subscription ${subscription.name} (${subscription.id}).`,
    'Ask an owner of the subscription to run this command, or to make you Owner or User Access Administrator of it. After a new assignment log in again: az login',
    'https://learn.microsoft.com/azure/role-based-access-control/role-assignments-steps#step-4-check-your-prerequisites',
  );
}
