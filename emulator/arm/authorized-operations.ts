import type { Caller } from '../entra/tokens.ts';
import type { Reply } from '../http/service.ts';
import type { Outcome } from './activity-log.ts';
import type { ArmContext } from './context.ts';
import { ArmError, gatewayError } from './errors.ts';
import type { Operation } from './operations.ts';
import type { ArmOperation, ArmServices } from './route.ts';

/**
 * The activity log also receives rejected changes.
 * @throws ArmError 403 without the permission, 409 because of a lock, and what the operation throws
 */
export async function runAuthorized(
  { context, operations, locks, activityLog }: ArmServices,
  { caller, method, correlationId }: { caller: Caller; method: string; correlationId: string },
  operation: ArmOperation,
): Promise<Reply> {
  const { action, scope, ignoresLocks, run } = operation;
  if (action === undefined) return run();
  const isRead = method === 'GET' || method === 'HEAD';
  const checkAndRun = async () => {
    authorize(context, caller, { ...operation, action });
    if (!isRead && !ignoresLocks) locks.check(method, scope);
    return run();
  };
  if (isRead) return checkAndRun();

  const logOutcome = activityLog.begin({ caller, method, correlationId, action, resourceId: scope });
  try {
    const reply = await checkAndRun();
    const started = operations.startedBy(reply.headers);
    logOutcome({ status: started ? 'Accepted' : 'Succeeded', httpStatus: reply.status });
    started?.done.then(() => logOutcome(outcomeOf(started)));
    return reply;
  } catch (error) {
    if (error instanceof ArmError) {
      logOutcome({ status: 'Failed', httpStatus: error.status, message: String(error.toReply().body) });
    }
    throw error;
  }
}

function outcomeOf({ status, error }: Operation): Outcome {
  if (!error) return { status: 'Succeeded', httpStatus: 200 };
  const { code, message } = error;
  return {
    status: status === 'Canceled' ? 'Canceled' : 'Failed',
    httpStatus: error.status,
    message: JSON.stringify({ status, error: { code, message } }),
  };
}

function authorize(
  { authorization, directory }: ArmContext,
  caller: Caller,
  { action, scope, attributes = {} }: ArmOperation & { readonly action: string },
): void {
  if (authorization.check(caller.objectId, { action }, scope, attributes).allowed) return;
  const principal = directory.findByObjectId(caller.objectId);
  const client = principal?.kind === 'User' ? principal.userPrincipalName : caller.clientId;
  throw gatewayError(
    403,
    'AuthorizationFailed',
    `The client '${client}' with object id '${caller.objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}
