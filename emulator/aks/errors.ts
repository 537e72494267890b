import { ArmError } from '../arm/errors.ts';
import { wholeSeconds } from '../timestamps.ts';

/** Code and message are at the top of the body. */
export function clusterError(status: number, code: string, message: string): ArmError {
  return new ArmError(status, code, message, {
    flat: true,
    further: { details: null, subcode: '' },
    headers: { 'content-type': 'application/json' },
  });
}

export function invalidParameter(parameter: string, reason: string): ArmError {
  return clusterError(
    400,
    'InvalidParameter',
    `The value of parameter ${parameter} is invalid. Error details: ${reason}. Please see https://aka.ms/aks-naming-rules for more details.`,
  );
}

/**
 * @param verb of the running operation: `update`
 * @see https://github.com/Azure/azure-cli-extensions/pull/9855, which quotes it
 */
export function operationInProgress(
  verb: string,
  { id, startTime }: { id: string; startTime: Date },
): ArmError {
  return clusterError(
    409,
    'OperationNotAllowed',
    `Operation is not allowed because there's an in progress ${verb} managed cluster operation (operation ID: ${id}) on the managed cluster started on UTC ${wholeSeconds(startTime)}. Please wait for it to finish before starting a new operation. You can also use 'az aks operation-abort ...' to abort the ongoing operation.`,
  );
}

/**
 * @param doing `starting`
 * @see https://aka.ms/aks-pending-operation
 */
export function stateForbids(
  doing: string,
  { state, power }: { state: string; power: string },
  running?: { startTime: Date },
): ArmError {
  const previous = running ? ` The previous operation ${since(running.startTime)}` : '';
  return clusterError(
    409,
    'OperationNotAllowed',
    `managed cluster is in Provisioning State(${state}) and Power State(${power}), ${doing} cannot be performed${previous}`,
  );
}

/** @see https://aka.ms/aks-pending-operation */
export function notRunning(stoppedAt: Date): ArmError {
  return clusterError(
    409,
    'OperationNotAllowed',
    `managed cluster is not currently running, stopping cannot be performed; The stop operation ${since(stoppedAt)}`,
  );
}

function since(start: Date): string {
  const seconds = Math.floor((Date.now() - start.getTime()) / 1000);
  const days = Math.floor(seconds / 86_400);
  const time = new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19);
  return `started at '${wholeSeconds(start)}' and elapsed time is: '${days > 0 ? `${days} days and ` : ''}${time}' (RFC3339 format)`;
}
