import { type Az, findResource } from '../../actions/shared/az.ts';
import { groupId, readInventory, sameId, seesEverything } from '../../actions/shared/deletion/inventory.ts';
import { ActionFailed } from '../../actions/shared/failures.ts';
import { tagOf } from '../../actions/shared/ownership.ts';
import { permissionsAt } from '../../actions/shared/permissions.ts';
import { quote } from '../../actions/shared/quote.ts';
import { GITHUB_ISSUER, SETUP_MANAGED_BY, type Settings } from '../settings.ts';
import { type Operation, type SetupContext, type Step, unchangedStep } from '../steps.ts';
import type { FoundCredential } from './federated-credentials.ts';
import type { FoundIdentity } from './identity.ts';
import { azOperation } from './operations.ts';

interface Tagged {
  readonly tags?: Readonly<Record<string, string>> | null;
}

interface ManagedIdentity extends Tagged {
  readonly id: string;
  readonly clientId: string;
  readonly principalId: string;
}

/**
 * Its resource group is one that no lab deletes.
 * @throws {ActionFailed} if the identity was created for another repository
 */
export async function findManagedIdentity(
  az: Az,
  { subscription, repository, identity: { name, resourceGroup, location } }: Settings,
): Promise<FoundIdentity> {
  const inSubscription = ['--subscription', subscription.id];
  const inGroup = ['--resource-group', resourceGroup, ...inSubscription];
  const ofIdentity = ['--identity-name', name, ...inGroup];
  const credentials = ['identity', 'federated-credential'];
  const group = await findResource<Tagged>(az, ['group', 'show', '--name', resourceGroup, ...inSubscription]);
  const identity =
    group && (await findResource<ManagedIdentity>(az, ['identity', 'show', '--name', name, ...inGroup]));
  const owner = tagOf(identity?.tags, 'repository');
  if (owner && owner.toLowerCase() !== repository.fullName.toLowerCase())
    throw new ActionFailed(
      `The managed identity ${quote(name)} was created for the repository ${quote(owner)}.`,
      `Use another name for the identity of ${repository.fullName} (--name).`,
    );
  const isOther = ({ id }: { id: string }) => identity === undefined || !sameId(id, identity.id);
  const inventory = group ? await readInventory(az, subscription.id, resourceGroup) : undefined;
  const hasOtherResources = inventory?.resources.some(isOther) ?? false;
  const isOwned = hasSetupTag(identity) && owner !== undefined;
  const deletesGroup = hasSetupTag(group) && !hasOtherResources && (isOwned || !identity);

  async function checkIdentityIsOwned({ az }: SetupContext): Promise<void> {
    const now = await findResource<ManagedIdentity>(az, ['identity', 'show', '--name', name, ...inGroup]);
    const ownerNow = tagOf(now?.tags, 'repository')?.toLowerCase();
    if (now && !(hasSetupTag(now) && ownerNow === repository.fullName.toLowerCase()))
      throw new Error(`Its tags have changed, so it might belong to another owner: ${quote(now.id)}`);
  }

  /** Azure deletes everything in a group, listed or not. */
  async function checkGroupIsOwnedAndEmpty({ az }: SetupContext): Promise<void> {
    const now = await readInventory(az, subscription.id, resourceGroup);
    if (!now) return;
    const left = now.resources.filter(isOther).map(({ id }) => id);
    if (await findResource(az, ['identity', 'show', '--name', name, ...inGroup])) left.push(name);
    if (left.length > 0) throw new Error(`It is not empty: ${left.map(quote).join(', ')}`);
    if (!seesEverything(await permissionsAt(az, groupId(subscription.id, resourceGroup))))
      throw new Error(
        `It might not be empty, because you are not allowed to read everything in it.\nCheck it, then delete it: az group delete --name ${resourceGroup}`,
      );
    const found = await findResource<Tagged>(az, [
      'group',
      'show',
      '--name',
      resourceGroup,
      ...inSubscription,
    ]);
    if (!hasSetupTag(found)) throw new Error('Its tags have changed, so it might belong to another owner.');
  }

  return {
    ids: identity ? { clientId: identity.clientId, principalId: identity.principalId } : {},
    credentials: identity ? await az<FoundCredential[]>([...credentials, 'list', ...ofIdentity]) : [],
    isOwned,

    planCreation(): Step[] {
      const tags = ['--tags', `managed-by=${SETUP_MANAGED_BY}`];
      const createGroup = azOperation(() => [
        ...['group', 'create', '--name', resourceGroup, '--location', location, ...tags, ...inSubscription],
      ]);
      const createIdentity = azOperation(
        () => [
          ...['identity', 'create', '--name', name, '--location', location],
          ...[...tags, `repository=${repository.fullName}`, ...inGroup],
        ],
        ({ clientId, principalId }: ManagedIdentity) => ({ clientId, principalId }),
      );
      return [
        group
          ? unchangedStep('Resource group', resourceGroup)
          : { what: 'Resource group', name: resourceGroup, change: 'create', operations: [createGroup] },
        identity
          ? unchangedStep('Managed identity', name)
          : { what: 'Managed identity', name, change: 'create', operations: [createIdentity] },
      ];
    },

    planDeletion(): Step[] {
      const deleteIdentity = azOperation(() => ['identity', 'delete', '--name', name, ...inGroup]);
      const deleteGroup = azOperation(() => [
        ...['group', 'delete', '--name', resourceGroup, '--yes', ...inSubscription],
      ]);
      return [
        ...(isOwned
          ? [deletionStep('Managed identity', name, withCheck(deleteIdentity, checkIdentityIsOwned))]
          : []),
        ...(deletesGroup
          ? [deletionStep('Resource group', resourceGroup, withCheck(deleteGroup, checkGroupIsOwnedAndEmpty))]
          : []),
      ];
    },

    notes: [],
    kept: [
      ...(identity && !isOwned ? [`Managed identity ${name}: not created by this command`] : []),
      ...(group && !hasSetupTag(group)
        ? [`Resource group ${resourceGroup}: not created by this command`]
        : []),
      ...(hasSetupTag(group) && !deletesGroup
        ? [`Resource group ${resourceGroup}: it contains other resources`]
        : []),
    ],

    writeCredential: ({ name: credential, subject, audience }, verb) =>
      azOperation(() => [
        ...[...credentials, verb, '--name', credential, ...ofIdentity],
        ...['--issuer', GITHUB_ISSUER, '--subject', subject, '--audiences', audience],
      ]),
    deleteCredential: credential =>
      azOperation(() => [...credentials, 'delete', '--name', credential, ...ofIdentity, '--yes']),
  };
}

function hasSetupTag(found: Tagged | undefined): boolean {
  return tagOf(found?.tags, 'managed-by') === SETUP_MANAGED_BY;
}

function withCheck(operation: Operation, check: (context: SetupContext) => Promise<void>): Operation {
  return {
    show: operation.show,
    run: async (ids, context) => {
      await check(context);
      return operation.run(ids, context);
    },
  };
}

function deletionStep(what: string, name: string, operation: Operation): Step {
  return { what, name, change: 'delete', operations: [operation] };
}
