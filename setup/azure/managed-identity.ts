import { type Az, lookUp } from '../../actions/shared/az.ts';
import { groupId, readInventory, sameId, seesEverything } from '../../actions/shared/deletion/inventory.ts';
import { ActionFailed } from '../../actions/shared/failures.ts';
import { tagOf } from '../../actions/shared/ownership.ts';
import { permissionsAt } from '../../actions/shared/rights.ts';
import { type Call, nothingToDo, type Step, type Tools } from '../steps.ts';
import { ISSUER, MANAGED_BY, type Wanted } from '../settings.ts';
import { azCall } from './operations.ts';
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
  const madeFor = tagOf(identity?.tags, 'repository');
  if (madeFor && madeFor.toLowerCase() !== repository.fullName.toLowerCase())
    throw new ActionFailed(
      `The managed identity ${name} was created for the repository ${madeFor}.`,
      `Use another name for that of ${repository.fullName} (--name).`,
    );
  const isOther = ({ id }: { id: string }) => identity === undefined || !sameId(id, identity.id);
  const inside = group ? await readInventory(az, subscription.id, resourceGroup) : undefined;
  const alone = !inside?.resources.some(isOther);
  const ours = isOurs(identity) && madeFor !== undefined;
  const groupGoes = isOurs(group) && alone && (ours || !identity);

  async function identityIsOurs({ az }: Tools): Promise<void> {
    const now = await lookUp<Identity>(az, ['identity', 'show', '--name', name, ...inGroup]);
    const owner = tagOf(now?.tags, 'repository')?.toLowerCase();
    if (now && !(isOurs(now) && owner === repository.fullName.toLowerCase()))
      throw new Error(`its tags have changed meanwhile, so it is not known to be this command’s: ${now.id}`);
  }

  /** Azure deletes everything in a group, listed or not. */
  async function groupIsOursAndEmpty({ az }: Tools): Promise<void> {
    const now = await readInventory(az, subscription.id, resourceGroup);
    if (!now) return;
    const left = now.resources.filter(isOther).map(({ id }) => id);
    if (await lookUp(az, ['identity', 'show', '--name', name, ...inGroup])) left.push(name);
    if (left.length > 0) throw new Error(`it is not empty: ${left.join(', ')}`);
    if (!seesEverything(await permissionsAt(az, groupId(subscription.id, resourceGroup))))
      throw new Error(
        `you are not allowed to read everything in it, so it is not known to be empty. Delete it: az group delete --name ${resourceGroup}`,
      );
    const found = await lookUp<Tagged>(az, ['group', 'show', '--name', resourceGroup, ...inSubscription]);
    if (!isOurs(found))
      throw new Error('its tags have changed meanwhile, so it is not known to be this command’s');
  }

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
        ...['group', 'delete', '--name', resourceGroup, '--yes', ...inSubscription],
      ]);
      return [
        ...(ours ? [deletion('Managed identity', name, checked(deleteIdentity, identityIsOurs))] : []),
        ...(groupGoes
          ? [deletion('Resource group', resourceGroup, checked(deleteGroup, groupIsOursAndEmpty))]
          : []),
      ];
    },

    notes: [],
    stays: [
      ...(identity && !ours ? [`Managed identity ${name}: not created by this command`] : []),
      ...(group && !isOurs(group) ? [`Resource group ${resourceGroup}: not created by this command`] : []),
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
  return tagOf(found?.tags, 'managed-by') === MANAGED_BY;
}

/** A command that runs only when what is read directly before it allows that. */
function checked(call: Call, check: (tools: Tools) => Promise<void>): Call {
  return {
    show: call.show,
    run: async (ids, tools) => {
      await check(tools);
      return call.run(ids, tools);
    },
  };
}

function deletion(what: string, name: string, call: ReturnType<typeof azCall>): Step {
  return { what, name, does: 'delete', calls: [call] };
}
