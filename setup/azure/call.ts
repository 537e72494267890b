import { CommandFailed } from '../../actions/shared/command.ts';
import { retry } from '../../actions/shared/retry.ts';
import type { Call, Ids } from '../plan.ts';
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
const notSeen: readonly (readonly [RegExp, string])[] = [
  [/PrincipalNotFound/, 'the directory does not show the new principal yet (PrincipalNotFound)'],
  [/ParentResourceNotFound|MS Graph resource not found/, 'the new identity is not seen everywhere yet'],
  [
    /Request_ResourceNotFound|NoBackingApplicationObject/,
    'Entra does not show the new application everywhere yet',
  ],
  [
    /ConcurrentFederatedIdentityCredentialsWrites/,
    'another credential of the identity is just being written',
  ],
];

function notSeenYet(error: unknown): string | undefined {
  if (!(error instanceof CommandFailed)) return undefined;
  return notSeen.find(([sign]) => sign.test(error.stderr))?.[1];
}
