import type { Caller } from '../entra/tokens.ts';

/**
 * `systemData` of a resource that is made now: who made and last changed it.
 * @param at the time as the resource's provider writes it; providers differ in the form of its zone
 */
export function systemData(caller: Caller, at: string): Readonly<Record<string, unknown>> {
  const by = caller.kind === 'User' ? caller.objectId : caller.clientId;
  const type = caller.kind === 'User' ? 'User' : 'Application';
  return {
    createdBy: by,
    createdByType: type,
    createdAt: at,
    lastModifiedBy: by,
    lastModifiedByType: type,
    lastModifiedAt: at,
  };
}
