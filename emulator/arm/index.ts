import type { Service } from '../http/service.ts';
import { ActivityLog } from './activity-log.ts';
import { RoleProvider } from './authorization/role-provider.ts';
import type { ArmContext } from './context.ts';
import { createFrontDoor } from './front-door.ts';
import { Locks } from './locks.ts';
import { ManagedIdentities } from './managed-identity/managed-identities.ts';
import { Operations } from './operations.ts';
import type { ResourceProvider } from './provider.ts';
import { Registrations } from './registrations.ts';
import { ResourceGroups } from './resource-groups.ts';
import { ResourceLists } from './resource-lists.ts';

export interface Arm {
  readonly service: Service;
  readonly operations: Operations;
  readonly groups: ResourceGroups;
  readonly identities: ManagedIdentities;
  readonly registrations: Registrations;
  readonly lists: ResourceLists;
  /** For providers that need Resource Manager themselves. */
  addProviders(...providers: ResourceProvider[]): void;
}

export function createArm(context: ArmContext, providers: readonly ResourceProvider[]): Arm {
  const operations = new Operations(context.latency, context.cloud.hosts.resourceManager);
  const identities = new ManagedIdentities(context);
  const all: ResourceProvider[] = [...providers, identities];
  const groups = new ResourceGroups(context, operations, all);
  const registrations = new Registrations(context.latency);
  const lists = new ResourceLists();
  return {
    service: createFrontDoor({
      context,
      operations,
      groups,
      registrations,
      lists,
      providers: all,
      roles: new RoleProvider(context),
      locks: new Locks(),
      activityLog: new ActivityLog(context),
    }),
    operations,
    groups,
    identities,
    registrations,
    lists,
    addProviders: (...added) => void all.push(...added),
  };
}
