import { setSecret } from '@actions/core';
import type { Az } from './az.ts';

/** Who az is logged in as. */
export interface LoggedInIdentity {
  objectId: string;
  principalType: 'ServicePrincipal' | 'User';
}

/**
 * Reads the caller's object id from the claims of its own token for Azure Resource Manager. Graph, which az would ask,
 * often refuses a workload's identity.
 * @throws Error when the token holds no object id.
 */
export async function readLoggedInIdentity(az: Az): Promise<LoggedInIdentity> {
  const token = await az<string>(['account', 'get-access-token', '--query', 'accessToken']);
  setSecret(token);
  return identityOfToken(token);
}

/** Reads `oid` and `idtyp` (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference). */
export function identityOfToken(token: string): LoggedInIdentity {
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    claims = undefined;
  }
  const { oid, idtyp } = (claims ?? {}) as { oid?: unknown; idtyp?: unknown };
  if (typeof oid !== 'string')
    throw new Error('The token that az gives for Azure Resource Manager names no object id.');
  return { objectId: oid, principalType: idtyp === 'app' ? 'ServicePrincipal' : 'User' };
}
