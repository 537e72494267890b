import { type Az, lookUp } from '../../actions/shared/az.ts';
import { ActionFailed } from '../../actions/shared/failures.ts';
import { nothingToDo, type Step } from '../plan.ts';
import { ISSUER, MANAGED_BY, type Wanted } from '../wanted.ts';
import { azCall } from './call.ts';
import type { FoundCredential } from './federated-credentials.ts';
import type { FoundIdentity } from './identity.ts';

interface Tagged {
  readonly tags?: Readonly<Record<string, string>> | null;
}

interface Identity extends Tagged {
  readonly id: string;
  readonly clientId: string;
  readonly principalId: string;
}

/** A user-assigned managed identity, in a resource group that no lab deletes. */
export async function findUserAssigned(
  az: Az,
  { subscription, repository, identity: { name, resourceGroup, location } }: Wanted,
): Promise<FoundIdentity> {
  const inSubscription = ['--subscription', subscription.id];
  const inGroup = ['--resource-group', resourceGroup, ...inSubscription];
  const ofIdentity = ['--identity-name', name, ...inGroup];
  const credentials = ['identity', 'federated-credential'];
  const group = await lookUp<Tagged>(az, ['group', 'show', '--name', resourceGroup, ...inSubscription]);
  const identity = group && (await lookUp<Identity>(az, ['identity', 'show', '--name', name, ...inGroup]));
  const madeFor = identity?.tags?.repository;
  if (madeFor && madeFor.toLowerCase() !== repository.fullName.toLowerCase())
    throw new ActionFailed(
      `The managed identity ${name} was made for the repository ${madeFor}.`,
      `Take another name for that of ${repository.fullName} (--name).`,
    );
  const others = group ? await az<{ id: string }[]>(['resource', 'list', ...inGroup]) : [];
  const alone = others.every(({ id }) => id.toLowerCase() === identity?.id.toLowerCase());
  const ours = isOurs(identity);
  const groupGoes = isOurs(group) && alone && (ours || !identity);

  return {
    ids: identity ? { clientId: identity.clientId, principalId: identity.principalId } : {},
    credentials: identity ? await az<FoundCredential[]>([...credentials, 'list', ...ofIdentity]) : [],
    ours,

    setUp(): Step[] {
      const tags = ['--tags', `managed-by=${MANAGED_BY}`];
      const makeGroup = azCall(() => [
        ...['group', 'create', '--name', resourceGroup, '--location', location, ...tags, ...inSubscription],
      ]);
      const makeIdentity = azCall(
        () => [
          ...['identity', 'create', '--name', name, '--location', location],
          ...[...tags, `repository=${repository.fullName}`, ...inGroup],
        ],
        ({ clientId, principalId }: Identity) => ({ clientId, principalId }),
      );
      return [
        group
          ? nothingToDo('Resource group', resourceGroup)
          : { what: 'Resource group', name: resourceGroup, does: 'create', calls: [makeGroup] },
        identity
          ? nothingToDo('Managed identity', name)
          : { what: 'Managed identity', name, does: 'create', calls: [makeIdentity] },
      ];
    },

    remove(): Step[] {
      const deleteIdentity = azCall(() => ['identity', 'delete', '--name', name, ...inGroup]);
      const deleteGroup = azCall(() => [
        'group',
        'delete',
        '--name',
        resourceGroup,
        '--yes',
        ...inSubscription,
      ]);
      return [
        ...(ours ? [deletion('Managed identity', name, deleteIdentity)] : []),
        ...(groupGoes ? [deletion('Resource group', resourceGroup, deleteGroup)] : []),
      ];
    },

    notes: [],
    stays: [
      ...(identity && !ours ? [`Managed identity ${name}: not made by this command`] : []),
      ...(group && !isOurs(group) ? [`Resource group ${resourceGroup}: not made by this command`] : []),
      ...(isOurs(group) && !groupGoes ? [`Resource group ${resourceGroup}: something else is in it`] : []),
    ],

    writeCredential: ({ name: credential, subject, audience }, verb) =>
      azCall(() => [
        ...[...credentials, verb, '--name', credential, ...ofIdentity],
        ...['--issuer', ISSUER, '--subject', subject, '--audiences', audience],
      ]),
    deleteCredential: credential =>
      azCall(() => [...credentials, 'delete', '--name', credential, ...ofIdentity, '--yes']),
  };
}

function isOurs(found: Tagged | undefined): boolean {
  return found?.tags?.['managed-by'] === MANAGED_BY;
}

function deletion(what: string, name: string, call: ReturnType<typeof azCall>): Step {
  return { what, name, does: 'delete', calls: [call] };
}
