import { json, type Reply } from '../http/service.ts';
import type { ArmContext } from './context.ts';
import { gatewayError } from './errors.ts';
import type { ArmCall } from './route.ts';

const subscriptionName = 'Workload Identity Lab (emulated)';

export function listTenants({ tenantId }: ArmContext): Reply {
  const tenant = {
    id: `/tenants/${tenantId}`,
    tenantId,
    displayName: subscriptionName,
    tenantCategory: 'Home',
  };
  return json(200, { value: [tenant] });
}

/** Visible with any role on the subscription or below. */
export function listSubscriptions(context: ArmContext, { caller }: ArmCall): Reply {
  const visible = context.authorization.hasAnyRole(
    caller.objectId,
    `/subscriptions/${context.subscriptionId}`,
  );
  return json(200, {
    value: visible ? [subscription(context)] : [],
    count: { type: 'Total', value: visible ? 1 : 0 },
  });
}

export function showSubscription(context: ArmContext, { caller }: ArmCall): Reply {
  if (!context.authorization.hasAnyRole(caller.objectId, `/subscriptions/${context.subscriptionId}`)) {
    throw gatewayError(
      404,
      'SubscriptionNotFound',
      `The subscription '${context.subscriptionId}' could not be found.`,
    );
  }
  return json(200, subscription(context));
}

function subscription({ subscriptionId, tenantId }: ArmContext): object {
  return {
    id: `/subscriptions/${subscriptionId}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId,
    tenantId,
    displayName: subscriptionName,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}
