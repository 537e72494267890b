import type { Caller } from '../entra/tokens.ts';
import type { Reply } from '../http/service.ts';
import type { Activity, ActivityLog } from './activity-log.ts';
import type { ConditionAttributes } from './authorization/authorization.ts';
import type { ArmContext } from './context.ts';
import { ArmError, gatewayError } from './errors.ts';
import type { Locks } from './locks.ts';
import type { Operation, Operations } from './operations.ts';

/**
 * Does what was asked for, if the caller may.
 * @param what.action what the caller needs: `Microsoft.KeyVault/vaults/write`
 * @param what.scope ARM id of what it is done to
 * @param what.attributes what conditions of role assignments may ask about
 * @param what.exempt whether locks do not hold for it
 * @throws ArmError 409 when a lock forbids it, 403 when the caller has no permission, and what `work` throws
 */
export type Perform = (
  what: { action: string; scope: string; attributes?: ConditionAttributes; exempt?: boolean },
  work: () => Reply | Promise<Reply>,
) => Promise<Reply>;

/**
 * Every change goes into the activity log, and what came of it; also one that was refused.
 * @param asked who asks for what, in this request
 */
export function createPerform(
  { context, operations, locks }: { context: ArmContext; operations: Operations; locks: Locks },
  log: ActivityLog,
  asked: Pick<Activity, 'caller' | 'method' | 'correlationId'>,
): Perform {
  return async ({ action, scope, attributes, exempt }, work) => {
    const permitted = async () => {
      authorize(context, asked.caller, action, scope, attributes);
      if (!exempt && asked.method !== 'GET' && asked.method !== 'HEAD') locks.check(asked.method, scope);
      return work();
    };
    if (asked.method === 'GET' || asked.method === 'HEAD') return permitted();

    const tell = log.begin({ ...asked, action, resourceId: scope });
    try {
      const reply = await permitted();
      const operation = operations.startedBy(reply.headers);
      tell({ status: operation ? 'Accepted' : 'Succeeded', httpStatus: reply.status });
      operation?.done.then(() => tell(outcomeOf(operation)));
      return reply;
    } catch (error) {
      if (error instanceof ArmError) {
        tell({ status: 'Failed', httpStatus: error.status, message: String(error.toReply().body) });
      }
      throw error;
    }
  };
}

function outcomeOf({ status, error }: Operation): Parameters<ReturnType<ActivityLog['begin']>>[0] {
  if (!error) return { status: 'Succeeded', httpStatus: 200 };
  const { code, message } = error;
  return {
    status: status === 'Canceled' ? 'Canceled' : 'Failed',
    httpStatus: error.status,
    message: JSON.stringify({ status, error: { code, message } }),
  };
}

function authorize(
  context: ArmContext,
  caller: Caller,
  action: string,
  scope: string,
  attributes: ConditionAttributes = {},
): void {
  if (context.authorization.check(caller.objectId, { action }, scope, attributes).allowed) return;
  const principal = context.directory.findByObjectId(caller.objectId);
  const client = principal?.kind === 'User' ? principal.userPrincipalName : caller.clientId;
  throw gatewayError(
    403,
    'AuthorizationFailed',
    `The client '${client}' with object id '${caller.objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}
