import type { Caller } from '../entra/tokens.ts';

/** @param at formatted, because providers write time zones differently */
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
