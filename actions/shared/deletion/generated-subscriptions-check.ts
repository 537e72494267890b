import fc from 'fast-check';
import { expect } from 'vitest';
import { type FakeTools, fakeTools } from '../fake-tools.ts';
import { FakeSubscription, groupIdOf, idOf } from './fake-subscription.ts';
import {
  type ExpectedDeletion,
  expectedDeletion,
  type GeneratedSubscription,
  generatedSubscriptions,
} from './generated-subscriptions.ts';

function fakeSubscriptionOf(generated: GeneratedSubscription): FakeSubscription {
  const azure = new FakeSubscription();
  const { pageSize, failingPage } = generated;
  Object.assign(azure, { pageSize, failingPage });
  azure.groups = generated.groups.map(({ name, tags, managed }) => ({
    ...{ name, tags },
    ...(managed && { managedBy: 'a-cluster' }),
  }));
  for (const { name, locked } of generated.groups) if (locked) azure.locked.add(groupIdOf(name));
  const creators = { deployer: 'Deployer', someone: 'someone' };
  for (const { group, type, name, tags, region, createdBy, child, ...resource } of generated.resources) {
    const id = idOf({ group, type, name });
    azure.add(group, type, name, {
      tags,
      ...(createdBy && { createdBy: creators[createdBy] }),
      more: { location: region, principalId: id },
    });
    if (child) azure.add(group, `${type}/children`, `${name}/child`, { tags: child.tags });
    if (resource.unseen) azure.unseen.add(name);
    if (resource.locked) azure.locked.add(id);
    if (resource.hasRole)
      azure.assignments.push({ id: `role of ${id}`, role: 'AcrPull', scope: '/elsewhere', principalId: id });
  }
  azure.deletedVaults = generated.deletedVaults.map(({ name, group, tags, retention }) => ({
    ...{ name, group, tags, retention },
  }));
  return azure;
}

function idsIn(azure: FakeSubscription) {
  return {
    resources: azure.resources.map(idOf).sort(),
    groups: azure.groups.map(({ name }) => groupIdOf(name)).sort(),
    assignments: azure.assignments.map(({ id }) => id).sort(),
    deletedVaults: azure.deletedVaults.map(({ name }) => name).sort(),
  };
}

type Ids = ReturnType<typeof idsIn>;

function idsAfter(before: Ids, { resources, withoutRoles, groups, purged }: ExpectedDeletion): Ids {
  const gone = [...resources].map(idOf);
  const goneGroups = [...groups].map(({ name }) => groupIdOf(name));
  const goneRoles = [...withoutRoles].map(each => `role of ${idOf(each)}`);
  return {
    resources: before.resources.filter(id => !gone.some(each => id === each || id.startsWith(`${each}/`))),
    groups: before.groups.filter(id => !goneGroups.includes(id)),
    assignments: before.assignments.filter(id => !goneRoles.includes(id)),
    deletedVaults: before.deletedVaults.filter(name => !purged.has(name)),
  };
}

/**
 * Runs delete-lab or sweep-labs twice over generated subscriptions, and checks that exactly the lab's resources are gone.
 * @param target the resource group for delete-lab; undefined for sweep-labs
 */
export async function checkGeneratedSubscriptions(
  target: string | undefined,
  run: (tools: FakeTools) => Promise<unknown>,
): Promise<void> {
  let deletedSomething = 0;
  let keptSomething = 0;
  await fc.assert(
    fc.asyncProperty(generatedSubscriptions, async generated => {
      const azure = fakeSubscriptionOf(generated);
      const before = idsIn(azure);
      const expected = idsAfter(before, expectedDeletion(generated, target));
      const runOnce = async () => {
        await run(fakeTools(azure.answers())).catch(() => {});
        return idsIn(azure);
      };
      const after = await runOnce();
      if (generated.failingPage === undefined) {
        expect(after).toEqual(expected);
        if (after.resources.length < before.resources.length) deletedSomething += 1;
        if (after.resources.length > 0) keptSomething += 1;
        expect(await runOnce()).toEqual(expected);
      } else {
        for (const kind of ['resources', 'groups', 'assignments', 'deletedVaults'] as const)
          expect(after[kind]).toEqual(expect.arrayContaining(expected[kind]));
      }
    }),
    { numRuns: 1500 },
  );
  // The generator creates both.
  expect(Math.min(deletedSomething, keptSomething)).toBeGreaterThan(200);
}
