import { CommandFailed } from '../../actions/shared/command-errors.ts';
import type { ErrorKind } from '../../actions/shared/known-errors.ts';
import { retry } from '../../actions/shared/retry.ts';
import type { Call, Ids } from '../steps.ts';
import { quoted } from '../quoted.ts';

/**
 * A command of az.
 * @param args are given the ids, of which some may be known only after an earlier call
 * @param learn takes from az's answer what later calls need
 */
export function azCall<T>(
  args: (ids: Ids) => readonly string[],
  learn: (answer: T) => Partial<Ids> = () => ({}),
): Call {
  return {
    show: ids => ['az', ...args(ids)].map(quoted).join(' '),
    run: async (ids, { az, time, log }) => {
      const given = args(ids);
      const what = `az ${given.slice(0, 3).join(' ')}`;
      // OpenShift's operator gives a new identity four minutes as well.
      return learn(
        await retry({ what, timeoutSeconds: 240, time, log, transient: notSeenYet }, () => az<T>(given)),
      );
    },
  };
}

/**
 * What was made a moment ago is not seen everywhere at once. The signs of that:
 * https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails
 * https://github.com/openshift/cloud-credential-operator/pull/878
 */
const NOT_VISIBLE_YET: readonly (readonly [ErrorKind, string])[] = [
  ['principal-not-found', 'the directory does not show the new principal yet (PrincipalNotFound)'],
  ['identity-not-visible', 'the new identity is not seen everywhere yet'],
  ['application-not-visible', 'Entra does not show the new application everywhere yet'],
  ['concurrent-credential-writes', 'another credential of the identity is just being written'],
];

function notSeenYet(error: unknown): string | undefined {
  if (!(error instanceof CommandFailed)) return undefined;
  return NOT_VISIBLE_YET.find(([kind]) => error.is(kind))?.[1];
}
