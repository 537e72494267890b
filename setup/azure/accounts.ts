import type { Az } from '../../actions/shared/az.ts';
import { missingTool } from '../../actions/shared/command-errors.ts';
import { ActionFailed } from '../../actions/shared/failures.ts';
import { allows, permissionsAt } from '../../actions/shared/permissions.ts';
import { quote } from '../../actions/shared/quote.ts';
import type { Settings, Subscription } from '../settings.ts';
import { GRANTS } from './role-assignments.ts';

/** As `az account list` prints it. */
export interface Account extends Subscription {
  readonly isDefault: boolean;
  readonly state: string;
  readonly user: { readonly name: string; readonly type: string };
}

/**
 * Enabled subscriptions only.
 * @throws {ActionFailed} if az is not installed or not logged in
 */
export async function listAccounts(az: Az): Promise<Account[]> {
  const all = await az<Account[]>(['account', 'list']).catch(error => {
    if (missingTool(error))
      throw new ActionFailed(
        'az, the Azure CLI, was not found on PATH.',
        'Install the Azure CLI, then log in: az login',
        'https://learn.microsoft.com/cli/azure/install-azure-cli',
      );
    throw error;
  });
  const enabled = all.filter(({ state }) => state === 'Enabled');
  if (enabled.length > 0) return enabled;
  throw new ActionFailed(
    all.length === 0 ? 'az is not logged in.' : 'az has no enabled subscription.',
    'Log in as an owner of the subscription: az login',
    'https://learn.microsoft.com/cli/azure/authenticate-azure-cli',
  );
}

/**
 * az creates app registrations in the tenant of its active subscription.
 * @throws {ActionFailed} if that is another tenant
 */
export function checkTenant({ identity, subscription }: Settings, accounts: readonly Account[]): void {
  const active = accounts.find(({ isDefault }) => isDefault);
  if (identity.kind === 'user-assigned' || active?.tenantId === subscription.tenantId) return;
  throw new ActionFailed(
    `az would create the app registration in another tenant.\nTenant of az's active subscription: ${quote(active?.tenantId ?? '')}\nTenant of the subscription ${quote(subscription.name)}: ${quote(subscription.tenantId)}`,
    `Select the subscription: az account set --subscription ${subscription.id}`,
  );
}

/** @throws {ActionFailed} if the user cannot assign the roles */
export async function checkAssignPermission(az: Az, { subscription }: Settings): Promise<void> {
  const permissions = await permissionsAt(az, `/subscriptions/${subscription.id}`);
  const action = 'Microsoft.Authorization/roleAssignments/write';
  // Without readable permissions, Azure answers when the role is assigned.
  if (!permissions || GRANTS.every(({ roleId }) => allows(permissions, action, { roleId }))) return;
  throw new ActionFailed(
    `You are not allowed to assign the roles ${GRANTS.map(({ role }) => role).join(' and ')} on the subscription ${quote(subscription.name)} (${subscription.id}).`,
    'Ask an owner of the subscription to run this command, or to assign you the role Owner or User Access Administrator. After a new role assignment, log in again: az login',
    'https://learn.microsoft.com/azure/role-based-access-control/role-assignments-steps#step-4-check-your-prerequisites',
  );
}
