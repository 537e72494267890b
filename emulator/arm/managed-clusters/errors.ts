import { ArmError } from '../errors.ts';

/** An error of AKS itself: it puts code and message at the top of the body. */
export function clusterError(status: number, code: string, message: string): ArmError {
  return new ArmError(status, code, message, {
    flat: true,
    further: { details: null, subcode: '' },
    headers: { 'content-type': 'application/json' },
  });
}

/** 400 for a value that AKS does not take. */
export function invalidParameter(parameter: string, reason: string): ArmError {
  return clusterError(
    400,
    'InvalidParameter',
    `The value of parameter ${parameter} is invalid. Error details: ${reason}. Please see https://aka.ms/aks-naming-rules for more details.`,
  );
}
