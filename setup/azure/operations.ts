import { CommandFailed } from '../../actions/shared/command-errors.ts';
import type { ErrorKind } from '../../actions/shared/known-errors.ts';
import { retry } from '../../actions/shared/retry.ts';
import { formatCommand, type IdentityIds, type Operation } from '../steps.ts';

/**
 * Seconds. As in OpenShift's operator:
 * https://github.com/openshift/cloud-credential-operator/pull/878
 */
const REPLICATION_SECONDS = 240;

/**
 * Retries while Azure does not see what an earlier operation created.
 * @param readIds reads from az's answer the IDs that later operations need
 */
export function azOperation<T>(
  args: (ids: IdentityIds) => readonly string[],
  readIds: (answer: T) => Partial<IdentityIds> = () => ({}),
): Operation {
  return {
    show: ids => formatCommand(['az', ...args(ids)]),
    run: async (ids, { az, time, log }) => {
      const command = args(ids);
      const what = `az ${command.slice(0, 3).join(' ')}`;
      const options = { what, timeoutSeconds: REPLICATION_SECONDS, time, log, transient: replicationDelay };
      return readIds(await retry(options, () => az<T>(command)));
    },
  };
}

/** https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails */
const replicationDelays: readonly (readonly [ErrorKind, string])[] = [
  ['principal-not-found', 'the directory does not show the new principal yet (PrincipalNotFound)'],
  ['identity-not-visible', 'Azure does not show the new identity everywhere yet'],
  ['application-not-visible', 'Entra does not show the new application everywhere yet'],
  ['concurrent-credential-writes', 'another credential of the identity is being written'],
];

function replicationDelay(error: unknown): string | undefined {
  if (!(error instanceof CommandFailed)) return undefined;
  return replicationDelays.find(([kind]) => error.is(kind))?.[1];
}
